"""What a road owes of frames that are too long for it: their pieces, the most urgent first."""

from firmware.recent import Recent
from protocol import fragments, frame
from protocol.compat import const

_MOST_OWED = const(4)
_MOST_BEGUN = const(8)


class Owed:
    """So many more pieces of one frame."""

    def __init__(self, header, protected, left):
        self.header = header
        self.protected = protected
        self.left = left


class PiecesOut:
    """The pieces owed on a road of this mtu.

    A frame sent again, or asked for again, goes on where it stopped: each new piece is of use,
    whichever were lost.
    """

    def __init__(self, mtu, elided):
        self._mtu = mtu
        self._elided = elided
        self._owed = []
        self._begun = Recent(_MOST_BEGUN, frame.HEADER_BYTES, 1)  # the next index of a frame

    def __len__(self):
        return len(self._owed)

    def owe(self, header, protected):
        """Owe a whole sending of this frame, and return it Owed; BadFrame if it is too long."""
        owed = self._find(header)
        if owed is None:
            k = fragments.Cut(header, protected, self._mtu, self._elided).k
            left = k + fragments.parity_up_front(header.priority)
            owed = self._add(Owed(header, protected, left))
        return owed

    def owe_more(self, header, protected, count):
        """Owe so many further pieces of a frame, if it went this way in pieces."""
        owed = self._find(header)
        if owed is not None:
            owed.left = max(owed.left, count)
        elif self._begun.get(frame.canonical(header)):
            self._add(Owed(header, protected, count))

    def first(self):
        """Return the most urgent of what is owed."""
        return self._owed[0]

    def fragment(self, owed):
        """Return the bytes of its next fragment."""
        cut = fragments.Cut(owed.header, owed.protected, self._mtu, self._elided)
        return cut.fragment(self._next_index(owed))

    def went(self, owed):
        """One of its fragments may have gone."""
        after = (self._next_index(owed) + 1) % fragments.INDEXES
        name = frame.canonical(owed.header)
        self._begun.forget(name)
        self._begun.put(name, bytes((after,)))
        owed.left -= 1
        if not owed.left:
            self.forget(owed.header.seq)

    def forget(self, seq):
        """Nothing of the frame with this SEQ is owed any more."""
        self._owed = [owed for owed in self._owed if owed.header.seq != seq]

    def _find(self, header):
        for owed in self._owed:
            if owed.header == header:
                return owed
        return None

    def _add(self, owed):
        """Queue it behind what is as urgent; the fifth in the queue is left to its next try."""
        before = [one for one in self._owed if one.header.priority <= owed.header.priority]
        self._owed.insert(len(before), owed)
        self._owed = self._owed[:_MOST_OWED]
        return owed

    def _next_index(self, owed):
        begun = self._begun.get(frame.canonical(owed.header))
        return begun[0] if begun else 0
