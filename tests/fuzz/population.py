"""What the fuzz begins with: every frame that the vectors say is taken, opened; and fields."""

from typing import Any, NamedTuple

from host_tools import crypto
from protocol import frame, messages, proof
from protocol.schema import DOWN
from tests.shared import vectors_file
from tests.shared.frame_judge import ACCEPTED, Keys
from tests.vectors import county

BARE = {"ack", "series", "text", "cobs", "cbor"}


class Genuine(NamedTuple):
    """A frame with what it protects; canonical: its bytes without road dress."""

    header: frame.Header
    body: bytes
    canonical: bytes


class Population(NamedTuple):
    frames: list[Genuine]
    bare: dict[str, list[bytes]]  # by what they are, other things that are taken
    canonical: frozenset[bytes]


def population() -> Population:
    taken = [one for one in vectors_file.vectors() if one["verdict"] == ACCEPTED]
    frames = [_opened(one) for one in taken if one["what"] == "frame"]
    bare: dict[str, list[bytes]] = {}
    for one in taken:
        if one["what"] in BARE:
            bare.setdefault(one["what"], []).append(vectors_file.octets(one))
    carried = [_carried(one) for one in frames if _is_carry(one)]
    return Population(frames, bare, frozenset(one.canonical for one in frames + carried))


def signer_of(body: bytes) -> int:
    """Return the slot that a signed body names first, or the orders' where it names none."""
    first = body[0] if body else 0xFF
    return first if first <= county.REVOKED else county.ORDERS


def canonical_of(header: Any, protected: bytes) -> bytes:
    return frame.canonical(header) + protected


def _opened(vector: dict[str, Any]) -> Genuine:
    data, carrier = vectors_file.octets(vector), vector.get("carrier")
    header, protected = frame.read(data, carrier, vector.get("console", False))
    return Genuine(header, _body(header, protected), canonical_of(header, protected))


def _body(header: Any, protected: bytes) -> bytes:
    if header.mode == frame.OPEN:
        return proof.unchecked(header, protected)
    if header.mode == frame.SIGNED:
        return proof.split_signed(protected)[0]
    keys = Keys(county.head())
    key = keys.traffic(header)
    return proof.unseal(crypto, key, keys.epoch, keys.realm, header, protected)


def _is_carry(one: Genuine) -> bool:
    return (one.header.direction, one.header.type) == (DOWN, messages.row(DOWN, "Carry").number)


def _carried(one: Genuine) -> Genuine:
    inner = messages.decode(DOWN, one.header.type, one.body).frame
    header, protected = frame.read(inner)
    return Genuine(header, _body(header, protected), canonical_of(header, protected))
