"""Whether a line is quiet: nobody speaks on it, and nobody is owed an answer."""

_SETTLED_MS = 500


class Traffic:
    """answer_ms: how long the other end may take over an answer, if it is there at all."""

    def __init__(self, clock, answer_ms):
        self._clock = clock
        self._answer_ms = answer_ms
        self._wrote_at = self._heard_at = clock.ticks_ms()

    def wrote(self):
        self._wrote_at = self._clock.ticks_ms()

    def heard(self):
        self._heard_at = self._clock.ticks_ms()

    def quiet(self):
        """Return whether bytes that came now would surprise everybody."""
        if self._clock.since_ms(max(self._wrote_at, self._heard_at)) < _SETTLED_MS:
            return False
        asked = self._wrote_at > self._heard_at
        return not asked or self._clock.since_ms(self._heard_at) > self._answer_ms
