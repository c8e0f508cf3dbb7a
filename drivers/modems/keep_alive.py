"""A byte now and then when nothing else goes, so that no router forgets the way back to us.

A router between a village and its county (NAT) forgets a UDP mapping after 30 to 60 s without
a datagram in many networks, though RFC 4787, REQ-5, asks for 2 minutes at least.  The byte is
no frame and proves nothing: the county drops it, and it moves nothing there.
"""

KEEP_ALIVE = b"\x00"

_QUIET_MS = 45_000


class KeepAlive:
    """Is told when something went; says when a KEEP_ALIVE should."""

    def __init__(self, clock):
        self._clock = clock
        self._went_at = clock.ticks_ms()

    def went(self):
        """Something left, or should have: a road that is down is not asked more often."""
        self._went_at = self._clock.ticks_ms()

    def left_ms(self):
        """Return for how long nothing need be sent, in ms; 0: a KEEP_ALIVE is due."""
        return max(0, _QUIET_MS - self._clock.since_ms(self._went_at))
