"""Frames that were cut for a road of short messages: any k of their pieces rebuild them."""

import hashlib

from tests.audit import plain_cauchy, wire
from tests.audit.wire import Frame, Piece
from tests.audit.words import Unreadable

_LENGTH_BYTES = 2


class Assembly:
    """What has come of each frame over one stretch of a road."""

    def __init__(self):
        self._sets: dict[tuple, dict[int, bytes]] = {}

    def add(self, piece: Piece) -> Frame | None:
        """Return the frame that this piece completes.

        It is complete once; a piece that comes again after that is of another sending.
        """
        name = (piece.head, piece.k, piece.check, len(piece.data))
        have = self._sets.setdefault(name, {})
        if piece.index in have and len(have) >= piece.k:
            have.clear()
        was_complete = len(have) >= piece.k
        have[piece.index] = piece.data
        if was_complete or len(have) < piece.k:
            return None
        return rebuilt(piece, have)


def rebuilt(piece: Piece, have: dict[int, bytes]) -> Frame:
    """Return the frame of these k pieces by index, or raise Unreadable."""
    padded = b"".join(plain_cauchy.recovered(list(have), list(have.values())))
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")
    whole = padded[_LENGTH_BYTES:end]
    if hashlib.sha256(whole).digest()[0] >> 2 != piece.check:
        raise Unreadable("pieces of different frames")
    frame = wire.read(whole)
    if frame.head != piece.head:
        raise Unreadable("pieces of another frame than their headers say")
    return frame
