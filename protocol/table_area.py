"""The text tables a Box carries, one behind the other in their area of flash.

Each has its length before it, two bytes, big-endian; FFFF, as erased flash has it, ends them.
It knows no more of a table than whether it is whole: a Box that is sent no texts needs no more.
"""

import hashlib

from protocol.compat import const

MOST_TABLES = const(8)  # as many as a Boot can tell of
MAGIC = const(b"FsT1")

_FIRST_BYTE = const(4)  # where it says what the texts begin with that it reads
_DIGEST = const(8)  # where its digest stands, and how long that is
_LENGTH = const(2)


def announced(area):
    """Return, for Boot, the first bytes (tag, generation) of the texts that can be read here."""
    return bytes(sorted([table[_FIRST_BYTE] for table in _tables(area) if is_whole(table)]))


def find(area, first_byte):
    """Return the table of texts that begin so, as a memoryview of where it lies.

    None where it is not there, or not whole.
    """
    for table in _tables(area):
        if table[_FIRST_BYTE] == first_byte and is_whole(table):
            return table
    return None


def is_whole(table):
    """Return whether these bytes begin as a table does and have its digest."""
    return table[: len(MAGIC)] == MAGIC and table[_DIGEST : 2 * _DIGEST] == digest(table)


def digest(table):
    """Return the 8 bytes that stand at 8: of SHA-256 over all the others."""
    hashed = hashlib.sha256(table[:_DIGEST])
    hashed.update(table[2 * _DIGEST :])
    return hashed.digest()[:_DIGEST]


def _tables(area):
    """Yield what may be a table each; a length that cannot be one ends them."""
    area, at = memoryview(area), 0
    for _ in range(MOST_TABLES):
        length = int.from_bytes(area[at : at + _LENGTH], "big")
        at += _LENGTH
        if not 2 * _DIGEST < length <= len(area) - at:
            return
        yield area[at : at + length]
        at += length
