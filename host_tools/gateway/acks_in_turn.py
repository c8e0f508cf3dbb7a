"""What Boxes are owed on a road that has one message a minute for all of them.

Each Box stands in the queue once.  What it is owed gathers until its turn and is sealed then, so
that one frame acknowledges all that came meanwhile, and the time told is the time of sending.
"""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

from host_tools.gateway import answers
from host_tools.gateway.acks import MOST_OWED, PAUSE_S, Ration
from host_tools.gateway.answers import Whom
from host_tools.gateway.clock import Clock
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.intake import Answer
from host_tools.gateway.store import CannotWrite, Store


class AnsweringInTurn:
    """road has ask(maker), and calls maker() for [(to, frame)] when it is its turn."""

    def __init__(
        self,
        bearer: str,
        road: Any,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        ration: Ration,
    ):
        self._pause_s = PAUSE_S[bearer]
        self._road = road
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._ration = ration
        self._owed: dict[Whom, set[Answer]] = {}
        self._count = 0
        self._new: list[Whom] = []
        self._any = asyncio.Event()

    def owe(self, owed: Iterable[Answer]) -> None:
        """Answer these when it is their Box's turn; their transaction has committed."""
        for answer in owed:
            if self._count >= MOST_OWED:
                break
            if answer.kind != "time" or self._ration.allows(answer.address):
                self._add(answers.whom(answer), answer)

    async def run(self) -> None:
        while True:
            await self._any.wait()
            await self._clock.sleep(self._pause_s)  # what comes in one message gathers
            new, self._new = self._new, []
            self._any.clear()
            for whom in new:
                self._road.ask(partial(self._made, whom))

    def _add(self, whom: Whom, answer: Answer) -> None:
        if whom not in self._owed:
            self._owed[whom] = set()
            self._new.append(whom)
            self._any.set()
        self._count += answer not in self._owed[whom]
        self._owed[whom].add(answer)

    async def _made(self, whom: Whom) -> list[tuple[str, bytes]]:
        owed = self._owed.pop(whom)
        self._count -= len(owed)
        now = self._clock.now()
        try:
            frames = await self._store.write(
                lambda c: answers.frames(c, self._sealer, whom, owed, now)
            )
        except CannotWrite:
            return []  # nothing was numbered, so nothing is sent; the Box sends again
        return [(whom.sender, data) for data in frames]
