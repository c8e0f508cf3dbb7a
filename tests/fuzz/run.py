"""Feeds the same items to both interpreters, in batches, and compares what they make of them."""

import random
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from host_tools import crypto
from tests.fuzz.items import Item, Maker
from tests.fuzz.population import Population, population
from tests.fuzz.tally import Tally
from tests.fuzz.twin import VERIFY, Twin, line_of
from tests.shared import vectors_file
from tests.shared.meanings import digest_of, told

BATCH = 250
_HEAP_POINTS = 20  # how often the heap is looked at
_VERIFIED_PART = 0.2  # of what has a signature: verified by MicroPython as well


class Judged(NamedTuple):
    item: Item
    verdict: str
    meaning: Any
    answers: str  # to each question whether something is signed
    proven: list[bytes]

    @property
    def told(self) -> str:
        if self.verdict.startswith("!"):
            return f"{self.verdict} -"
        return f"{self.verdict} {digest_of([self.meaning, told(self.proven)])}"


class OnCPython:
    """The county's own crypto: what it finds of signatures is noted for the twin."""

    def __init__(self) -> None:
        self._answers = ""
        self._judge = vectors_file.judge_of(vectors_file.head(), crypto, self._is_signed)

    def judged(self, item: Item) -> Judged:
        self._answers = ""
        self._judge.proven.clear()
        try:
            found = self._judge.judge(item.what, item.data, item.carrier, item.console)
        except Exception as why:  # noqa: BLE001 - whatever else is raised is what we look for
            found = f"!{type(why).__name__}", None
        return Judged(item, *found, self._answers, list(self._judge.proven))

    def _is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        genuine = crypto.verify(public_key, message, signature)
        self._answers += str(int(genuine))
        return genuine


def run(count: int, seed: int, progress: Callable[[int], None] = lambda done: None) -> Tally:
    """Return the Tally of so many items of this seed; it ends at the first batch with a fault."""
    born, here, dice = population(), OnCPython(), random.Random(seed)
    items = (here.judged(item) for item in islice(Maker(seed, born).items(), count))
    tally, done = Tally(count, seed, born.canonical), 0
    with Twin() as twin:
        _warm_up(twin, born)
        tally.heap.append(twin.asked("heap"))
        before = twin.asked("verified")
        batch = _sent(twin, list(islice(items, BATCH)), dice)
        while batch:
            coming = list(islice(items, BATCH))  # while the twin is busy with the batch
            for judged, answer in zip(batch, twin.answers(len(batch)), strict=True):
                tally.add(judged, answer)
            if tally.faults:
                return tally
            done += len(batch)
            if done // BATCH % max(count // BATCH // _HEAP_POINTS, 1) == 0:
                tally.heap.append(twin.asked("heap"))
            batch = _sent(twin, coming, dice)
            progress(done)
        tally.verified = twin.asked("verified") - before
    return tally


def _warm_up(twin: Twin, born: Population) -> None:
    """Let the twin take every genuine frame once: then it has all that it keeps for ever."""
    lines = [line_of(Item("frame", one.canonical, None, True), VERIFY) for one in born.frames]
    twin.send(lines)
    list(twin.answers(len(lines)))


def _sent(twin: Twin, batch: list[Judged], dice: random.Random) -> list[Judged]:
    if batch:
        twin.send([line_of(one.item, _answers(one, dice)) for one in batch])
    return batch


def _answers(one: Judged, dice: random.Random) -> str:
    return VERIFY if one.answers and dice.random() < _VERIFIED_PART else one.answers
