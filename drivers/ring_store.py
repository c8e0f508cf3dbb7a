"""A store that a power cut cannot hurt: what was put is there again, what was removed stays away.

What is put is a record at the end of a log in a ring of sectors; what is removed or replaced is
one byte programmed into its record.  Sectors are erased before they are needed (untidy, tidy).
Opening writes nothing: whoever must react to a damaged store (a Box raises its epoch) has done
so before the first put, which begins a sector that says that the damage is told.
"""

from drivers import records
from drivers.errors import StoreFull
from drivers.record_index import RecordIndex
from drivers.ring_log import RingLog


class RingStore:
    """What firmware.ports.Store asks for, on an area of at least eight sectors.

    An area has size and sector_bytes (a multiple of 256); read(at, count) and readinto(at,
    buffer); program(at, data), durable when it returns, never the same byte twice; erase(at),
    one sector, to FF.  All may raise StoreFailed.  The index in RAM holds most_keys keys.
    Records whose keys begin with a byte of `passing` come and go; all others are carried along
    from sector to sector, and must fit into one together with a record of any length.
    """

    def __init__(self, area, passing, most_keys=512):
        self._most_keys = most_keys
        self._room = area.sector_bytes - records.HEADER_BYTES
        self._most_record = min(records.MOST_RECORD, self._room // 2)
        self._index = RecordIndex(passing)
        self._log = RingLog(area, self._index)

    @property
    def state(self):
        return self._log.state

    @property
    def late_erases(self):
        """How many sectors a change had to erase itself because nobody had done so before."""
        return self._log.ring.late_erases

    def items(self):
        """Yield all (key, value), in order of key."""
        for key in sorted(self._index.keys()):
            if key in self._index:
                yield key, self._log.value(key)

    def get(self, key):
        """Return the value, or None; StoreFailed if it can no longer be read."""
        return self._log.value(key) if key in self._index else None

    def put(self, key, value):
        """Keep value (at most 1024 bytes) under key (1 to 16); durable when this returns.

        Raises StoreFull and changes nothing, or StoreFailed, and then either may be found.
        """
        size = self._checked(key, value)
        if key in self._index and self._log.readable(key) == value:
            return
        self._refuse_what_has_no_room(key, size)
        self._log.add(bytes(key), value)

    def remove(self, key):
        """Forget this key, for good when this returns; there is always room for that."""
        if key in self._index:
            self._log.end(key)

    def free_pct(self):
        most = self._most_passing(self._index.carried_bytes, self._index.longest)
        return max(100 - 100 * self._index.passing_bytes // most, 0) if most else 0

    def untidy(self):
        """Return whether tidy() would do something; a store nobody wrote to is left alone."""
        return self._log.untidy()

    def tidy(self):
        """See to one sector: interrupts may be off for as long as an erase takes; or move a few
        records to where they may stay.
        """
        self._log.tidy()

    def _checked(self, key, value):
        """Return how long the record would be, or raise ValueError if there is none."""
        size = records.size_of(key, len(value))
        too_long = len(value) > records.MOST_VALUE or size > self._most_record
        if too_long or not 1 <= len(key) <= records.MOST_KEY:
            raise ValueError("a record has a key of 1 to 16 bytes and a value of at most 1024")
        return size

    def _refuse_what_has_no_room(self, key, size):
        """Raise StoreFull if what counts could no longer be moved with this record in it."""
        index, before = self._index, self._index.bytes_of(key)
        if size <= before:
            return
        passing, carried, longest = index.passing_bytes, index.carried_bytes, index.longest
        if index.passes(key):
            passing, longest = passing + size - before, max(longest, size)
        else:
            carried += size - before
        too_many = not before and len(index) >= self._most_keys
        too_much = carried > self._room - self._most_record
        if too_many or too_much or passing > self._most_passing(carried, longest):
            raise StoreFull("the store is full")

    def _most_passing(self, carried_bytes, longest):
        """Return how many bytes may come and go: moving packs each sector at least so densely
        that after a round two more than the spare ones are free.
        """
        dense = (self._room - carried_bytes - longest) * 7 // 8
        return max(dense, 0) * (self._log.ring.sectors - self._log.spare - 2)
