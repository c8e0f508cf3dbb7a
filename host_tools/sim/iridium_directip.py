"""Iridium's DirectIP between its gateway and a county: a revision, a length, then elements.

Facts from the Iridium Short Burst Data Service Developers Guide, "DirectIP": all numbers are
big-endian; an element is its identifier, a 2-byte length and that many bytes.
"""

import asyncio
import struct
from typing import NamedTuple

REVISION = 1
MOST_BYTES = 4096  # of one message; the largest payload is 1960
MOST_ELEMENTS = 8

MO_HEADER, MO_PAYLOAD, MO_CONFIRMATION = 0x01, 0x02, 0x05
MT_HEADER, MT_PAYLOAD, MT_CONFIRMATION = 0x41, 0x42, 0x44

# Disposition flags of an MT header.
FLUSH_QUEUE, RING_ONLY, HIGH_PRIORITY, ASSIGN_MTMSN = 1, 2, 16, 32

# Statuses of an MT confirmation; 1 to 50 is the place in the queue.
DONE = 0
BAD_IMEI, UNKNOWN_IMEI, TOO_LARGE, NO_PAYLOAD = -1, -2, -3, -4
QUEUE_FULL, VIOLATION, BAD_MTMSN = -5, -7, -11

Elements = dict[int, bytes]


class Malformed(ValueError):
    """These bytes are not a DirectIP message."""


class Mo(NamedTuple):
    """One message from a modem, as the gateway keeps it for the county."""

    reference: int
    imei: str
    momsn: int
    mtmsn: int
    time: int
    payload: bytes


class Mt(NamedTuple):
    """What a county asks the gateway to do."""

    client_id: bytes
    imei: bytes
    flags: int
    payload: bytes


NOBODY = Mt(bytes(4), b"0" * 15, 0, b"")


def message(elements: Elements) -> bytes:
    """Return a whole DirectIP message of these elements, in their order."""
    body = b"".join(struct.pack(">BH", key, len(data)) + data for key, data in elements.items())
    return struct.pack(">BH", REVISION, len(body)) + body


async def receive(reader: asyncio.StreamReader) -> Elements:
    """Return the elements of the next message, or raise Malformed or EOFError."""
    revision, length = struct.unpack(">BH", await reader.readexactly(3))
    if revision != REVISION or length > MOST_BYTES:
        raise Malformed(f"revision {revision}, {length} bytes")
    return elements_of(await reader.readexactly(length))


def elements_of(body: bytes) -> Elements:
    """Return {identifier: content} of a message's body, or raise Malformed."""
    found: Elements = {}
    while body:
        key, length = struct.unpack(">BH", body[:3]) if len(body) >= 3 else (0, len(body))
        if 3 + length > len(body) or key in found or len(found) >= MOST_ELEMENTS:
            raise Malformed(f"element {key} of {length} bytes")
        found[key] = body[3 : 3 + length]
        body = body[3 + length :]
    return found


def mo_message(mo: Mo) -> bytes:
    """Return the message that brings this to the county, with session status 0."""
    who = mo.imei.encode()
    header = struct.pack(">I15sBHHI", mo.reference, who, 0, mo.momsn, mo.mtmsn, mo.time)
    return message({MO_HEADER: header, MO_PAYLOAD: mo.payload})


def is_confirmed(elements: Elements) -> bool:
    """Did the county take the MO message?"""
    return elements.get(MO_CONFIRMATION) == b"\x01"


def mt_of(elements: Elements) -> Mt:
    """Return what an MT message asks for, or raise Malformed."""
    header = elements.get(MT_HEADER, b"")
    if len(header) != 21:
        raise Malformed("no MT header of 21 bytes")
    return Mt(*struct.unpack(">4s15sH", header), elements.get(MT_PAYLOAD, b""))


def mt_confirmation(mt: Mt, reference: int, status: int) -> bytes:
    """Return the gateway's answer; reference is its own number, 0 if it refused."""
    content = struct.pack(">4s15sIh", mt.client_id, mt.imei, reference, status)
    return message({MT_CONFIRMATION: content})
