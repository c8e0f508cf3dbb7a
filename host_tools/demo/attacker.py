"""What somebody holding the whole gateway can send: true envelopes around false orders.

Sealed with the stolen master, so that nothing but the signature keeps the village quiet.
"""

from dataclasses import dataclass

from host_tools import crypto
from protocol import frame, keys, messages, proof
from protocol.schema import DOWN

FIRST_STOLEN_SEQ = 0xE00000  # far from the gateway's own numbers: no nonce is used twice


@dataclass
class Attacker:
    """root is the Box's secret, as derived from the county's master."""

    root: bytes
    realm: bytes
    address: int
    epoch: int
    _seq: int = FIRST_STOLEN_SEQ

    def carried(self, signed_frame: bytes) -> bytes:
        """Return the datagram that brings this frame to the Box in a genuine Carry."""
        carry = messages.make("Carry", frame=signed_frame)
        row = messages.row_of(DOWN, carry)
        self._seq += 1
        header = frame.Header(frame.SEALED, DOWN, row.number, 0, False, self.address, self._seq)
        key = keys.traffic_key(self.root, self.epoch, "down")
        body = messages.encode(DOWN, carry)
        protected = proof.seal(crypto, key, self.epoch, self.realm, header, body)
        return frame.write(header, protected)


def neighbours(signed_frame: bytes) -> list[bytes]:
    """Return forgeries that differ from this genuine frame in one bit each."""
    body_at, proof_at = 7, len(signed_frame) - 64
    places = (
        6,  # the order's number
        body_at + 2,  # when it was issued
        body_at + 6,  # how long it is valid
        proof_at,  # the signature's R
        proof_at + 40,  # the signature's S
        3,  # whom it is for (still this Box's group or address? the Box decides)
    )
    return [_flipped(signed_frame, place) for place in places]


def _flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)
