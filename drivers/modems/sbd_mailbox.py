"""When to ask the satellite gateway whether something waits for us.

After a session that failed: again within 5 s, twice; within 30 s, twice; then every 5 minutes
(Ground Control: Adaptive Retry).  It does not look at signal bars: a pass is short, and only a
session that succeeds is paid for.
"""

from drivers.modems import sbd_status

_RETRY_WITHIN_MS = (5_000, 5_000, 30_000, 30_000)
_LAST_RETRY_MS = 300_000


class Mailbox:
    """Is told of rings and sessions; due() says when the next session should be."""

    def __init__(self, clock):
        self._clock = clock
        self._rung = self._wanted = False
        self._was_rung = self._was_wanted = False
        self._failures = 0
        self._since = self._rest_ms = 0

    def ring(self):
        """A ring alert came: something waits, and a satellite is above us now."""
        self._rung = True
        self.look()

    def rang(self):
        """A ring came some time ago; if we know of it already, its pace stays as it is."""
        if not self._rung:
            self.ring()

    def look(self):
        """Somebody wants the mailbox looked into now."""
        self._wanted = True
        self._since, self._rest_ms = self._clock.ticks_ms(), 0

    def due(self):
        return self._wanted and self._clock.since_ms(self._since) >= self._rest_ms

    def begin(self):
        """A session begins, whatever for; return whether it answers a ring."""
        self._was_rung, self._was_wanted = self._rung, self._wanted
        self._rung = self._wanted = False
        return self._was_rung

    def completed(self, session):
        """The session gave this sbd_words.Session."""
        if not sbd_status.succeeded(session.mo_status):
            self.failed()
            return
        if session.mt_status == sbd_status.MT_FAILED:
            self._was_wanted = True
            self.failed()
            return
        self._failures = 0
        if session.mt_status == sbd_status.MT_RECEIVED and session.mt_queued > 0:
            self.look()

    def failed(self):
        """The session came to nothing, or nobody knows to what; what was wanted still is."""
        self._rung = self._rung or self._was_rung
        if not self._wanted and not self._was_wanted:
            return
        self._wanted = True
        self._since = self._clock.ticks_ms()
        self._rest_ms = self._rest()
        self._failures += 1

    def _rest(self):
        """Boxes that heard one storm must not call in step: the clock's last digits are dice."""
        if self._failures >= len(_RETRY_WITHIN_MS):
            return _LAST_RETRY_MS
        return self._clock.ticks_ms() % _RETRY_WITHIN_MS[self._failures]
