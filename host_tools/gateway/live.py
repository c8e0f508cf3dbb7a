"""Who watches is told when something changed, and at most twice a second."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from host_tools.gateway.clock import Clock

BETWEEN_STATES_S = 0.5
ALIVE_S = 5.0  # so often something is said even when nothing changes
MOST_WATCHERS = 32


class Live:
    """state() returns the whole state as one line of JSON; it is asked once for all watchers."""

    def __init__(self, state: Callable[[], Awaitable[str]], clock: Clock, run_name: str):
        self._state = state
        self._clock = clock
        self._run = run_name  # versions of another run of the gateway mean nothing
        self._version = 1
        self._moved = asyncio.Event()
        self._shown: tuple[int, str] = (0, "")
        self._asking = asyncio.Lock()
        self._closed = False
        self.watchers = 0

    def changed(self) -> None:
        self._version += 1
        self._tell()

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self._tell()

    async def events(self, last_id: str) -> AsyncIterator[str]:
        """Yield server-sent events; whoever has seen the newest state is not sent it again.

        "state" carries the whole state, "alive" the time in seconds since 1970.
        """
        self.watchers += 1
        try:
            seen = self._seen(last_id)
            while not self._closed:
                moved = self._moved
                if seen == self._version:
                    if not await self._clock.wait(moved, ALIVE_S):
                        yield f"event: alive\ndata: {self._clock.now():.1f}\n\n"
                    continue
                seen, state = await self._newest()
                yield f"id: {self._run}-{seen}\nevent: state\ndata: {state}\n\n"
                await self._clock.sleep(BETWEEN_STATES_S)
        finally:
            self.watchers -= 1

    def _tell(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _seen(self, last_id: str) -> int:
        run, _, version = last_id.partition("-")
        return int(version) if run == self._run and version.isdecimal() else 0

    async def _newest(self) -> tuple[int, str]:
        """Return (version, state) no older than this question."""
        async with self._asking:
            if self._shown[0] != self._version:
                version = self._version
                self._shown = (version, await self._state())
            return self._shown
