"""What Boxes are owed at once: acknowledgements of what was committed, the time, a question.

Owed things gather for a moment, so that one frame acknowledges many; nothing is retried here,
because a Box that was not acknowledged sends again.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from host_tools.gateway import answers
from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from host_tools.gateway.clock import Clock
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.intake import Answer
from host_tools.gateway.store import CannotWrite, Store
from protocol import containers

PAUSE_S = {IP: 0.02, SBD: 1.0, BEIDOU: 3.0}  # how long answers gather on a road
MOST_OWED = 4_096
_MOST_PACKED = 9  # frames of at most 27 bytes in the 270 of one satellite message
_BETWEEN_TIMES_S = 1.0
_MOST_TOLD = 8_192


class Ration:
    """The time is told to one Box at most once a second, whatever the road."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._told_at: dict[int, float] = {}

    def allows(self, address: int) -> bool:
        """Return whether the time may be told now, having counted it."""
        now = self._clock.now()
        if abs(now - self._told_at.get(address, 0)) < _BETWEEN_TIMES_S:
            return False
        if len(self._told_at) >= _MOST_TOLD:
            self._told_at.clear()
        self._told_at[address] = now
        return True


class Answering:
    """One service a road; road has send(to, payload)."""

    def __init__(
        self,
        bearer: str,
        road: Any,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        ration: Ration,
    ):
        self._bearer = bearer
        self._road = road
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._ration = ration
        self._owed: set[Answer] = set()
        self._any = asyncio.Event()

    def owe(self, owed: Iterable[Answer]) -> None:
        """Answer these soon; their transaction has committed."""
        for answer in owed:
            if len(self._owed) == MOST_OWED:
                break
            if answer.kind != "time" or self._ration.allows(answer.address):
                self._owed.add(answer)
        if self._owed:
            self._any.set()

    async def run(self) -> None:
        while True:
            await self._any.wait()
            await self._clock.sleep(PAUSE_S[self._bearer])
            owed, self._owed = self._owed, set()
            self._any.clear()
            await self._answer(owed)

    async def _answer(self, owed: set[Answer]) -> None:
        try:
            sendings = await self._store.write(lambda c: self._payloads(c, owed))
        except CannotWrite:
            return  # nothing was numbered, so nothing is sent; the Boxes send again
        for to, payload in sendings:
            self._road.send(to, payload)

    def _payloads(self, connection: Connection, owed: set[Answer]) -> list[tuple[str, bytes]]:
        """Return [(to, payload)] for everything owed, numbered in this transaction."""
        sendings, now = [], self._clock.now()
        for whom, of_box in answers.by_box(owed).items():
            frames = answers.frames(connection, self._sealer, whom, of_box, now)
            payloads = frames if self._bearer == IP else _packed(frames)
            sendings += [(whom.sender, payload) for payload in payloads]
        return sendings


def _packed(frames: list[bytes]) -> list[bytes]:
    """Return these small frames in as few satellite messages as may be."""
    return [
        containers.pack(frames[i : i + _MOST_PACKED]) for i in range(0, len(frames), _MOST_PACKED)
    ]
