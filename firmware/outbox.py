"""Messages that must reach the county, kept until its Ack.

The sealed bytes of a Slip are a pure function of its record, so every retry on every road and
after every reset is the same frame.  *Kept* means post() returned.
"""

import asyncio
import struct

from drivers.errors import StoreFull
from firmware import slip
from firmware.slip import Slip
from protocol import messages
from protocol.compat import const
from protocol.schema import UP

_MOST_SLIPS = const(200)
_KEPT_FREE = const((32, 16))  # beyond these for messages of priority 0, and of priority 1
_MOST_EPOCHS = const(6)  # tried with a frame before it counts as forged
_ROUTINE = const(2)  # from this priority on a report may expire when the Outbox is full
_MERGED = const("Series")  # goes on where one that waits stopped
_PREFIX = b"S"
_EXPIRED = b"X"
_COUNT = const(">II")  # how many expired, and the number of the last


class OutboxFull(Exception):
    """Nothing may be dropped to make room for this message: it was not kept."""


class Outbox:
    """Iterated over, it gives the Slips that wait, the oldest first."""

    def __init__(self, store, keyring, clock):
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._slips = [
            slip.read(_number(key), value) for key, value in store.items() if key[:1] == _PREFIX
        ]
        self._last = self._slips[-1].number if self._slips else 0
        self._settlers = []
        self.expired = 0
        self.for_life = 0  # messages of priority 0 posted since the start
        self.changed = asyncio.Event()
        self._recover_expired()

    def __len__(self):
        return len(self._slips)

    def full(self):
        """Return whether only calls, alarms and playbacks are still kept."""
        return len(self._slips) >= _MOST_SLIPS

    def __iter__(self):
        return iter(self._slips)

    def post(self, message, instead_of=()):
        """Keep this message and return its Slip, or raise OutboxFull or StoreFull.

        It takes the place of one of the types named in instead_of that was never handed over.
        """
        replaced = self._unsent(instead_of)
        if replaced is None and type(message).__name__ == _MERGED:
            replaced, message = self._merged(message)
        row, body = messages.row_of(UP, message), messages.encode(UP, message)
        if replaced is not None:
            return self._replace(replaced, Slip(replaced.number, row, row.priority, body))
        return self._append(Slip(self._last + 1, row, row.priority, body))

    def has(self, message):
        """Return whether this very message waits here."""
        row, body = messages.row_of(UP, message), messages.encode(UP, message)
        return any(one.row.number == row.number and one.body == body for one in self._slips)

    def hand_over(self, one):
        """Give the Slip its SEQ, on flash, before its first send; return (header, protected)."""
        if one.seq is None:
            seq = self._keyring.next_seq()  # may raise the epoch, so it goes first
            epoch = self._keyring.epoch
            self._keep(one, epoch, seq)
            one.epoch, one.seq = epoch, seq
        header = self._keyring.header(one.row, True, one.priority, one.seq)
        return header, self._keyring.sealed(header, one.epoch, one.body)

    def handed_over(self, epoch, seq):
        """Return the Slip that waits under this name, or None."""
        for one in self._slips:
            if one.seq == seq and one.epoch == epoch:
                return one
        return None

    def epochs(self):
        """Return the epochs the county may answer under: the keyring's and those of old Slips."""
        epochs = self._keyring.down_epochs()
        for one in self._slips:
            if one.seq is not None and one.epoch not in epochs:
                epochs.append(one.epoch)
        return epochs[:_MOST_EPOCHS]

    def oldest_epoch(self):
        """Return the epoch of the oldest number that still waits, or the present one."""
        oldest = self._keyring.epoch
        for one in self._slips:
            if one.seq is not None and one.epoch < oldest:
                oldest = one.epoch
        return oldest

    def acknowledged_steps(self, epoch, seqs):
        """In steps (protocol.steps), settle and forget what the county has, committed."""
        for one in list(self._slips):
            if one.seq in seqs and one.epoch == epoch and one.waits:
                for settle in self._settlers:
                    settle(one)
                self._forget(one)
                yield None

    def before_forgetting(self, settle):
        """settle(slip) is called for every acknowledged Slip while it is still kept."""
        self._settlers.append(settle)

    def oldest_waiting_s(self):
        """Return for how long the oldest Slip has waited since this start, in seconds."""
        if not self._slips:
            return 0
        return self._clock.uptime_s() - min(one.posted_s for one in self._slips)

    def _append(self, one):
        if self.full():
            self._make_room(one.priority)
        self._keep_at_any_price(one)
        self._last = one.number
        self._slips.append(one)
        return self._posted(one)

    def _replace(self, before, one):
        """One record takes the place of the other: a power cut finds the old or the new."""
        self._keep(one)
        self._slips[self._slips.index(before)] = one
        before.waits = False
        return self._posted(one)

    def _posted(self, one):
        one.posted_s = self._clock.uptime_s()
        if one.priority == 0:
            self.for_life += 1
        self.changed.set()
        return one

    def _unsent(self, names):
        for one in self._slips:
            if one.seq is None and one.row.name in names:
                return one
        return None

    def _merged(self, message):
        """Return (the Slip it may be told together with, how), or (None, this message)."""
        from firmware import merging  # noqa: PLC0415 - memory that only a Box with gauges spends

        for one in self._slips:
            if one.seq is None and one.row.name == _MERGED:
                earlier = messages.decode(UP, one.row.number, one.body)
                both = merging.merged(earlier, message)
                if both is not None:
                    return one, both
        return None, message

    def _keep(self, one, epoch=0, seq=None):
        self._store.put(_key(one.number), slip.record(one, epoch, seq))

    def _keep_at_any_price(self, one):
        """Keep it; while the store is full, routine messages make room."""
        while True:
            try:
                self._keep(one)
                return
            except StoreFull:
                if not self._expire_one(one.priority):
                    raise

    def _forget(self, one):
        self._store.remove(_key(one.number))
        self._slips.remove(one)
        one.waits = False

    def _make_room(self, priority):
        if self._expire_one(priority):
            return
        free = _KEPT_FREE[priority] if priority < _ROUTINE else 0
        if len(self._slips) >= _MOST_SLIPS + free:
            raise OutboxFull("nothing less urgent waits that could make room")

    def _expire_one(self, priority):
        """Drop the oldest of the least urgent routine messages; return whether there was one."""
        victim, least = None, max(priority, _ROUTINE)
        for one in self._slips:
            if one.priority >= least:
                victim, least = one, one.priority + 1
        if victim is None:
            return False
        self._count_expired(victim.number)
        self._forget(victim)
        return True

    def _count_expired(self, number):
        """Count it first: if the power goes before it is dropped, the next start drops it."""
        self._store.put(_EXPIRED, struct.pack(_COUNT, self.expired + 1, number))
        self.expired += 1

    def _recover_expired(self):
        """Go on counting; finish what a power cut left half done: its number may be used again."""
        kept = self._store.get(_EXPIRED)
        self.expired, number = struct.unpack(_COUNT, kept or bytes(8))
        for one in list(self._slips):
            if one.number == number:
                self._forget(one)
        if number or kept is None:
            self._take_room_to_count()

    def _take_room_to_count(self):
        """The record has its full size from the first: a full flash can still count."""
        try:
            self._store.put(_EXPIRED, struct.pack(_COUNT, self.expired, 0))
        except StoreFull:
            pass  # then nothing expires either


def _key(number):
    return _PREFIX + number.to_bytes(4, "big")


def _number(key):
    return int.from_bytes(key[1:], "big")
