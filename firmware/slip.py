"""One message on its way to the county, and its fate: QUEUED, SENT, CARRIED; ACKED, it is gone.

Its record on flash is type, priority, epoch, SEQ and plain body.  Epoch and SEQ are written before
the first send, so a Slip that has them may have been sent.
"""

import struct

from protocol import messages
from protocol.compat import const
from protocol.schema import UP

QUEUED, SENT, CARRIED = const("queued"), const("sent"), const("carried")

_HEAD = const(">BBHI")
_HEAD_BYTES = const(8)
_NO_SEQ = const(0xFFFFFFFF)
_NEVER = const((0, 0, 0))


class Slip:
    """number orders it; seq and epoch name it once handed over.

    Hundreds may wait in a small memory, so what most never need is the class's own until then.
    """

    epoch = 0
    seq = None
    posted_s = 0  # uptime at which it was posted; of one found at the start, the start
    carried = False  # a carrier said that it has it
    waits = True  # until it is acknowledged, replaced or expired
    _went = None  # {road: (how often, ticks of the last time, rest in ms after it)}

    def __init__(self, number, row, priority, body):
        self.number = number
        self.row = row
        self.priority = priority
        self.body = body

    @property
    def custody(self):
        """How far it surely has come: QUEUED, SENT or CARRIED."""
        if self.seq is None:
            return QUEUED
        return CARRIED if self.carried else SENT

    def tries(self, road):
        """Return how often it went by this road since the start."""
        return self._last(road)[0]

    def rests(self, road, clock):
        """Return whether it went this way so lately that its Ack may still come."""
        _, ticks, rest_ms = self._last(road)
        return rest_ms > 0 and clock.since_ms(ticks) < rest_ms

    def went(self, road, ticks, rest_ms):
        """It may have gone by this road just now."""
        if self._went is None:
            self._went = {}
        self._went[road] = (self.tries(road) + 1, ticks, rest_ms)

    def _last(self, road):
        return _NEVER if self._went is None else self._went.get(road, _NEVER)


def record(slip, epoch=0, seq=None):
    """Return the bytes that are kept of it under this name, or under none yet."""
    seq = _NO_SEQ if seq is None else seq
    return struct.pack(_HEAD, slip.row.number, slip.priority, epoch, seq) + slip.body


def read(number, data):
    """Return the Slip in such a record."""
    type_number, priority, epoch, seq = struct.unpack(_HEAD, data[:_HEAD_BYTES])
    slip = Slip(number, messages.row(UP, type_number), priority, data[_HEAD_BYTES:])
    if seq != _NO_SEQ:
        slip.epoch, slip.seq = epoch, seq
    return slip
