"""Time that nobody waits for: when every task waits, it is later at once."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

from drivers.errors import NoReply
from host_tools.gateway import clock

NOON = 1_800_000_000.0  # where it begins, in seconds since 1970


class WaitsForEver(Exception):
    """Every task waits and nobody will wake one."""


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what the coroutine returns, having let as much time pass as it needs."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)


def now_s() -> float:
    """Return the seconds since this time began."""
    return asyncio.get_running_loop().time()


class CountyClock(clock.Clock):
    def now(self) -> float:
        return NOON + now_s()


class Time:
    """What tests.village.BoardClock asks of the village's time."""

    def ticks_ms(self) -> int:
        return round(now_s() * 1000)

    def since_ms(self, earlier: int) -> int:
        return self.ticks_ms() - earlier

    async def sleep_ms(self, ms: int) -> None:
        await asyncio.sleep(ms / 1000)

    async def within(self, ms: int, awaitable: Any) -> Any:
        try:
            return await asyncio.wait_for(awaitable, ms / 1000)
        except TimeoutError:
            raise NoReply(f"nothing came within {ms} ms") from None


class _Selector(selectors.SelectSelector):
    now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:
            raise WaitsForEver("nothing is left that could wake a task")
        if not ready and timeout:
            self.now_s += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaping = _Selector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s
