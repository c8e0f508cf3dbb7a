"""One language's table: canonical Huffman codes for characters, words and phrases.

It is read where it lies in flash; only its place and a few numbers are kept in memory.
"""

from protocol.characters import BadText, character
from protocol.compat import const
from protocol.table_area import is_whole

MOST_BYTES = const(40000)
MOST_UNITS = const(24)  # characters of a symbol
LONGEST_CODE = const(16)  # bits
SHORTEST_LAST_CODE = const(8)  # bits: the padding of a text must not be a code

ROWS = const(16)
ROW_BYTES = const(6)


class Table:
    """A table that was found whole.  first_byte is what the texts begin with that it reads."""

    def __init__(self, data):
        """Keep a memoryview of data, or raise BadText when it is not exactly one whole table."""
        data = memoryview(data)
        if not ROWS < len(data) <= MOST_BYTES:
            raise BadText("no text table")
        if not is_whole(data):
            raise BadText("a damaged text table")
        self.first_byte = data[4]
        self.tag, self.generation = self.first_byte >> 4, self.first_byte & 15
        self._data = data
        self._row_count = data[5]
        self._alphabet = ROWS + ROW_BYTES * data[5]
        self._alphabet_size = data[6]
        self._symbols = self._alphabet + 2 * data[6]
        self._unit_bytes = 1 if data[6] else 2
        self._refuse_unreadable()

    def piece(self, bits):
        """Take one symbol from Bits and return its characters, or raise BadText."""
        window = bits.window()
        row = self._row_of(window)
        length, units = self._data[row], self._data[row + 1]
        bits.skip(length)
        if not units:
            return _escaped(bits)
        place = window - self._number(row + 2) >> LONGEST_CODE - length
        return self._characters(row, place)

    def symbols(self):
        """Yield (code, bits of the code, characters) of each; "" stands for the escape."""
        for number in range(self._row_count):
            row = ROWS + ROW_BYTES * number
            length = self._data[row]
            code = self._number(row + 2) >> LONGEST_CODE - length
            for place in range(self._count(number)):
                yield code + place, length, self._characters(row, place)

    def _row_of(self, window):
        """Return where the last row stands whose first code is not above these 16 bits."""
        data, low, high = self._data, 0, self._row_count
        while high - low > 1:
            middle = low + high >> 1
            at = ROWS + ROW_BYTES * middle + 2
            if data[at] << 8 | data[at + 1] <= window:
                low = middle
            else:
                high = middle
        return ROWS + ROW_BYTES * low

    def _characters(self, row, place):
        """Return the symbol at this place of a row."""
        units = self._data[row + 1]
        at = self._symbols + self._number(row + 4) + place * units * self._unit_bytes
        if units == 1:
            return self._character(at)
        return "".join([self._character(at + i * self._unit_bytes) for i in range(units)])

    def _character(self, at):
        if self._unit_bytes == 2:
            return character(self._number(at))
        if self._data[at] >= self._alphabet_size:
            raise BadText("a character outside the table's alphabet")
        return character(self._number(self._alphabet + 2 * self._data[at]))

    def _number(self, at):
        return self._data[at] << 8 | self._data[at + 1]

    def _count(self, number):
        """Return how many symbols a row has: as many codes as fit before the next one's first."""
        row = ROWS + ROW_BYTES * number
        last = number + 1 == self._row_count
        end = 1 << LONGEST_CODE if last else self._number(row + ROW_BYTES + 2)
        return end - self._number(row + 2) >> LONGEST_CODE - self._data[row]

    def _refuse_unreadable(self):
        """Raise BadText unless codes and symbols follow each other without a gap to the end."""
        if not self._row_count or self._symbols > len(self._data):
            raise BadText("a text table without its rows")
        code = end = escapes = length = 0
        for number in range(self._row_count):
            row = ROWS + ROW_BYTES * number
            length, units = self._data[row], self._data[row + 1]
            if not 1 <= length <= LONGEST_CODE or units > MOST_UNITS:
                raise BadText("a text table out of bounds")
            if (self._number(row + 2), self._number(row + 4)) != (code, end):
                raise BadText("a text table with gaps")
            count = self._count(number)
            code += count << LONGEST_CODE - length
            end += count * units * self._unit_bytes
            escapes += count if not units else 0
            if count < 1:
                raise BadText("a text table out of order")
        if code != 1 << LONGEST_CODE or length < SHORTEST_LAST_CODE or escapes != 1:
            raise BadText("a text table with codes missing")
        if end != len(self._data) - self._symbols:
            raise BadText("a text table of another length")


def _escaped(bits):
    """Take a character no table has: 0 and 16 bits, or 1 and its code point above FFFF in 20."""
    if bits.take(1):
        return character(0x10000 + (bits.take(4) << 16 | bits.take(16)))
    return character(bits.take(16))
