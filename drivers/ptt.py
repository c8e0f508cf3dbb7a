"""Push to talk by pulses: a charge pump on the pin keys the amplifier while it keeps changing.

A pin that stays where it is, high or low, releases: a program that hangs cannot hold the air.
"""

import asyncio

_TOGGLE_MS = 20
_PERMITTED_MS = 1_400  # longer than an amplifier that does not answer holds up whoever asks it


class Ptt:
    """pin(1) and pin(0) are the two levels; run() is the service that changes them.

    Who stops saying key() stops the pulses, within 1.5 s.
    """

    def __init__(self, pin, clock):
        self._pin = pin
        self._clock = clock
        self._keyed = False
        self._keyed_at = 0
        self._asked = asyncio.Event()

    def key(self):
        """Pulse from now on, until 1.4 s after the last key()."""
        self._keyed, self._keyed_at = True, self._clock.ticks_ms()
        self._asked.set()

    def release(self):
        """Pulse no more, from now on."""
        self._keyed = False
        self._pin(0)

    async def run(self):
        try:
            while True:
                self._pin(0)
                await self._asked.wait()
                self._asked.clear()
                await self._pulse()
        finally:
            self._pin(0)

    async def _pulse(self):
        level = 0
        while self._keyed and self._clock.since_ms(self._keyed_at) < _PERMITTED_MS:
            level = 1 - level
            self._pin(level)
            await self._clock.sleep_ms(_TOGGLE_MS)
