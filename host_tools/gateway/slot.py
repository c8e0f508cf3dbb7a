"""When a BeiDou card may be used again: counted on a clock that nobody sets."""

import asyncio

from host_tools.gateway.clock import Clock


class Slot:
    """Closed until every rest it was given is over."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._rests: set[asyncio.Future[None]] = set()

    def close(self, seconds: float) -> None:
        """Let nothing go for so long from now."""
        rest = asyncio.ensure_future(self._clock.sleep(seconds))
        self._rests.add(rest)
        rest.add_done_callback(self._rests.discard)

    @property
    def is_open(self) -> bool:
        return not self._rests

    async def opened(self) -> None:
        while self._rests:
            await asyncio.wait(self._rests)
