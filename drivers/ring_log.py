"""Records in a ring of sectors: where the next one goes, and how those that count move along.

Each new sector begins with all that is carried along, so that the newest alone knows all
counters.  What else still counts is moved out of the lowest sector before that is erased.  Of
records with one key the last counts, and if that one is done, none.
"""

from drivers import records
from drivers.errors import StoreFailed, StoreFull
from drivers.ring import Ring

_STEP_RECORDS, _STEP_BYTES = 4, 512  # moved at a time, unless one alone is longer


class RingLog:
    """ring is the drivers.ring.Ring of this area; index (a RecordIndex) tells what counts."""

    def __init__(self, area, index):
        self._area = area
        self._index = index
        self.ring = Ring(area)
        # Sectors that only moving may use: a power cut while it moves may cost one each time.
        self.spare = 3 + self.ring.sectors // 8
        self._end = self.ring.end_of(0)  # where the next record goes; here, in the next sector
        self.state = self._open()

    def value(self, key):
        """Return the value that counts for this key, or raise StoreFailed."""
        at, value_bytes = self._index.place(key)
        record = memoryview(self._area.read(at, records.size_of(key, value_bytes)))
        value = records.value_in(record, self.ring.number_at(at), key)
        if value is None:
            raise StoreFailed("a record in the store can no longer be read")
        return value

    def readable(self, key):
        """Return the value, or None if it has rotted since it was written."""
        try:
            return self.value(key)
        except StoreFailed:
            return None

    def add(self, key, value):
        """Write a record at the end; then the one before with this key counts no more."""
        at = self._place_for(records.size_of(key, len(value)))
        before = self._done_at(key)
        self._append(at, records.build(self.ring.newest, key, value))
        self._index.note(at, key, len(value))
        if before is not None:
            self._area.program(before, records.DONE)

    def end(self, key):
        """Say on flash that the record of this key counts no more."""
        self._area.program(self._done_at(key), records.DONE)
        self._index.forget(key)

    def untidy(self):
        """Return whether tidy() would do something; a log nobody wrote to is left alone."""
        return self.ring.newest > 0 and (self.ring.untidy() or self._is_short_of_sectors())

    def tidy(self):
        """See to one sector, or move a few records out of the lowest."""
        if self.ring.untidy():
            self.ring.tidy()
        else:
            self._move_some()

    def _open(self):
        """Find the sectors in use and read them; return the state."""
        ring, state = self.ring, self.ring.find()
        if state != "kept":
            return state
        sector = memoryview(bytearray(self._area.sector_bytes))
        for number in range(ring.lowest, ring.newest + 1):
            if self._read(number, sector) == records.DAMAGED and number >= ring.told:
                state = "damaged"
        if self._one_more_without_header(sector):
            ring.newest += 1
            self._read(ring.newest, sector)
            state = "damaged"
        if state == "damaged":
            ring.told = ring.newest + 1
            self._end = ring.end_of(ring.newest)
        return state

    def _read(self, number, sector):
        """Take the records of this sector into the index; return what is to be said of it."""
        begin = self.ring.begin_of(number)
        self._area.readinto(begin, sector)

        def found(at, key, value_bytes, live):
            if live:
                self._index.note(begin + at, key, value_bytes)
            else:
                self._index.forget(key)

        verdict, end = records.read(sector, number, self._index, found)
        is_whole = verdict == records.WHOLE
        self._end = begin + end if is_whole else self.ring.end_of(number)
        return verdict if self.ring.has_header(sector, number) else records.DAMAGED

    def _one_more_without_header(self, sector):
        """Return whether the next sector is in use, and only its header was damaged."""
        number = self.ring.newest + 1
        self._area.readinto(self.ring.begin_of(number), sector)
        return records.begin_right(sector, number)

    def _is_short_of_sectors(self):
        return self.ring.free() <= self.spare

    def _place_for(self, size):
        """Return where a record of this size goes, once there is such a place.

        A sector that was begun to move records is not filled with others meanwhile.
        """
        ring, last = self.ring, self.ring.newest + self.ring.sectors
        while ring.newest <= last:
            at = records.place(self._end, size)
            if at + size <= ring.end_of(ring.newest) and ring.free() >= self.spare:
                return at
            if self._is_short_of_sectors():
                self._move_some()
            else:
                self._begin_sector()
        raise StoreFull("the store found no room in a whole round")

    def _move_some(self):
        """Copy a few records out of the lowest sector; if none is left, it is in use no more."""
        some_left, keys = self._some_of_the_lowest()
        if keys:
            data, places = self._copied(keys, self.ring.newest, self._end)
            self._append(self._end, data)
            self._note_all(places)
        elif some_left:
            self._begin_sector()
        else:
            self.ring.lowest += 1

    def _some_of_the_lowest(self):
        """Return (whether any record of the lowest sector counts, some keys for which there is
        room in the newest).
        """
        ring = self.ring
        room, left = ring.end_of(ring.newest) - self._end, _STEP_BYTES
        some_left, keys = False, []
        for key in self._index.between(ring.begin_of(ring.lowest), ring.end_of(ring.lowest)):
            some_left = True
            size = self._index.bytes_of(key)
            if size <= room and (size <= left or not keys):
                keys.append(key)
                room, left = room - size, left - size
            if len(keys) == _STEP_RECORDS:
                break
        return some_left, keys

    def _begin_sector(self):
        """Begin the next sector with all that is carried along."""
        number = self.ring.newest + 1
        at = self.ring.begin_of(number) + records.HEADER_BYTES
        data, places = self._copied(self._index.carried(), number, at)
        self.ring.begin(data)
        self._end = at + len(data)
        self._note_all(places)

    def _copied(self, keys, number, at):
        """Return (these records as they would be at that place of that sector, where each is)."""
        data, places = bytearray(), []
        for key in keys:
            value = self.readable(key)
            if value is None:
                self.state = "damaged"
                self._index.forget(key)
            else:
                places.append((at + len(data), key, len(value)))
                data += records.build(number, key, value)
        return data, places

    def _note_all(self, places):
        for at, key, value_bytes in places:
            self._index.note(at, key, value_bytes)

    def _append(self, at, data):
        """Write at the end; whatever comes of it, nothing is ever written there again."""
        self._end = self.ring.end_of(self.ring.newest)
        self._area.program(at, data)
        self._end = at + len(data)

    def _done_at(self, key):
        """Return which byte ends the record of this key, or None if there is none."""
        if key not in self._index:
            return None
        at, value_bytes = self._index.place(key)
        return at + records.size_of(key, value_bytes) - 1
