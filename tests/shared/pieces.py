"""Frames in pieces, for tests: cut for a road, and a set put together from what of it came."""

from protocol import fragments, frame
from protocol.frame import Header
from protocol.schema import DOWN, UP

BOX = 4660
ORDER = Header(frame.SIGNED, DOWN, 4, 0, False, frame.EVERYBODY, 70112)
HEALTH = Header(frame.SEALED, UP, 4, 4, True, BOX, 81234)


def body(length, first=7):
    """Return so many protected bytes that do not repeat soon."""
    return bytes([(first + 31 * i + i // 8) % 256 for i in range(length)])


def whole(header, protected):
    return frame.canonical(header) + protected


def pieces(header, protected, mtu, count=None):
    """Return the first `count` pieces of this frame as they are read; all of its 64 at most."""
    cut = fragments.Cut(header, protected, mtu)
    count = cut.k + 4 if count is None else count
    return [fragments.read(cut.fragment(index)) for index in range(count)]


def rebuilt(some):
    """Return the frame these k pieces make, or raise BadFrame."""
    one = some[0]
    indexes, data = [piece.index for piece in some], [piece.data for piece in some]
    return fragments.rebuilt(one.header, one.k, one.check, indexes, data)


def spoiled(piece, at=0):
    """Return this piece with one bit of it wrong."""
    data = bytearray(piece.data)
    data[at] ^= 1
    return fragments.Piece(piece.header, piece.index, piece.k, piece.check, bytes(data))
