"""Messages that must reach the county, kept until its Ack.

A Slip is one message and its fate.  Its record is epoch, SEQ and plain body; the sealed
bytes are a pure function of it, so every retry on every road and after every reset is
the same frame.  *Kept* means post() returned.
"""

import asyncio
import struct

from protocol import messages
from protocol.compat import const
from protocol.schema import UP

_MOST_SLIPS = const(200)
_MOST_EPOCHS = const(6)  # tried with a frame before it counts as forged
_ROUTINE = const(2)  # from this priority on a report may expire when the Outbox is full
_PREFIX = b"S"
_RECORD = ">BBHI"  # type, priority, epoch, SEQ
_NO_SEQ = const(0xFFFFFFFF)


class OutboxFull(Exception):
    """Nothing may be dropped to make room for this message: it was not kept."""


class Slip:
    """One message on its way: number orders it, seq and epoch name it once handed over."""

    def __init__(self, number, row, priority, body, epoch=0, seq=None):
        self.number = number
        self.row = row
        self.priority = priority
        self.body = body
        self.epoch = epoch
        self.seq = seq
        self.tries = {}  # {road: [how often, ticks of the last time]}
        self.posted_s = 0


class Outbox:
    def __init__(self, store, keyring, clock):
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._slips = [_slip_of(key, value) for key, value in store.items() if key[:1] == _PREFIX]
        self._last = max([slip.number for slip in self._slips] or [0])
        self._settlers = []
        self.expired = 0
        self.changed = asyncio.Event()

    def __len__(self):
        return len(self._slips)

    def post(self, message, instead_of=()):
        """Keep this message and return its Slip, or raise OutboxFull or StoreFull.

        It replaces messages of the types named in instead_of that were never handed over.
        """
        row = messages.row_of(UP, message)
        body = messages.encode(UP, message)
        self._supersede(instead_of)
        if len(self._slips) >= _MOST_SLIPS:
            self._expire_one(row.priority)
        slip = Slip(self._last + 1, row, row.priority, body)
        self._keep(slip, 0, None)
        self._last += 1
        slip.posted_s = self._clock.uptime_s()
        self._slips.append(slip)
        self.changed.set()
        return slip

    def waiting(self):
        """Return the Slips, those of life first, then the oldest."""
        life = [slip for slip in self._slips if slip.priority == 0]
        return life + [slip for slip in self._slips if slip.priority > 0]

    def has(self, message):
        """Return whether this very message waits here."""
        row, body = messages.row_of(UP, message), messages.encode(UP, message)
        return any(slip.row.number == row.number and slip.body == body for slip in self._slips)

    def hand_over(self, slip):
        """Give the Slip its SEQ, on flash, before its first send; return (header, protected)."""
        if slip.seq is None:
            epoch, seq = self._numbered()
            self._keep(slip, epoch, seq)
            slip.epoch, slip.seq = epoch, seq
        header = self._keyring.header(slip.row, True, slip.priority, slip.seq)
        return header, self._keyring.sealed(header, slip.epoch, slip.body)

    def handed_over(self, epoch, seq):
        """Return the Slip that waits under this name, or None."""
        for slip in self._slips:
            if slip.seq == seq and slip.epoch == epoch:
                return slip
        return None

    def epochs(self):
        """Return the epochs the county may answer under: the keyring's and those of old Slips."""
        epochs = self._keyring.down_epochs()
        for slip in self._slips:
            if slip.seq is not None and slip.epoch not in epochs:
                epochs.append(slip.epoch)
        return epochs[:_MOST_EPOCHS]

    def oldest_epoch(self):
        """Return the epoch of the oldest number that still waits, or the present one."""
        waiting = [slip.epoch for slip in self._slips if slip.seq is not None]
        return min(waiting + [self._keyring.epoch])

    def acknowledged(self, epoch, seqs):
        """The county has these, committed: settle and forget them."""
        for slip in list(self._slips):
            if slip.seq in seqs and slip.epoch == epoch:
                for settle in self._settlers:
                    settle(slip)
                self._forget(slip)

    def before_forgetting(self, settle):
        """settle(slip) is called for every acknowledged Slip while it is still kept."""
        self._settlers.append(settle)

    def oldest_waiting_s(self):
        """Return for how long the oldest Slip has waited since this start, in seconds."""
        if not self._slips:
            return 0
        return self._clock.uptime_s() - min(slip.posted_s for slip in self._slips)

    def _numbered(self):
        seq = self._keyring.next_seq()  # may raise the epoch, so it goes first
        return self._keyring.epoch, seq

    def _keep(self, slip, epoch, seq):
        seq = _NO_SEQ if seq is None else seq
        record = struct.pack(_RECORD, slip.row.number, slip.priority, epoch, seq)
        self._store.put(_key(slip), record + slip.body)

    def _forget(self, slip):
        self._store.remove(_key(slip))
        self._slips.remove(slip)

    def _supersede(self, names):
        for slip in list(self._slips):
            if slip.row.name in names and slip.seq is None:
                self._forget(slip)

    def _expire_one(self, priority):
        """Drop the oldest of the least urgent routine messages, and count it."""
        routine = [slip for slip in self._slips if slip.priority >= _ROUTINE]
        if not routine:
            raise OutboxFull("only calls, alarms and playbacks wait, and they are never dropped")
        lowest = max(slip.priority for slip in routine)
        if priority > lowest:
            raise OutboxFull("more urgent messages wait")
        self._forget(min((s for s in routine if s.priority == lowest), key=_by_number))
        self.expired += 1


def _by_number(slip):
    return slip.number


def _key(slip):
    return _PREFIX + slip.number.to_bytes(4, "big")


def _slip_of(key, value):
    head = struct.calcsize(_RECORD)
    number, priority, epoch, seq = struct.unpack(_RECORD, value[:head])
    row = messages.row(UP, number)
    seq = None if seq == _NO_SEQ else seq
    return Slip(int.from_bytes(key[1:], "big"), row, priority, value[head:], epoch, seq)
