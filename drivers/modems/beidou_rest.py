"""How long a BeiDou card must rest before it may send again."""

_MARGIN_MS = 2_000  # a terminal's own counter may be off by so much


class Rest:
    """Before the first begin() nothing is known of a card, and left_ms() is 0."""

    def __init__(self, clock):
        self._clock = clock
        self._since = self._ms = 0

    def begin(self, seconds):
        """From now on, so many seconds and the margin; a longer rest goes on as it is."""
        ms = 1000 * seconds + _MARGIN_MS
        if ms > self.left_ms():
            self._since, self._ms = self._clock.ticks_ms(), ms

    def left_ms(self):
        return max(self._ms - self._clock.since_ms(self._since), 0)
