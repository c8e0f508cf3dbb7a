"""One run: a village posts, both sides fail at random moments, until all is settled."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from drivers.errors import DriverError
from firmware.outbox import OutboxFull
from tests.chaos import mix, virtual
from tests.chaos.box import ADDRESS, HEARTBEAT_S, Box
from tests.chaos.county import County
from tests.chaos.link import ROADS, Link, Trouble
from tests.chaos.log import Log, LoggedOutbox, Slips
from tests.village import PowerCut

_FEW = 20  # waiting: then the village has more to tell,
_PAUSE_S = 30.0  # within this time
_LONGEST_QUIET_S = 7_200.0
_LOOK_S = 0.5


class Conditions(NamedTuple):
    seed: int
    messages: int
    trouble: Trouble
    restarts: int


class Played(NamedTuple):
    seconds: float  # of virtual time, until the last message was settled
    restarts: int


def play(
    conditions: Conditions, folder: Path, outbox: type[LoggedOutbox] = LoggedOutbox,
    progress: Callable[[str], None] = lambda line: None,
) -> Played:  # fmt: skip
    """Live through it; county.db and log.jsonl in this folder are for the judge."""

    async def lived() -> Played:
        with Log(folder / "log.jsonl") as log:
            return await _Run(conditions, folder, outbox, log, progress).live()

    return virtual.run(lived())


class _Run:
    def __init__(self, conditions: Conditions, folder: Path, outbox: Any, log: Log, progress: Any):
        self._conditions = conditions
        self._progress = progress
        self._patience_s = _LONGEST_QUIET_S
        self._posts = random.Random(f"posts {conditions.seed}")
        trouble = random.Random(f"trouble {conditions.seed}")
        listened = type("Listened", (outbox,), {"slips": Slips(log)})
        up, down = (
            {name: Link(r.latency_s, conditions.trouble, trouble) for name, r in ROADS.items()}
            for _ in range(2)
        )

        def say(road: str, payload: bytes) -> None:
            down[road].carry(payload, lambda data: self.box.hear(road, data))

        self.county = County(folder, ADDRESS, say, log, trouble)
        hears = {name: self._heard_by_county(name) for name in ROADS}
        self.box = Box(listened, up, hears, trouble)
        self._failures = self._planned(random.Random(f"failures {conditions.seed}"))

    async def live(self) -> Played:
        running = [asyncio.create_task(side.run()) for side in (self.box, self.county)]
        await self._post_everything()
        await self._settled()
        seconds = virtual.now_s()
        await asyncio.sleep(2 * HEARTBEAT_S)  # the Box tells once more how it is
        await self._settled()
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        return Played(seconds, self.box.cuts + self.county.deaths)

    def _heard_by_county(self, road: str) -> Callable[[bytes], None]:
        return lambda data: self.county.hear(road, data)

    def _planned(self, dice: random.Random) -> dict[int, list[Callable[[], None]]]:
        """Return {how many were posted: what fails then}."""
        plan: dict[int, list[Callable[[], None]]] = {}
        for _ in range(self._conditions.restarts):
            at = dice.randint(1, self._conditions.messages)
            plan.setdefault(at, []).append(dice.choice((self.box.cut_soon, self.county.die_soon)))
        return plan

    async def _post_everything(self) -> None:
        posted = 0
        for burst in mix.bursts(self._conditions.messages, self._posts):
            for message in burst:
                await self._post(message)
                posted += 1
                for fail in self._failures.get(posted, ()):
                    fail()
            self._progress(f"{posted} posted, {virtual.now_s():.0f} s of virtual time")
            await asyncio.sleep(self._posts.uniform(0, _PAUSE_S))
            await self._settled(_FEW)

    async def _post(self, message: Any) -> None:
        await self.box.running.wait()
        with contextlib.suppress(OutboxFull, DriverError, PowerCut):
            self.box.outbox.post(message)

    async def _settled(self, waiting: int = 0) -> None:
        """Wait until so few messages wait; once that has lasted two hours, wait no more."""
        while self._patience_s > 0:
            if self.box.running.is_set() and len(self.box.outbox) <= waiting:
                self._patience_s = _LONGEST_QUIET_S
                return
            await asyncio.sleep(_LOOK_S)
            self._patience_s -= _LOOK_S
