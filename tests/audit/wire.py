"""Frames and their containers, read by the description of the wire and by nothing else."""

from typing import NamedTuple

from tests.audit.words import Unreadable

SEALED, SIGNED = 1, 2
PROOF_BYTES = {SEALED: 8, SIGNED: 64}
EVERYBODY = 0xFFFF
PACK = 0x01
MOST_PACKED = 16
MOST_BITMAP_BYTES = 8


class Frame(NamedTuple):
    """One frame without its road dress; protected is the body with its proof."""

    mode: int
    down: bool
    type: int
    priority: int
    ack_wanted: bool
    address: int
    seq: int
    protected: bytes

    @property
    def head(self) -> bytes:
        """The 7 bytes of the canonical header."""
        h0 = 0x80 | self.mode << 4 | self.ack_wanted << 3 | self.down << 1
        h1 = self.type << 3 | self.priority
        return bytes((h0, h1)) + self.address.to_bytes(2, "big") + self.seq.to_bytes(3, "big")

    @property
    def whole(self) -> bytes:
        return self.head + self.protected


def read(data: bytes, carrier_names: int | None = None) -> Frame:
    """Return the frame in these bytes, or raise Unreadable.

    carrier_names is the address of the Box that the road itself names, if it does.
    """
    if len(data) < 5:
        raise Unreadable("too short for a frame")
    h0, h1 = data[0], data[1]
    mode = h0 >> 4 & 7
    if not h0 & 0x80 or h0 & 0x04 or mode not in PROOF_BYTES:
        raise Unreadable("not a whole frame, sealed or signed")
    address, at = (carrier_names, 2) if h0 & 1 else (int.from_bytes(data[2:4], "big"), 4)
    protected = bytes(data[at + 3 :])
    if address is None or len(protected) <= PROOF_BYTES[mode]:
        raise Unreadable("address or proof missing")
    seq = int.from_bytes(data[at : at + 3], "big")
    down, ack_wanted = bool(h0 & 2), bool(h0 & 8)
    return Frame(mode, down, h1 >> 3, h1 & 7, ack_wanted, address, seq, protected)


def members(payload: bytes) -> list[bytes]:
    """Return the frames' bytes in one payload of a carrier; what is no container has none."""
    if payload[:1] != bytes((PACK,)):
        return [payload] if payload and payload[0] & 0x80 else []
    found, at = [], 1
    while at < len(payload) and len(found) < MOST_PACKED:
        found.append(payload[at + 1 : at + 1 + payload[at]])
        at += 1 + payload[at]
    return found if at == len(payload) else []


def acknowledged(data: bytes) -> list[int]:
    """Return the SEQs in an Ack: the base, and base + 1 + i for each bit i that is set."""
    if not 3 <= len(data) <= 3 + MOST_BITMAP_BYTES:
        raise Unreadable("an Ack is a base and a bitmap")
    base = int.from_bytes(data[:3], "big")
    bits = "".join(f"{byte:08b}" for byte in data[3:])
    return [base] + [base + 1 + i for i, bit in enumerate(bits) if bit == "1"]
