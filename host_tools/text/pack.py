"""Puts symbols and the lengths of their codes into the bytes that a Box reads in flash."""

from collections.abc import Mapping
from itertools import groupby

from protocol import table_area
from protocol import text as wire
from protocol.text import table

ESCAPE = ""  # stands for the code that says: a character of no symbol follows
_LARGEST_ALPHABET = 255


def unit_bytes(characters: int) -> int:
    """Return how many bytes a character of a symbol takes in a table of so many characters."""
    return 1 if characters <= _LARGEST_ALPHABET else 2


def packed(lengths: Mapping[str, int], tag: int, generation: int) -> bytes:
    """Return a table for {symbol: bits of its code}; every symbol must be of the BMP.

    Raises BadText where the Box would: too many bytes, codes that are not complete.
    """
    alphabet = sorted({character for symbol in lengths for character in symbol})
    if unit_bytes(len(alphabet)) == 2:
        alphabet = []
    symbols = sorted(lengths, key=lambda symbol: (lengths[symbol], len(symbol), symbol))
    rows = _rows(lengths, symbols, 1 if alphabet else 2)
    first = wire.first_byte(tag, generation)
    head = table_area.MAGIC + bytes((first, len(rows) // table.ROW_BYTES, len(alphabet), 0))
    body = rows + "".join(alphabet).encode("utf-16-be") + _units(symbols, alphabet)
    checked = table_area.digest(head + bytes(table.ROWS - len(head)) + body)
    data = head + checked + body
    wire.Table(data)
    return data


def _rows(lengths: Mapping[str, int], symbols: list[str], width: int) -> bytes:
    """Return a row for each length of code and symbol: where its codes and symbols begin."""
    out, code, end = b"", 0, 0
    for (bits, units), group in groupby(symbols, lambda one: (lengths[one], len(one))):
        out += bytes((bits, units)) + code.to_bytes(2, "big") + end.to_bytes(2, "big")
        count = len(list(group))
        code += count << table.LONGEST_CODE - bits
        end += count * units * width
    return out


def _units(symbols: list[str], alphabet: list[str]) -> bytes:
    if not alphabet:
        return "".join(symbols).encode("utf-16-be")
    places = {character: place for place, character in enumerate(alphabet)}
    return bytes(places[character] for symbol in symbols for character in symbol)
