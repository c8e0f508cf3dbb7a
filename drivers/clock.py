"""Time, handed to everything that waits or measures; the only file that knows how to sleep."""

import asyncio
import time

from drivers.errors import NoReply


class Clock:
    """What firmware.ports.Clock asks for.  ticks has ticks_ms and ticks_diff, like time.

    A small board's own ticks wrap after days, so what has passed is added up here.
    """

    def __init__(self, ticks=time):
        self._ticks = ticks
        self._noted = ticks.ticks_ms()
        self._uptime_ms = 0

    def ticks_ms(self):
        """Return milliseconds since the start; somebody asks long before ticks have wrapped."""
        now = self._ticks.ticks_ms()
        self._uptime_ms += self._ticks.ticks_diff(now, self._noted)
        self._noted = now
        return self._uptime_ms

    def since_ms(self, earlier):
        return self.ticks_ms() - earlier

    def uptime_s(self):
        return self.ticks_ms() // 1000

    async def sleep_ms(self, ms):
        await asyncio.sleep_ms(ms)

    async def within(self, ms, awaitable):
        """Await a coroutine, or cancel it and raise NoReply once ms have passed.

        What ended before it could be cancelled is returned, late or not: a busy Box that finds
        deadline and answer at once would else throw away bytes that it has read.
        """
        ended = []
        try:
            await asyncio.wait_for_ms(_noted(awaitable, ended), ms)  # pyright: ignore - no stub
        except asyncio.TimeoutError:
            if not ended:
                raise NoReply("nothing came within " + str(ms) + " ms")
        return ended[0]


async def _noted(awaitable, ended):
    ended.append(await awaitable)
