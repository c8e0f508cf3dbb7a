"""Iridium DirectIP as bytes: what the satellite gateway sends for a Box and takes for one.

A message is a protocol number (1), a 2-byte length and elements, each an identifier, a 2-byte
length and content; all numbers are big-endian.  Source: Iridium Short Burst Data Service
Developers Guide, release 3.0, chapter 5 ("DirectIP").
"""

import struct
from typing import NamedTuple

PREHEADER_BYTES = 3
MOST_BYTES = 2_048  # of a whole message; a mobile-originated payload has at most 1,960
MOST_MT_PAYLOAD = 270  # bytes a 9602 or 9603 can take
CONFIRMED = b"\x01\x00\x04\x05\x00\x01\x01"  # mobile-originated message kept (element 0x05)

_PROTOCOL = 1
_MO_HEADER, _MO_PAYLOAD = 0x01, 0x02
_MT_HEADER, _MT_PAYLOAD, _MT_CONFIRMATION = 0x41, 0x42, 0x44
_MOST_ELEMENTS = 8
_MO_HEADER_FORMAT = struct.Struct(">I15sBHHI")  # CDR, IMEI, status, MOMSN, MTMSN, time
_MT_HEADER_FORMAT = struct.Struct(">I15sH")  # client's number, IMEI, flags
_MT_CONFIRMATION_FORMAT = struct.Struct(">I15sIh")  # number, IMEI, reference, status

_REFUSALS = {
    -1: "the IMEI is malformed",
    -2: "the IMEI is not known there",
    -3: "the payload is too long",
    -4: "there was no payload",
    -5: "its queue of 50 is full",
    -6: "no resources now",
    -7: "the protocol was violated",
    -8: "ring alerts are off for this modem",
    -9: "the modem is not attached",
}


class BadDirectIp(ValueError):
    """These bytes are not a DirectIP message."""


class MobileOriginated(NamedTuple):
    """payload is empty when the modem only asked whether something waits for it."""

    imei: str
    payload: bytes
    status: int  # how its session ended: host_tools.gateway.sessions


class Confirmation(NamedTuple):
    """status: place in the modem's queue, 0 for nothing queued, negative for a refusal."""

    number: int
    status: int

    @property
    def refusal(self) -> str | None:
        """Return why it was not taken, or None when it was."""
        if self.status >= 0:
            return None
        return _REFUSALS.get(self.status, f"status {self.status}")


def length_after(preheader: bytes) -> int:
    """Return how many bytes follow these three, or raise BadDirectIp."""
    protocol, length = struct.unpack(">BH", preheader)
    if protocol != _PROTOCOL or not 0 < length <= MOST_BYTES:
        raise BadDirectIp("not DirectIP of protocol 1, or too long")
    return length


def mobile_originated(elements: bytes) -> MobileOriginated:
    """Return what a modem sent, from all that follows the preheader, or raise BadDirectIp."""
    found = _elements(elements)
    header = _unpacked(_MO_HEADER_FORMAT, found, _MO_HEADER)
    return MobileOriginated(_imei(header[1]), found.get(_MO_PAYLOAD, b""), header[2])


def mobile_terminated(number: int, imei: str, payload: bytes) -> bytes:
    """Return the whole message that sends this payload to a modem; number is ours."""
    header = _MT_HEADER_FORMAT.pack(number, imei.encode(), 0)
    return _message(_element(_MT_HEADER, header) + _element(_MT_PAYLOAD, payload))


def confirmation(elements: bytes) -> Confirmation:
    """Return the answer to a mobile-terminated message, or raise BadDirectIp."""
    number, _, _, status = _unpacked(
        _MT_CONFIRMATION_FORMAT, _elements(elements), _MT_CONFIRMATION
    )
    return Confirmation(number, status)


def _message(elements: bytes) -> bytes:
    return struct.pack(">BH", _PROTOCOL, len(elements)) + elements


def _element(identifier: int, content: bytes) -> bytes:
    return struct.pack(">BH", identifier, len(content)) + content


def _elements(data: bytes) -> dict[int, bytes]:
    """Return {identifier: content}; those we do not know (a position, 0x03) are kept aside."""
    found, at = {}, 0
    while at < len(data):
        if len(data) - at < 3 or len(found) == _MOST_ELEMENTS:
            raise BadDirectIp("elements that do not add up")
        identifier, length = struct.unpack_from(">BH", data, at)
        end = at + 3 + length
        if end > len(data) or identifier in found:
            raise BadDirectIp("elements that do not add up")
        found[identifier] = data[at + 3 : end]
        at = end
    return found


def _unpacked(layout: struct.Struct, found: dict[int, bytes], identifier: int) -> tuple:
    content = found.get(identifier, b"")
    if len(content) != layout.size:
        raise BadDirectIp(f"element {identifier:#04x} is missing or of another length")
    return layout.unpack(content)


def _imei(raw: bytes) -> str:
    if not raw.isdigit():
        raise BadDirectIp("an IMEI that is not digits")
    return raw.decode()
