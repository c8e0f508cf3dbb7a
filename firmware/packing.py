"""What may ride along in a carrier's message that goes anyway, at no price of its own."""

from protocol import frame
from protocol.compat import const
from protocol.containers import MOST_PACKED

_PROOF_BYTES = frame.PROOF_BYTES[frame.SEALED]
_MOST_MEMBER_BYTES = const(255)


def frame_bytes(slip, elided):
    """Return how long the frame of this Slip is."""
    header = frame.NAKED_HEADER_BYTES if elided else frame.HEADER_BYTES
    return header + len(slip.body) + _PROOF_BYTES


class Load:
    """One carrier message that is being filled; kind is firmware.roads.Kind."""

    def __init__(self, kind, first_bytes):
        self._kind = kind
        self._count = 1
        self._first_bytes = first_bytes
        self.bytes = first_bytes
        self._grains = self._grains_of(first_bytes)

    def takes(self, count):
        """Return whether a frame of count bytes may come along, and count it in if so."""
        if max(count, self._first_bytes) > _MOST_MEMBER_BYTES or self._count == MOST_PACKED:
            return False
        container = 2 if self._count == 1 else 0  # its first byte, and the first frame's length
        total = self.bytes + container + 1 + count
        grains = self._grains + self._grains_of(count)
        if total > self._kind.mtu or self._grains_of(total) > grains:
            return False
        self.bytes, self._grains = total, grains
        self._count += 1
        return True

    def _grains_of(self, count):
        return -(-count // self._kind.grain_bytes)
