"""What a payload says, opened with the county's keys: for whoever judges, not for the product."""

from functools import lru_cache
from typing import Any, NamedTuple

from host_tools import crypto
from protocol import containers, frame, keys, messages, proof
from protocol.schema import DOWN, UP
from tests.host import gateway_county as county
from tests.prove.village import ADDRESS, ISSUE

_MOST_EPOCH = 8
_ROOT = keys.box_root(county.MASTER, county.REALM, ADDRESS, ISSUE)


class Said(NamedTuple):
    """One frame: its name (way, epoch, SEQ), what it says, and its canonical bytes."""

    name: tuple
    kind: str
    message: Any
    body: bytes
    canonical: bytes


@lru_cache(4_096)
def opened(data, elided):
    """Return [Said] of the frames in a payload; elided: a frame may have left its address out."""
    return [
        _said(*frame.read(one, ADDRESS if elided else None)) for one in containers.unpack(data)
    ]


def _said(header, protected):
    epoch, body = _body(header, protected)
    message = messages.decode(header.direction, header.type, body)
    canonical = frame.canonical(header) + protected
    name = ("up" if header.direction == UP else "down", epoch, header.seq)
    return Said(name, type(message).__name__, message, body, canonical)


def _body(header, protected):
    """Return (epoch, body); a signed frame is of no epoch."""
    if header.mode == frame.SIGNED:
        return -1, proof.split_signed(protected)[0]
    purpose = "down" if header.direction == DOWN else "up"
    for epoch in range(_MOST_EPOCH + 1):
        key = keys.traffic_key(_ROOT, epoch, purpose)
        try:
            return epoch, proof.unseal(crypto, key, epoch, county.REALM, header, protected)
        except crypto.Forged:
            continue
    raise AssertionError("a frame that neither Box nor county sealed")
