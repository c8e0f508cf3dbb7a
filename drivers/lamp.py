"""A lamp on one output pin, with patterns a villager can read from across the yard."""

# (lit, dark, lit, dark ...) in ms, over and over.
OFF = ()
CALLING = (100, 100)  # the call is kept, and on its way
DELIVERED = (500, 500)  # the county has it
TAKEN = (1000, 0)  # a person took it
FAILED = (50, 950)  # it could not be kept: press again, or shout

_LOOK_MS = 20


class Lamp:
    """pin(1) lights it, pin(0) puts it out; called only when that changes."""

    def __init__(self, pin, clock):
        self._pin = pin
        self._clock = clock
        self._pattern = OFF
        self._began = clock.ticks_ms()
        self._lit = None

    def show(self, pattern):
        """Begin this pattern at once; the one that is shown already goes on undisturbed."""
        if pattern == self._pattern:
            return
        self._pattern = pattern
        self._began = self._clock.ticks_ms()
        self._light()

    async def run(self):
        while True:
            self._light()
            await self._clock.sleep_ms(_LOOK_MS)

    def _light(self):
        lit = self._lit_now()
        if lit != self._lit:
            self._lit = lit
            self._pin(lit)

    def _lit_now(self):
        """Return 1 or 0: the phase of the pattern that this moment falls into."""
        whole_ms = sum(self._pattern)
        if not whole_ms:
            return 0
        passed_ms = self._clock.since_ms(self._began) % whole_ms
        lit = 1
        for phase_ms in self._pattern:
            if passed_ms < phase_ms:
                break
            passed_ms -= phase_ms
            lit = 1 - lit
        return lit
