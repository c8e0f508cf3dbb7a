"""What time it is, and whether this Box has any right to say so.

Time is trusted once the county answered a frame of ours (wire.md, "Trusted time"); the
answer is off by at most half the round trip.
"""

import asyncio

from firmware.recent import Recent
from protocol import calendar, frame
from protocol.compat import const

NOW, HOLD, LATE = "now", "hold", "late"

_LONGEST_ROUND_TRIP_MS = const(120_000)
_MOST_QUESTIONS = const(16)
_TICKS_BYTES = const(6)  # of a clock that counts ms for centuries
_MOST_CORRECTION_S = const(600)
_DRIFT = const(10_000)  # a crystal gains or loses less than a second in so many
_KEY = b"M"


class BadTime(ValueError):
    """This Time is not believed."""


class Timekeeper:
    def __init__(self, store, clock):
        self._store = store
        self._clock = clock
        self._second_at_start = None
        self._first_told = None  # what that was when the time was trusted first
        self._questions = Recent(_MOST_QUESTIONS, frame.NAME_BYTES, _TICKS_BYTES)
        self._newest = int.from_bytes(store.get(_KEY) or b"\0", "big")
        self.became_trusted = asyncio.Event()

    def trusted(self):
        return self._second_at_start is not None

    def second(self):
        """Return seconds since 2025-01-01T00:00Z, or None from an untrusted clock."""
        if self._second_at_start is None:
            return None
        return self._second_at_start + self._clock.uptime_s()

    def minute(self):
        """Return the wire's minute; negative, -1 - minutes since start, when untrusted."""
        second = self.second()
        return -1 - self._clock.uptime_s() // 60 if second is None else second // 60

    def start_minute(self):
        """Return the minute at which this Box started, or None while unknown."""
        return None if self._second_at_start is None else self._second_at_start // 60

    def asked(self, epoch, seq):
        """A frame of this name goes out for the first time ever; one Time may answer it."""
        ticks = self._clock.ticks_ms().to_bytes(_TICKS_BYTES, "big")
        self._questions.put(frame.name(epoch, seq), ticks)

    def told(self, epoch, time):
        """Take a genuine Time message, sealed under this epoch, or raise BadTime.

        All of them together move a trusted clock by 10 minutes and by what its crystal may
        drift: or whoever holds the gateway would walk it away in small steps.
        """
        round_trip_ms = self._round_trip_ms(frame.name(epoch, time.answers))
        second = time.second + round_trip_ms // 2_000
        second_at_start = second - self._clock.uptime_s()
        if second_at_start < 0:
            raise BadTime("before the calendar of the wire begins")
        if not self.trusted():
            self._first_told = second_at_start
        if abs(second_at_start - self._first_told) > self._most_correction_s():
            raise BadTime("would move a trusted clock by more than 10 minutes")
        self._second_at_start = second_at_start
        self.witnessed(second // 60)
        self.became_trusted.set()

    def witnessed(self, minute):
        """Something genuine was made at this minute: remember the newest over resets."""
        if minute > self._newest:
            self._newest = minute
            self._store.put(_KEY, minute.to_bytes(4, "big"))

    def judge(self, order):
        """Return NOW, HOLD (until the time is trusted) or LATE for this genuine order."""
        if self.trusted():
            return LATE if self.minute() >= calendar.order_ends(order) else NOW
        if order.rank == "danger" and order.issued >= self._newest:
            return NOW
        return HOLD

    def outdated(self, order):
        """Return whether an order not seen before is too old to be looked at."""
        if self.trusted():
            return self.judge(order) == LATE
        return order.issued < self._newest

    def _most_correction_s(self):
        return _MOST_CORRECTION_S + self._clock.uptime_s() // _DRIFT

    def _round_trip_ms(self, name):
        """Return for how long this question was open; played back, its answer finds none."""
        asked_at = self._questions.get(name)
        if asked_at is None:
            raise BadTime("an answer to nothing this Box asked")
        self._questions.forget(name)
        passed_ms = self._clock.since_ms(int.from_bytes(asked_at, "big"))
        if passed_ms > _LONGEST_ROUND_TRIP_MS:
            raise BadTime("an answer too old to set a clock by")
        return passed_ms
