"""A frame too long for its road goes in k pieces and some parity: any k of them rebuild it.

What is cut is a 2-byte length, the whole frame with its canonical header, and fewer than k zeros.
Piece 0 to k - 1 are these bytes; a piece i from k on is the sum of (piece j) / (i XOR j): a
systematic Cauchy Reed-Solomon code over the field of protocol.galois.

Then w(i) * piece(i), w(i) being the product of i XOR j over all j < k but i, is a polynomial in i
of degree k - 1, so any piece follows from any k others by Lagrange's formula.  (The code: Bloemer,
Kalfane, Karp, Karpinski, Luby, Zuckerman: An XOR-Based Erasure-Resilient Coding Scheme, 1995.)
"""

import hashlib
from collections import namedtuple

from protocol import frame, galois
from protocol.compat import const
from protocol.frame import BadFrame

LEAST_K = const(2)  # what fits one piece is no fragment
MOST_K = const(16)
INDEXES = const(64)

_LENGTH_BYTES = const(2)
_MOST_BYTES = frame.MOST_BYTES + _LENGTH_BYTES
_LIFE = const(0)

# header: canonical; index 0-63; k 2-16; check: first 6 bits of the SHA-256 of the whole frame;
# data: equally many bytes in every piece
Piece = namedtuple("Piece", ("header", "index", "k", "check", "data"))


def parity_up_front(priority):
    """Return how many pieces go beyond k before anybody asks: one, two more for life."""
    return 3 if priority == _LIFE else 1


def read(data, elided_address=None):
    """Return the Piece in a fragment's bytes, or raise BadFrame."""
    header, fi, piece = frame.read_fragment(data, elided_address)
    k = (fi >> 6 & 15) + 1
    if k < LEAST_K or len(piece) > _size(_MOST_BYTES, k):
        raise BadFrame("no piece of any frame")
    return Piece(header, fi >> 10, k, fi & 63, piece)


class Cut:
    """A frame cut for a road of this mtu, or BadFrame if 16 pieces are not enough."""

    def __init__(self, header, protected, mtu, elided=False):
        whole = frame.canonical(header) + protected
        length, room = _LENGTH_BYTES + len(whole), frame.fragment_room(mtu, elided)
        if length > _MOST_BYTES or room * MOST_K < length:
            raise BadFrame("too long for this road, even in pieces")
        self.k = max(LEAST_K, _size(length, room))
        self._header = header
        self._elided = elided
        self._check = _check_of(whole)
        self._size = _size(length, self.k)
        padded = len(whole).to_bytes(_LENGTH_BYTES, "big") + whole + bytes(self.k)
        rows = [
            int.from_bytes(padded[at : at + self._size], "big")
            for at in range(0, self.k * self._size, self._size)
        ]
        self._solver = _Solver(range(self.k), rows, self.k, self._size)

    def fragment(self, index):
        """Return the bytes of the fragment with this index, 0 to 63, on its road."""
        fi = index << 10 | (self.k - 1) << 6 | self._check
        data = self._solver.row(index).to_bytes(self._size, "big")
        return frame.write_fragment(self._header, fi, data, self._elided)


def rebuilt(header, k, check, indexes, pieces):
    """Return the frame that these k different pieces come from, or raise BadFrame.

    Of one frame are not pieces whose sum is not what the check, the length, the zeros at the
    end and the header in every fragment say.
    """
    size = len(pieces[0])
    solver = _Solver(indexes, [int.from_bytes(piece, "big") for piece in pieces], k, size)
    padded = b"".join([solver.row(index).to_bytes(size, "big") for index in range(k)])
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if _size(end, k) != size or padded[end:].strip(b"\0"):
        raise BadFrame("pieces that do not add up to a frame")
    whole = padded[_LENGTH_BYTES:end]
    if _check_of(whole) != check or whole[: frame.HEADER_BYTES] != frame.canonical(header):
        raise BadFrame("pieces of different frames")
    return whole


class _Solver:
    """Any row of a cut frame from k known ones; sums of logarithms stand for products."""

    def __init__(self, indexes, rows, k, size):
        self._indexes = indexes
        self._rows = rows
        self._k = k
        self._size = size
        self._weights = [self._weight(i) - _distance(i, indexes) for i in indexes]

    def row(self, wanted):
        """Return the row with this index."""
        for index, row in zip(self._indexes, self._rows):
            if index == wanted:
                return row
        common = _distance(wanted, self._indexes) - self._weight(wanted)
        factors = [
            galois.POWER[(weight + common - galois.LOGARITHM[wanted ^ index]) % galois.ORDER]
            for index, weight in zip(self._indexes, self._weights)
        ]
        return galois.combined(factors, self._rows, self._size)

    def _weight(self, index):
        return _distance(index, range(self._k))


def _distance(index, others):
    """Return the logarithm of the product of index XOR other, over all others but itself."""
    return sum([galois.LOGARITHM[index ^ other] for other in others if other != index])


def _size(length, k):
    return -(-length // k)


def _check_of(whole):
    return hashlib.sha256(whole).digest()[0] >> 2
