"""Writes a text in the fewest bytes that every one of its targets can read."""

from collections.abc import Collection, Iterable

from host_tools.text.parse import cut
from protocol import text as wire

UTF_8 = b"\0"


class TextTooLong(ValueError):
    """This text has no form that fits into a field."""


class Coder:
    """Writes by one table, in the fewest bits that table allows."""

    def __init__(self, table: wire.Table):
        self.first_byte = table.first_byte
        self._codes = {text: (code, length) for code, length, text in table.symbols()}
        self._lengths = {text: length for text, (_, length) in self._codes.items()}
        self._longest = max(map(len, self._codes))
        self._escape = self._codes[""]

    def coded(self, text: str) -> bytes:
        """Return the whole field of any length: first byte, codes, and ones up to a whole byte."""
        number, length = 0, 0
        for code, bits in map(self._code, self.symbols(text)):
            number = number << bits | code
            length += bits
        padding = -length % 8
        number = (number + 1 << padding) - 1
        return bytes((self.first_byte,)) + number.to_bytes((length + padding) // 8, "big")

    def symbols(self, text: str) -> list[str]:
        """Return the text cut into what is written for it."""
        return cut(text, self._lengths, self._longest, unknown=self._escape[1] + 17)

    def _code(self, symbol: str) -> tuple[int, int]:
        """Return (code, bits); an escape is followed by 0 and 16 bits, or by 1 and 20."""
        if found := self._codes.get(symbol):
            return found
        code, bits = self._escape
        number = ord(symbol)
        if number > 0xFFFF:
            return (code << 1 | 1) << 20 | number - 0x10000, bits + 21
        return code << 17 | number, bits + 17


class Encoder:
    """Writes texts by the tables the county holds."""

    def __init__(self, tables: Iterable[wire.Table]):
        self._tables = {table.first_byte: table for table in tables}
        self._coders: dict[int, Coder] = {}

    def encode(self, text: str, announced: Collection[int] = ()) -> bytes:
        """Return the shortest field for a text: UTF-8, or a table's whose first byte is announced.

        Raises TextTooLong, or UnicodeEncodeError (a ValueError too) for half a surrogate pair.
        """
        forms = [UTF_8 + text.encode()]
        if len(text) <= wire.MOST_CHARACTERS:
            usable = [first_byte for first_byte in self._tables if first_byte in announced]
            forms += [self._coder(first_byte).coded(text) for first_byte in usable]
        shortest = min(forms, key=len)
        if len(shortest) > wire.MOST_BYTES:
            raise TextTooLong(f"{len(text)} characters need {len(shortest)} bytes")
        return shortest

    def _coder(self, first_byte: int) -> Coder:
        if first_byte not in self._coders:
            self._coders[first_byte] = Coder(self._tables[first_byte])
        return self._coders[first_byte]


def common(reports: Iterable[Collection[int]]) -> frozenset[int]:
    """Return the first bytes that every target reported in its Boot; none where none reported."""
    sets = [frozenset(report) for report in reports]
    return frozenset.intersection(*sets) if sets else frozenset()
