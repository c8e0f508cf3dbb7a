"""The pieces of one frame, as they came, and which of them to believe together."""

from protocol import fragments
from protocol.compat import const
from protocol.frame import BadFrame

_OTHER_SUBSETS = const(4)
_ROOM = const(903)  # bytes: three pieces of the longest frame with k = 2, where spares cost most
_MOST_PIECES = const(20)


class FragmentSet:
    """Room for k pieces of any frame and as many spare ones as find one false piece.

    One false piece among k + spare is surely left out once: first the spare ones are, then, in
    at most four other subsets, as many of the first k at a time.
    """

    def __init__(self):
        self._indexes = bytearray(_MOST_PIECES)
        self._bytes = bytearray(_ROOM)
        self.clear()

    def clear(self):
        self.key = self.source = self.header = None
        self.k = self.priority = self.turn = self.turn_seen = self.asked = 0
        self._held = self._tries = 0
        self.in_proof = self._disproven = False

    def begin(self, key, source, piece):
        self.clear()
        self.key, self.source, self.header, self.k = key, source, piece.header, piece.k
        self.priority = piece.header.priority
        self._check, self._size = piece.check, len(piece.data)
        self._spare = -(-self.k // _OTHER_SUBSETS)

    def add(self, piece):
        """Keep a piece; return whether it is a new one and there was room."""
        held, at = self._held, self._held * self._size
        came_before = self._indexes.find(bytes((piece.index,)), 0, held) >= 0
        if came_before or held == self.k + self._spare:
            return False
        self._indexes[held] = piece.index
        self._bytes[at : at + self._size] = piece.data
        self._held += 1
        return True

    def missing(self):
        """Return how many more pieces are worth asking for.

        After a wrong proof none is: it is rather the frame that is forged than a piece.
        """
        if self.in_proof or self._disproven:
            return 0
        return (self.k + self._spare if self._tries else self.k) - self._held

    def disproven(self):
        """The frame of the last attempt was tried and is none of its sender's."""
        self.in_proof, self._disproven = False, True

    def may_try(self):
        """Return whether there is a subset that was not tried, and none is in proof."""
        if self.in_proof:
            return False
        if not self._tries:
            return self._held >= self.k
        return self._held == self.k + self._spare and not self.given_up()

    def given_up(self):
        """Return whether all subsets were tried."""
        return self._tries > 0 and (self._tries - 1) * self._spare >= self.k

    def attempt(self):
        """Return the frame of the next subset, or None if it is none."""
        chosen = self._subset()
        self._tries += 1
        pieces = [self._bytes[i * self._size : (i + 1) * self._size] for i in chosen]
        indexes = [self._indexes[i] for i in chosen]
        try:
            return fragments.rebuilt(self.header, self.k, self._check, indexes, pieces)
        except BadFrame:
            return None

    def _subset(self):
        """Return the positions of k pieces of those held."""
        left_out = (self._tries - 1) * self._spare
        if not self._tries:
            return range(self.k)
        held = range(self._held)
        return [i for i in held if not left_out <= i < left_out + self._spare]
