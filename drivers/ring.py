"""The sectors of an area, used in turn: which are in use, which comes next, which are erased.

This format is frozen for ever.  Sector: magic, its number, the lowest number still in use, the
number below which damage has been told of, CRC-32 of these (4 bytes each, little-endian), end
mark (1), blank to 24 bytes; then records (drivers/records.py).  Number n is in the sector
n - 1, modulo how many there are, so a sector whose header is damaged can still be read.
A sector is erased only when a header written since says that its number is not in use.
"""

import struct
from binascii import crc32
from collections import namedtuple

from drivers.blanks import make_blank
from drivers.errors import StoreFull
from drivers.records import HEADER_BYTES

_MAGIC = b"FSR1"
_NUMBERS = "<III"
_NUMBERS_AT, _CHECKSUM_AT, _END_MARK_AT = 4, 16, 20
_END_MARK = b"\xa5"

Header = namedtuple("Header", ("number", "lowest", "told"))


class Ring:
    """newest is the number of the sector that is written to, 0 if there is none; from lowest on
    they hold what counts; late_erases counts those that begin() had to erase itself.
    """

    def __init__(self, area):
        self._area = area
        self.sectors = area.size // area.sector_bytes
        self.newest, self.lowest, self.told = 0, 1, 0
        self._in_use = 1  # the lowest number that flash says is in use
        self._blank = 0  # how many sectors after the newest are known to be blank
        self.late_erases = 0

    def find(self):
        """Find which sectors are in use; return "kept", "formatted" or "damaged" if none is."""
        newest, complete = None, False
        for sector in range(self.sectors):
            data = self._area.read(sector * self._area.sector_bytes, HEADER_BYTES)
            header = self._header_in(data, sector)
            complete = complete or _is_complete(data)
            if header is not None and (newest is None or header.number > newest.number):
                newest = header
        if newest is None:
            return "damaged" if complete else "formatted"
        self.newest, self.told = newest.number, newest.told
        self.lowest = self._in_use = newest.lowest
        return "kept"

    def has_header(self, sector, number):
        """Return whether these bytes of the sector begin with the header of this number."""
        header = self._header_in(bytes(sector[:HEADER_BYTES]), self._place(number))
        return header is not None and header.number == number

    def begin_of(self, number):
        return self._place(number) * self._area.sector_bytes

    def end_of(self, number):
        return self.begin_of(number) + self._area.sector_bytes

    def number_at(self, at):
        """Return the number in use of the sector with this byte."""
        return (
            self.newest - (self._place(self.newest) - at // self._area.sector_bytes) % self.sectors
        )

    def free(self):
        """Return how many sectors hold nothing that counts."""
        return self.sectors - (self.newest + 1 - self.lowest)

    def untidy(self):
        """Return whether a sector not in use is not known to be blank."""
        return self._blank < self._unused()

    def tidy(self):
        """See to one of these: interrupts may be off while it is erased."""
        make_blank(self._area, self.begin_of(self.newest + 1 + self._blank))
        self._blank += 1

    def begin(self, data):
        """Make the next sector the newest, with these bytes of records at its head."""
        if self.free() < 2 or not self._unused():
            raise StoreFull("the store has no sector left to move to")
        number, blank = self.newest + 1, self._blank
        self._blank = 0  # should this fail, nobody knows what is there
        if not blank:
            self.late_erases += make_blank(self._area, self.begin_of(number))
        header = _built(number, self.lowest, self.told)
        self._area.program(self.begin_of(number), header + data)
        self.newest, self._in_use, self._blank = number, self.lowest, max(blank - 1, 0)

    def _unused(self):
        return self.sectors - (self.newest + 1 - self._in_use)

    def _place(self, number):
        return (number - 1) % self.sectors

    def _header_in(self, data, sector):
        numbers = struct.unpack_from(_NUMBERS, data, _NUMBERS_AT)
        if data[: _END_MARK_AT + 1] != _built(*numbers)[: _END_MARK_AT + 1]:
            return None
        return Header(*numbers) if self._place(numbers[0]) == sector else None


def _built(number, lowest, told):
    data = _MAGIC + struct.pack(_NUMBERS, number, lowest, told)
    data += struct.pack("<I", crc32(data)) + _END_MARK
    return data + b"\xff" * (HEADER_BYTES - len(data))


def _is_complete(data):
    """Return whether a header was written here once, whatever became of it."""
    return data[:_NUMBERS_AT] == _MAGIC and data[_END_MARK_AT : _END_MARK_AT + 1] == _END_MARK
