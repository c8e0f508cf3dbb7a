"""A small `make fuzz`, and that it would see what it looks for."""

from collections.abc import Iterator
from itertools import islice

import pytest

from tests.fuzz import corpus
from tests.fuzz import run as fuzz
from tests.fuzz.items import Item, Maker
from tests.fuzz.population import population
from tests.fuzz.run import Judged, OnCPython
from tests.fuzz.tally import Tally
from tests.fuzz.twin import Twin, line_of
from tests.vectors.refused_frames import CALL_FRAME

BORN = population()


@pytest.mark.parametrize("seed", [1, 20261126])
def test_both_interpreters_say_the_same_of_broken_frames_and_believe_no_forgery(seed):
    tally = fuzz.run(2_000, seed)
    assert tally.faults == []
    assert tally.shortcomings() == []
    assert tally.told()["n"] == 2_000


def test_a_seed_makes_the_same_items():
    def some(seed) -> list[Item]:
        return list(islice(Maker(seed, BORN).items(), 300))

    assert some(7) == some(7)
    assert some(7) != some(8)


def test_every_message_is_there_to_be_broken():
    types = {(one.header.direction, one.header.type) for one in BORN.frames}
    assert len(types) == 16 + 14


@pytest.fixture
def tally() -> Iterator[Tally]:
    return Tally(1, 7, BORN.canonical)


def judged_call(**changes) -> Judged:
    return OnCPython().judged(Item("frame", CALL_FRAME))._replace(**changes)


def test_the_twin_is_told_exactly_what_is_judged_here():
    items = [Item("pieces", []), Item("pieces", [b""]), Item("pieces", [b"", b"\1"])]
    items += [Item("frame", b""), Item("frame", CALL_FRAME, 4660, True)]
    here = OnCPython()
    with Twin() as twin:
        twin.send([line_of(item, "") for item in items])
        answers = list(twin.answers(len(items)))
    assert answers == [here.judged(item).told for item in items]


def test_what_is_alike_is_no_fault(tally):
    tally.add(judged_call(), judged_call().told)
    assert tally.faults == []


def test_another_verdict_or_another_meaning_is_told_with_its_bytes_and_its_seed(tally):
    for answer in ("Forged -", "accepted 00000000", ""):
        tally.add(judged_call(), answer)
    assert tally.different == 3
    assert all(CALL_FRAME.hex() in fault and "seed 7" in fault for fault in tally.faults)


def test_what_is_not_declared_is_told(tally):
    tally.add(judged_call(), "!IndexError -")
    tally.add(judged_call(verdict="!IndexError"), "!IndexError -")
    assert (tally.undeclared, len(tally.faults)) == (2, 2)


def test_a_forgery_that_is_believed_is_told(tally):
    forged = judged_call(proven=[CALL_FRAME[:-1] + b"?"])
    tally.add(forged, forged.told)
    assert tally.forgeries == 1


def test_a_heap_that_grows_is_told(tally):
    tally.heap = [50_000, 53_000, 50_100, 50_000, 52_000, 51_100, 51_200]
    assert tally.heap_growth == 1_100
    assert "grew by 1100" in tally.shortcomings()[-1]


def test_the_corpus_is_small_and_has_no_story_twice():
    stories = [bytes.fromhex(line.split()[0]) for line in corpus.FILE.read_text().splitlines()]
    assert 0 < len(stories) <= corpus.MOST_STORIES
    assert corpus.FILE.stat().st_size <= corpus.MOST_BYTES
    assert len(set(stories)) == len(stories)


def test_a_story_that_goes_no_new_way_is_not_kept():
    short, long = b"\x08\0\1\2\3", b"\x08\0\1\2\3\4"
    assert corpus.fewest([long, short, short, b"\x08\0\1\2\4"]) == [short, long]
