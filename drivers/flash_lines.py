"""The Journal's lines in a ring of flash sectors: the oldest sector is erased ahead of need.

Sector: its number (4 bytes, little-endian), CRC-32 of that, seeded (4); then lines as UTF-8,
each with an end mark: a line feed, or a zero behind what a power cut left of a line.  Number n
is in the sector n - 1, modulo how many there are; the highest number is the newest sector.
"""

import struct
from binascii import crc32

from drivers.blanks import is_blank, make_blank
from drivers.errors import StoreFailed

_HEAD = "<II"
_HEAD_BYTES = 8
_SEED = 0x464A4C31
_END, _TORN = b"\n", b"\0"
_MOST_BYTES = 400  # in a line
_PIECE_BYTES = 256
_ERASED = b"\xff"


class FlashLines:
    """What firmware.ports.Lines asks for, on flash (drivers.flash_area) of at least two
    sectors.

    A line is on flash when append() returns.  Appending erases nothing: where no blank sector
    is ready (untidy, tidy) or the flash refuses, the line is lost; `lost` counts them and
    `trouble` says why.
    """

    def __init__(self, area):
        self._area = area
        self._sectors = area.size // area.sector_bytes
        self._found = False  # whether what follows is known: nothing is after a restart
        self._number = 0  # of the newest sector, 0 if there is none
        self._end = 0  # where the next line goes
        self._torn = False  # the last line has no end mark
        self._next_is_blank = False
        self.lost = 0
        self.trouble = ""

    def append(self, line):
        """Write one line, at most 400 bytes of it."""
        try:
            self._find()
            self._write(_encoded(line))
        except StoreFailed as why:
            self._found = False
            self.lost += 1
            self.trouble = "the journal: " + str(why)

    def last(self):
        """Return the last line that was written whole, "" if there is none to be read."""
        try:
            self._find()
            return self._last_of(self._number) or self._last_of(self._number - 1)
        except StoreFailed as why:
            self.trouble = "the journal: " + str(why)
            return ""

    def lines(self):
        """Yield all lines that were written whole, the oldest first."""
        self._find()
        for number in range(self._number - self._sectors + 1, self._number + 1):
            yield from self._lines_of(number)

    def untidy(self):
        """Return whether tidy() would do something."""
        return not self._next_is_blank

    def tidy(self):
        """See to the sector that comes next: interrupts may be off while it is erased."""
        self._find()
        make_blank(self._area, self._begin_of(self._number + 1))
        self._next_is_blank = True

    def _write(self, data):
        mark = _TORN if self._torn else b""
        data = mark + data
        if self._end + len(data) > self._begin_of(self._number) + self._area.sector_bytes:
            self._begin_next()
        self._area.program(self._end, data)
        self._end += len(data)
        self._torn = False

    def _begin_next(self):
        begin = self._begin_of(self._number + 1)
        end = begin + self._area.sector_bytes
        if not self._next_is_blank and not is_blank(self._area, begin, end):
            raise StoreFailed("no erased sector is ready")
        self._next_is_blank = False
        self._area.program(begin, _head(self._number + 1))
        self._number += 1
        self._end = begin + _HEAD_BYTES

    def _find(self):
        """Find the newest sector, and where the lines in it end."""
        if self._found:
            return
        self._number = max([self._number_in(sector) for sector in range(self._sectors)])
        begin = self._begin_of(self._number)
        self._end, self._torn = begin + self._area.sector_bytes, False
        if self._number:
            self._end = max(self._written_until(begin), begin + _HEAD_BYTES)
            self._torn = self._is_torn(begin)
        self._found = True

    def _is_torn(self, begin):
        if self._end == begin + _HEAD_BYTES:
            return False
        return self._area.read(self._end - 1, 1) not in (_END, _TORN)

    def _begin_of(self, number):
        return (number - 1) % self._sectors * self._area.sector_bytes

    def _number_in(self, sector):
        """Return the number this sector says it has, 0 if it says nothing to be believed."""
        head = self._area.read(sector * self._area.sector_bytes, _HEAD_BYTES)
        number = struct.unpack(_HEAD, head)[0]
        in_place = (number - 1) % self._sectors == sector
        return number if in_place and head == _head(number) else 0

    def _written_until(self, begin):
        """Return the end of what is not erased in the sector that begins here."""
        at = begin + self._area.sector_bytes
        while at > begin:
            at -= _PIECE_BYTES
            written = bytes(self._area.read(at, _PIECE_BYTES)).rstrip(_ERASED)
            if written:
                return at + len(written)
        return begin

    def _last_of(self, number):
        last = ""
        for line in self._lines_of(number):
            last = line
        return last

    def _lines_of(self, number):
        """Yield the whole lines of this sector; none if it has been erased or used again."""
        begin = self._begin_of(number)
        if number < 1 or self._number_in(begin // self._area.sector_bytes) != number:
            return
        at, rest = begin + _HEAD_BYTES, b""
        while at < begin + self._area.sector_bytes:
            piece = bytes(self._area.read(at, _PIECE_BYTES - at % _PIECE_BYTES))
            if not piece.rstrip(_ERASED):
                return
            at += len(piece)
            lines = (rest + piece).split(_END)
            rest = lines.pop()
            yield from _texts(lines)


def _head(number):
    return struct.pack(_HEAD, number, crc32(struct.pack("<I", number), _SEED))


def _encoded(line):
    """Return the line with its end mark; one of other letters than ours may be cut shorter."""
    line = line.replace("\n", " ").replace("\0", " ")
    data = line[:_MOST_BYTES].encode()
    if len(data) > _MOST_BYTES:
        data = line[: _MOST_BYTES // 4].encode()
    return data + _END


def _texts(lines):
    """Yield what is text in these lines, each without the torn piece that may be before it."""
    for line in lines:
        try:
            text = str(line.split(_TORN)[-1], "utf-8")
        except ValueError:
            continue
        if text:
            yield text
