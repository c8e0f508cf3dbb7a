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


class Piece(NamedTuple):
    """One of the equally long pieces of a frame; head is that frame's canonical header."""

    head: bytes
    index: int
    k: int
    check: int  # first 6 bits of the frame's SHA-256
    data: bytes


def is_piece(data: bytes) -> bool:
    return len(data) > 0 and data[0] & 0x84 == 0x84


def read_piece(data: bytes, carrier_names: int | None = None) -> Piece:
    """Return the piece in these bytes, or raise Unreadable; carrier_names as in read()."""
    if not is_piece(data):
        raise Unreadable("no piece of a frame")
    at = 5 if data[0] & 1 else 7
    address = carrier_names if data[0] & 1 else int.from_bytes(data[2:4], "big")
    if address is None or len(data) <= at + 2:
        raise Unreadable("address or piece missing")
    head = bytes((data[0] & 0xFA, data[1])) + address.to_bytes(2, "big") + data[at - 3 : at]
    numbers = int.from_bytes(data[at : at + 2], "big")
    return Piece(head, numbers >> 10, (numbers >> 6 & 15) + 1, numbers & 63, data[at + 2 :])


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


def heads(payload: bytes, carrier_names: int) -> list[bytes]:
    """Return the canonical headers of the frames, or of the piece, in one payload of a carrier."""
    found = []
    for data in members(payload):
        try:
            kind = read_piece if is_piece(data) else read
            found.append(kind(data, carrier_names).head)
        except Unreadable:
            continue
    return found


def wants_ack(head: bytes) -> bool:
    return bool(head[0] & 0x08)


def acknowledged(data: bytes) -> list[int]:
    """Return the SEQs in an Ack: the base, and base + 1 + i for each bit i that is set."""
    if not 3 <= len(data) <= 3 + MOST_BITMAP_BYTES:
        raise Unreadable("an Ack is a base and a bitmap")
    base = int.from_bytes(data[:3], "big")
    bits = "".join(f"{byte:08b}" for byte in data[3:])
    return [base] + [base + 1 + i for i, bit in enumerate(bits) if bit == "1"]
