"""A text field: its first byte says how the rest is read, in UTF-8 or by a table in flash.

The high four bits are the tag, 0 for UTF-8 or a language; the low four are the generation of
that language's table.  The folder's README has every bit of it.
"""

from protocol.characters import BadText, utf_8
from protocol.compat import const
from protocol.text.bits import Bits
from protocol.text.table import Table

__all__ = ("LANGUAGES", "MOST_BYTES", "MOST_CHARACTERS", "BadText", "Table", "decode")
__all__ += ("first_byte", "pieces")

# The tag of a language is its place here, BCP 47; a place is never given to another.
LANGUAGES = ("", "zh", "ug", "kk-Arab", "kk")

MOST_BYTES = const(240)
MOST_CHARACTERS = const(1000)

_UTF_8 = const(0)


def decode(data, tables):
    """Return the text of a field as str, or raise BadText; tables are this Box's Tables."""
    return "".join(pieces(data, tables))


def pieces(data, tables):
    """Yield the text of a field in pieces of 1 to 24 characters, or raise BadText.

    The field is proven whole only by the last piece: who may not speak half a text decodes
    it once before.  Memory in use stays the same however long it is.
    """
    if not 1 <= len(data) <= MOST_BYTES:
        raise BadText("a text has 1 to 240 bytes")
    rest = memoryview(data)[1:]
    if data[0] == _UTF_8:
        return utf_8(rest)
    return _by_table(Bits(rest), _table_for(data[0], tables))


def first_byte(tag, generation):
    """Return the byte that a text of this tag and table generation begins with."""
    return tag << 4 | generation


def _table_for(first, tables):
    for table in tables:
        if table.first_byte == first:
            return table
    raise BadText("no table for tag %d, generation %d" % (first >> 4, first & 15))


def _by_table(bits, table):
    room = MOST_CHARACTERS
    while not bits.at_the_end():
        piece = table.piece(bits)
        room -= len(piece)
        if room < 0:
            raise BadText("more than 1000 characters")
        yield piece
