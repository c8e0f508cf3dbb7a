"""The bits of a text one after the other, the highest of each byte first, and where they end."""

from protocol.characters import BadText
from protocol.compat import const

WINDOW = const(16)  # bits


class Bits:
    """Reads a bytes-like object in place; behind its end stand ones."""

    def __init__(self, data):
        self._data = data
        self._bits = 8 * len(data)
        self._at = 0

    def window(self):
        """Return the next 16 bits and take none."""
        data, byte = self._data, self._at >> 3
        if byte + 2 < len(data):
            three = data[byte] << 16 | data[byte + 1] << 8 | data[byte + 2]
        else:
            three = self._byte(byte) << 16 | self._byte(byte + 1) << 8 | 0xFF
        return three >> 8 - (self._at & 7) & 0xFFFF

    def skip(self, count):
        """Take count bits, or raise BadText where so many are not left."""
        if self._at + count > self._bits:
            raise BadText("a text ends in the middle of a character")
        self._at += count

    def take(self, count):
        """Return the next bits, at most 16, as a number."""
        number = self.window() >> WINDOW - count
        self.skip(count)
        return number

    def at_the_end(self):
        """Return whether nothing is left but fewer than 8 bits, all ones (as RFC 7541, 5.2).

        No code is that short and all ones, so they cannot be meant as a symbol.
        """
        return self._bits - self._at < 8 and self.window() == 0xFFFF

    def _byte(self, place):
        return self._data[place] if place < len(self._data) else 0xFF
