"""The way in: payloads queue up, one transaction takes many, and only then is anything owed."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from host_tools.gateway import journal
from host_tools.gateway.arrivals import Arrival
from host_tools.gateway.clock import Clock
from host_tools.gateway.intake import Answer, Intake
from host_tools.gateway.store import CannotWrite, Store

MOST_WAITING = 4_096  # payloads; more are dropped, and their Boxes send them again
MOST_AT_ONCE = 256  # payloads in one transaction


class Writer:
    """committed(answers) is called after each transaction with what is owed for it."""

    def __init__(
        self,
        intake: Intake,
        store: Store,
        clock: Clock,
        committed: Callable[[list[Answer]], None],
    ):
        self._intake = intake
        self._store = store
        self._clock = clock
        self._committed = committed
        self._waiting: asyncio.Queue[Any] = asyncio.Queue(MOST_WAITING)
        self._dropped = 0

    def offer(self, arrival: Arrival) -> asyncio.Future[bool] | None:
        """Take a payload; the future says whether it was committed.  None: there is no room."""
        if self._waiting.full():
            self._dropped += 1
            return None
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((arrival, kept))
        return kept

    async def run(self) -> None:
        while True:
            waiting = [await self._waiting.get()]
            while not self._waiting.empty() and len(waiting) < MOST_AT_ONCE:
                waiting.append(self._waiting.get_nowait())
            committed = await self._take([arrival for arrival, _ in waiting])
            for _, kept in waiting:
                if not kept.done():
                    kept.set_result(committed)

    async def _take(self, arrivals: list[Arrival]) -> bool:
        """Return whether these are committed; nothing is owed for those that are not."""
        dropped, self._dropped = self._dropped, 0
        try:
            answers = await self._store.write(lambda c: self._written(c, arrivals, dropped))
        except CannotWrite:
            return False
        self._committed(answers)
        return True

    def _written(
        self, connection: Connection, arrivals: list[Arrival], dropped: int
    ) -> list[Answer]:
        if dropped:
            line = f"{dropped} payloads came faster than they can be written and were dropped"
            journal.note(connection, self._clock.now(), journal.ROADS, line)
        return self._intake.take(connection, arrivals)
