"""A lamp on one output pin, with patterns a villager can read from across the yard."""

import asyncio

# (lit, dark, lit, dark ...) in ms, over and over.
OFF = ()
CALLING = (100, 100)  # the call is kept, and on its way
DELIVERED = (500, 500)  # the county has it
TAKEN = (1000, 0)  # a person took it
FAILED = (50, 950)  # it could not be kept: press again, or shout

_LONGEST_SLEEP_MS = 100  # a flash shorter than this may last so long, once, when it is new


class Lamp:
    """pin(1) lights it, pin(0) puts it out; called only when that changes."""

    def __init__(self, pin, clock):
        self._pin = pin
        self._clock = clock
        self._pattern = OFF
        self._began = clock.ticks_ms()
        self._lit = None
        self._changed = asyncio.Event()

    def show(self, pattern):
        """Begin this pattern at once; the one that is shown already goes on undisturbed."""
        if pattern == self._pattern:
            return
        self._pattern = pattern
        self._began = self._clock.ticks_ms()
        self._light()
        self._changed.set()

    async def run(self):
        """Change the lamp at each edge of its pattern; one that has none costs nothing."""
        while True:
            self._changed.clear()
            left_ms = self._light()
            if left_ms is None:
                await self._changed.wait()
            else:
                await self._clock.sleep_ms(min(left_ms, _LONGEST_SLEEP_MS))

    def _light(self):
        """Light the lamp or put it out; return the ms until the next edge, None if none comes."""
        lit, left_ms = self._phase()
        if lit != self._lit:
            self._lit = lit
            self._pin(lit)
        return left_ms

    def _phase(self):
        """Return (1 or 0, ms until it ends or None) for the phase this moment falls into."""
        whole_ms = sum(self._pattern)
        passed_ms = self._clock.since_ms(self._began) % max(whole_ms, 1)
        lit = 1
        for phase_ms in self._pattern:
            if passed_ms < phase_ms:
                return lit, None if phase_ms == whole_ms else phase_ms - passed_ms
            passed_ms -= phase_ms
            lit = 1 - lit
        return 0, None
