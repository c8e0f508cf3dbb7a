"""What a road did to a frame is undone here: containers, fragments, an address left out."""

from typing import Any

from host_tools.gateway.arrivals import BEIDOU, SBD, Arrival
from host_tools.gateway.keeping import Batch
from protocol import containers, fragments, frame, proof
from protocol.schema import UP

MOST_PAYLOAD = 4_097  # bytes: a pack of 16 frames


class Refused(Exception):
    """These bytes change nothing; the reason is the argument."""


def frames_in(arrival: Arrival) -> list[bytes]:
    """Return the frames in a payload, still dressed, or raise Refused."""
    if arrival.broken:
        raise Refused(arrival.broken)
    if len(arrival.raw) > MOST_PAYLOAD:
        raise Refused(f"{len(arrival.raw)} bytes, more than any payload has")
    try:
        return containers.unpack(arrival.raw)
    except ValueError as why:
        raise Refused(str(why)) from None


def frame_of(batch: Batch, arrival: Arrival, data: bytes) -> tuple[Any, bytes]:
    """Return (Header, protected) with the road's dress off, or raise Refused."""
    try:
        return frame.read(data, batch.address_of(arrival))
    except ValueError as why:
        raise Refused(f"{why}{_whose(arrival)}") from None


def piece(batch: Batch, arrival: Arrival) -> Any:
    """Return the Piece of an upward frame of a Box we know, or raise Refused."""
    try:
        found = fragments.read(arrival.raw, batch.address_of(arrival))
        proof.check_permitted(found.header)
    except ValueError as why:
        raise Refused(f"{why}{_whose(arrival)}") from None
    if found.header.direction != UP or batch.box_at(found.header.address) is None:
        raise Refused("a fragment of no frame from one of our Boxes")
    return found


def _whose(arrival: Arrival) -> str:
    carrier = {SBD: "modem", BEIDOU: "card"}.get(arrival.bearer)
    return f" (from {carrier} {arrival.sender})" if carrier else ""
