"""A store that a power cut cannot hurt: what was put is there again, what was removed stays away.

Two areas of flash take turns.  The live one begins with a header and grows by records, each a
put or a removal; when it is full, what still counts is copied to the other, whose header is
written last of all.  The other is erased before it is needed (untidy, tidy), so that no change
waits for that.  Opening writes nothing: whoever must react to a damaged store (a Box raises its
epoch) has done so before the first change mends it.
"""

from drivers import records
from drivers.blanks import Blanks
from drivers.errors import StoreFailed, StoreFull

_BATCH_BYTES = 1_024
_PLACES = 1_024  # more than the bytes in any value: see _entry


class LogStore:
    """What firmware.ports.Store asks for, on two areas of the same size.

    An area has size and sector_bytes; read(at, count) and readinto(at, buffer); program(at,
    data), durable when it returns, never the same byte twice; erase(at), one sector, to FF.
    All may raise StoreFailed.  The index in RAM holds most_keys keys.  late_erases counts the
    sectors that a change had to erase itself because nobody had done so before.
    """

    def __init__(self, area_a, area_b, most_keys=512):
        self._areas = (area_a, area_b)
        self._most_keys = most_keys
        self._most_live = (area_a.size - records.HEADER_BYTES) * 7 // 8
        self._index = {}  # {key: _entry(where its record begins, bytes in its value)}
        self._live_bytes = 0
        self._turn = 1  # which area is live
        self._generation = 0
        self._end = area_a.size  # where the next record goes; at the very end, it moves first
        self.late_erases = 0
        self.state = self._open()
        self._spare = Blanks(self._areas[1 - self._turn])

    def items(self):
        """Yield all (key, value), in order of key."""
        for key in sorted(self._index):
            if key in self._index:
                yield key, self._value(key)

    def get(self, key):
        """Return the value, or None; StoreFailed if it can no longer be read."""
        return self._value(key) if key in self._index else None

    def put(self, key, value):
        """Keep value (at most 512 bytes) under key (1 to 16); durable when this returns.

        Raises StoreFull and changes nothing, or StoreFailed, and then either may be found.
        """
        records.check(key, value)
        old_bytes = self._bytes_of(key)
        if old_bytes and self._readable(key) == value:
            return
        live_bytes = self._live_bytes - old_bytes + records.size_of(key, len(value))
        too_many = not old_bytes and len(self._index) >= self._most_keys
        if too_many or live_bytes > self._most_live:
            raise StoreFull("the store is full")
        self._change(bytes(key), bytes(value))

    def remove(self, key):
        """Forget this key, for good when this returns; there is always room for that."""
        if key in self._index:
            self._change(bytes(key), None)

    def free_pct(self):
        return max(100 - 100 * self._live_bytes // self._most_live, 0)

    def untidy(self):
        """Return whether tidy() would do something; a store nobody wrote to is left alone."""
        return self._generation > 0 and (not self._spare.ready() or self._is_half_dead())

    def tidy(self):
        """See to one sector of the spare area, or move to it: interrupts may be off for as long
        as an erase takes, or others have to wait while all that counts is copied.
        """
        if self._spare.ready():
            self._move(None, None)
        else:
            self._spare.advance()

    def _is_half_dead(self):
        """Return whether half the area is records that count no more; not of a damaged store,
        which must say so until somebody writes to it.
        """
        dead_bytes = self._end - records.HEADER_BYTES - self._live_bytes
        return self.state != "damaged" and dead_bytes > self._area().size // 2

    def _open(self):
        """Find the live area and read it; return the state."""
        headers = [records.read_header(area) for area in self._areas]
        live = [turn for turn in (0, 1) if headers[turn].live]
        if not live:
            return "damaged" if headers[0].complete or headers[1].complete else "formatted"
        self._turn = max(live, key=lambda turn: headers[turn].generation)
        self._generation = headers[self._turn].generation
        verdict, end = records.scan(self._area(), self._generation, self._note)
        if verdict == records.WHOLE and len(live) == 1:
            self._end = end
        return "damaged" if verdict == records.DAMAGED else "kept"

    def _area(self):
        return self._areas[self._turn]

    def _note(self, at, key, value_bytes):
        """Take a record into the index; value_bytes is None for a removal."""
        self._live_bytes -= self._bytes_of(key)
        if value_bytes is None:
            self._index.pop(key, None)
        else:
            self._index[key] = _entry(at, value_bytes)
            self._live_bytes += records.size_of(key, value_bytes)

    def _bytes_of(self, key):
        entry = self._index.get(key)
        return 0 if entry is None else records.size_of(key, entry % _PLACES)

    def _value(self, key):
        at, value_bytes = divmod(self._index[key], _PLACES)
        return records.read_value(self._area(), self._generation, at, key, value_bytes)

    def _readable(self, key):
        """Return the value, or None if it has rotted since it was written."""
        try:
            return self._value(key)
        except StoreFailed:
            return None

    def _change(self, key, value):
        record = records.build(self._generation, key, value)
        at, self._end = self._end, self._area().size  # if this fails, the next change moves
        if at + len(record) > self._area().size:
            self._move(key, value)
            return
        self._area().program(at, record)
        self._end = at + len(record)
        self._note(at, key, None if value is None else len(value))

    def _move(self, key, value):
        """Copy what counts, with this change made, to the other area, and live there."""
        self.late_erases += self._spare.finish()
        self._spare.forget()
        copy = _Copy(self._areas[1 - self._turn], self._generation + 1)
        for other in self._index:
            if other != key:
                self._move_one(copy, other)
        if value is not None:
            copy.add(key, value)
        copy.finish()
        self._live_in(copy)

    def _move_one(self, copy, key):
        value = self._readable(key)
        if value is None:
            self.state = "damaged"
        else:
            copy.add(key, value)

    def _live_in(self, copy):
        """From now on the copy is the live area; the one before, if any, is the spare."""
        before, had_records = self._area(), self._generation > 0
        self._turn, self._generation = 1 - self._turn, copy.generation
        self._index, self._end = copy.index, copy.end
        self._live_bytes = copy.end - records.HEADER_BYTES
        self._spare = Blanks(before)
        if had_records:
            records.retire(before)


class _Copy:
    """Records on their way to a blank area, written a few at a time."""

    def __init__(self, area, generation):
        self.generation = generation
        self.index = {}
        self.end = records.HEADER_BYTES
        self._area = area
        self._batch = bytearray()

    def add(self, key, value):
        record = records.build(self.generation, key, value)
        self.index[key] = _entry(self.end, len(value))
        self.end += len(record)
        self._batch += record
        if len(self._batch) >= _BATCH_BYTES:
            self._write()

    def finish(self):
        """Write what is left, then the header: before it, nothing of this counts."""
        self._write()
        records.write_header(self._area, self.generation)

    def _write(self):
        if self._batch:
            self._area.program(self.end - len(self._batch), self._batch)
            self._batch = bytearray()


def _entry(at, value_bytes):
    """Return both in one small number: a tuple would cost a small board 16 bytes a key more."""
    return at * _PLACES + value_bytes
