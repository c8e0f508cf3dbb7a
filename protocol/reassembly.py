"""Frames that come in pieces, in memory that is taken once: whoever floods it loses to the urgent.

No clock and no proof are here.  Whoever offers a piece gets a Rebuilt frame as soon as k pieces
make one, tries its proof and says how that ended; a piece that was false is then left out, if
enough others came.
"""

import hashlib
from collections import namedtuple

from protocol import fragments, frame
from protocol.compat import const
from protocol.fragment_set import FragmentSet

_MOST_FINISHED = const(8)
_KEY_BYTES = const(8)
_RECORD_BYTES = const(9)
_MOST_ASKED = const(2)

# key: what only pieces of one frame share; frame: whole, its header canonical
Rebuilt = namedtuple("Rebuilt", ("key", "frame"))
# canonical header of a frame that lacks pieces, and how many
Lack = namedtuple("Lack", ("header", "missing"))


class Reassembly:
    """At most `sets` unfinished frames, 1 kB each, and a few finished ones, by name only.

    A new frame takes the place of the least urgent; of equals, from the source that holds most,
    and there of the one that waits for its next piece the longest.
    """

    def __init__(self, sets):
        self._sets = [FragmentSet() for _ in range(sets)]
        self._finished = bytearray(_MOST_FINISHED * _RECORD_BYTES)  # key, pieces still to come
        self._oldest = 0
        self._turn = 0

    def put(self, source, piece):
        """Take a fragments.Piece that came from source; return a Rebuilt frame to prove, or None.

        As long as it is not judged, its set gives no other.
        """
        key = _key(source, piece)
        if self._came_late(key):
            return None
        one = self._set_of(key) or self._room_for(key, source, piece)
        if one is None or not one.add(piece):
            return None
        self._turn += 1
        one.turn, one.asked = self._turn, 0
        return self._next(one)

    def judged(self, rebuilt, proven):
        """Say whether this frame was proven; return another to prove in its place, or None."""
        one = self._set_of(rebuilt.key)
        if one is None or not one.in_proof:
            return None
        if not proven:
            one.disproven()
            return self._next(one)
        self._finish(one)
        return None

    def lack(self, source):
        """Return the most urgent Lack from here that got no piece since this was last asked.

        Returns None if there is none; each frame is asked for twice, for it may be nobody's.
        """
        stalled = []
        for one in self._sets:
            if one.key is None or one.source != source:
                continue
            if one.turn == one.turn_seen and one.missing() and one.asked < _MOST_ASKED:
                stalled.append(one)
            one.turn_seen = one.turn
        if not stalled:
            return None
        one = min(stalled, key=_urgency)
        one.asked += 1
        return Lack(one.header, one.missing())

    def _came_late(self, key):
        """Return whether a piece is one of those that were on their way when k made the frame.

        Whoever sends more than these has not heard that it came: it begins anew.
        """
        for at in range(0, len(self._finished), _RECORD_BYTES):
            count_at = at + _KEY_BYTES
            if self._finished[count_at] and self._finished[at:count_at] == key:
                self._finished[count_at] -= 1
                return True
        return False

    def _finish(self, one):
        """Remember its name for the pieces that were up front beyond k, and no more of it."""
        record = one.key + bytes((fragments.parity_up_front(one.priority),))
        end = self._oldest + _RECORD_BYTES
        self._finished[self._oldest : end] = record
        self._oldest = end % len(self._finished)
        one.clear()

    def _set_of(self, key):
        for one in self._sets:
            if one.key == key:
                return one
        return None

    def _room_for(self, key, source, piece):
        """Return a set for the first piece of a frame, or None if all others are more urgent."""
        one = self._set_of(None) or self._most_expendable()
        if one.key is not None and one.priority < piece.header.priority:
            return None
        one.begin(key, source, piece)
        return one

    def _most_expendable(self):
        held = {}
        for one in self._sets:
            held[one.source] = held.get(one.source, 0) + 1
        ranked = [(one.priority, held[one.source], -one.turn) for one in self._sets]
        return self._sets[ranked.index(max(ranked))]

    def _next(self, one):
        """Return the next frame this set can make and nobody judged, or None."""
        while one.may_try():
            whole = one.attempt()
            if whole is not None:
                one.in_proof = True
                return Rebuilt(one.key, whole)
        if one.given_up():
            one.clear()
        return None


def _key(source, piece):
    """Return 8 bytes that name a frame and its cut.

    The whole header is in them (the address, the direction and the SEQ among the rest), so that
    no piece under another header spoils a frame.
    """
    cut = bytes((piece.k, len(piece.data) >> 8, len(piece.data) & 0xFF, piece.check))
    name = frame.canonical(piece.header) + cut + source.encode()
    return hashlib.sha256(name).digest()[:_KEY_BYTES]


def _urgency(one):
    return one.priority, one.turn
