"""The one time of Box and county: it stands still until the explorer lets it pass."""

import asyncio
import selectors

from tests.fakes import FakeClock, settle
from tests.host.gateway_county import NOON


class Time(FakeClock):
    """The Box's clock; who no longer waits, because its power failed, is no timer any more."""

    def __init__(self, now_ms):
        FakeClock.__init__(self)
        self._now_ms = now_ms

    async def sleep_ms(self, ms):
        woken = asyncio.Event()
        self._sleepers.append((self._now_ms + max(ms, 0), woken))
        try:
            await woken.wait()
        finally:
            self._forget(woken)

    def timers(self):
        """Return in how many ms each sleeper is due, the next first."""
        return sorted(due - self._now_ms for due, _ in self._sleepers)

    async def next(self, most_ms):
        """Let time pass to the next timer, if it is at most so far; return whether it was."""
        await settle()
        timers = self.timers()
        if not timers or timers[0] > most_ms:
            return False
        await self.advance(timers[0])
        return True


class NoFiles(selectors.SelectSelector):
    """For a loop that waits for nothing of this machine: asking costs more than all the rest."""

    def select(self, timeout=None):
        return []


def loop():
    """Return an event loop in which only what the explorer does happens."""
    return asyncio.SelectorEventLoop(NoFiles())


class BoardClock:
    """That time as a board counts it from its own start."""

    def __init__(self, time):
        self._started = time.ticks_ms()
        self._time = time
        self.ticks_ms, self.since_ms = time.ticks_ms, time.since_ms
        self.sleep_ms, self.within = time.sleep_ms, time.within

    def uptime_s(self):
        return self._time.since_ms(self._started) // 1000


class CountyClock:
    """That time as the gateway's clock tells it."""

    def __init__(self, time):
        self._time = time

    def now(self):
        return NOON + self._time.ticks_ms() / 1000

    async def sleep(self, seconds):
        await self._time.sleep_ms(round(1000 * seconds))

    async def wait(self, event, seconds):
        """Wait for the event, but no longer than this; return whether it is set."""
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        return event.is_set()
