"""What waits goes out when it is due, until its Box answers or it is too late."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from host_tools.gateway import due, lanes, pieces
from host_tools.gateway.clock import Clock
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.store import CannotWrite, Store

LONGEST_REST_S = 5.0


class Dispatch:
    """roads: {bearer: object with send(to, payload)}; changed() is called when something ended."""

    def __init__(
        self, roads: dict[str, Any], store: Store, sealer: Sealer, clock: Clock,
        changed: Callable[[], None],
    ):  # fmt: skip
        self._roads = roads
        self._lanes = lanes.of_roads(roads)
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._changed = changed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits, or waits for sooner."""
        self._woken.set()

    async def run(self) -> None:
        now = self._clock.now()
        with contextlib.suppress(CannotWrite):
            await self._store.write(lambda c: due.begin_again(c, now))
        while True:
            self._woken.clear()
            rest_s = await self._one_round()
            if rest_s > 0:
                await self._clock.wait(self._woken, rest_s)

    async def _one_round(self) -> float:
        """Send what is due; return how long nothing more will be."""
        now = self._clock.now()
        next_at = await self._store.read(lambda c: due.next_at(c, self._lanes))
        if next_at > now:
            return min(next_at - now, LONGEST_REST_S)
        try:
            expired, sendings = await self._store.write(
                lambda c: due.collect(c, self._sealer, now, self._lanes)
            )
        except CannotWrite:
            return LONGEST_REST_S
        for sending in sendings:
            for payload in pieces.dressed(sending.bearer, sending.frame, sending.tries):
                self._roads[sending.bearer].send(sending.to, payload)
        if expired:
            self._changed()
        return 0.0
