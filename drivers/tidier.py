"""Sees to it that flash is erased ahead of need, and only while nobody would notice."""

_LOOK_MS = 500


class Tidier:
    """parts have untidy() -> bool and tidy(), which sees to one sector.

    quiet() tells whether interrupts may now be off for as long as an erase takes; it is asked
    before each sector.
    """

    def __init__(self, clock, quiet, parts):
        self._clock = clock
        self._quiet = quiet
        self._parts = tuple(parts)
        self._turn = 0

    async def run(self):
        """Tidy at most one sector a look; a StoreFailed ends this, and the next has its turn."""
        while True:
            await self._clock.sleep_ms(_LOOK_MS)
            part = self._next_untidy()
            if part is not None and self._quiet():
                part.tidy()

    def _next_untidy(self):
        """Return the part whose turn it is, or None: one that fails holds up no other."""
        for _ in self._parts:
            self._turn = (self._turn + 1) % len(self._parts)
            if self._parts[self._turn].untidy():
                return self._parts[self._turn]
        return None
