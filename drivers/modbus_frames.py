"""Modbus RTU without a line: requests as bytes, and what their replies say or why they do not.

Sources: MODBUS Application Protocol V1.1b3, sections 6 and 7; MODBUS over Serial Line V1.02,
sections 2.2 and 2.5.1.
"""

import struct
from collections import namedtuple

from drivers.errors import BadReply

HOLDING, INPUT = "holding", "input"

_READ = {HOLDING: 3, INPUT: 4}
_WRITE_ONE, _WRITE_MANY = 6, 16
_REFUSED = 0x80  # set in the function of an exception reply
_REFUSAL_BYTES = 5
_MOST_READ, _MOST_WRITTEN = 125, 123
_EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, still working",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target does not respond",
}

# frame: what is sent; echo: how a reply goes on after its function; reply_bytes: all of it.
Request = namedtuple("Request", ("frame", "slave", "function", "echo", "reply_bytes"))


class SlaveRefusal(BadReply):
    """The slave understood the request and answered with an exception."""


def reading(slave, table, first, count):
    """Return the Request for count (1 to 125) registers of HOLDING or INPUT."""
    _check(slave, first, count, _MOST_READ)
    body = struct.pack(">HH", first, count)
    return _request(slave, _READ[table], body, bytes((2 * count,)), 2 * count)


def writing(slave, first, values):
    """Return the Request that sets the holding registers from first on (1 to 123)."""
    _check(slave, first, len(values), _MOST_WRITTEN)
    if len(values) == 1:
        body = struct.pack(">HH", first, values[0])
        return _request(slave, _WRITE_ONE, body, body, 0)
    span = struct.pack(">HH", first, len(values))
    registers = b"".join(struct.pack(">H", value) for value in values)
    body = span + bytes((len(registers),)) + registers
    return _request(slave, _WRITE_MANY, body, span, 0)


def missing(request, heard):
    """Return how many bytes of the reply are still to come, judging by those heard so far."""
    refused = len(heard) > 1 and heard[1] & _REFUSED
    # Until the function is known, ask for no more than the shortest reply.
    unclear = len(heard) < 2
    whole = _REFUSAL_BYTES if refused or unclear else request.reply_bytes
    return max(whole - len(heard), 0)


def registers_in(request, reply):
    """Return the registers of a whole reply (none for a write), or raise BadReply."""
    where = "slave " + str(request.slave) + ": "
    if len(reply) < _REFUSAL_BYTES:
        raise BadReply(where + "the reply ends after " + str(len(reply)) + " bytes")
    if crc16(reply[:-2]) != reply[-2:]:
        raise BadReply(where + "wrong checksum")
    if reply[0] != request.slave:
        raise BadReply(where + "slave " + str(reply[0]) + " answered")
    if reply[1] == request.function | _REFUSED:
        raise SlaveRefusal(where + _EXCEPTIONS.get(reply[2], "exception " + str(reply[2])))
    start = 2 + len(request.echo)
    if reply[1] != request.function or reply[2:start] != request.echo:
        raise BadReply(where + "it answered something else")
    if len(reply) != request.reply_bytes:
        raise BadReply(where + "the reply has " + str(len(reply)) + " bytes")
    return struct.unpack(">" + str((len(reply) - 2 - start) // 2) + "H", reply[start:-2])


def crc16(data):
    """Return the two CRC bytes as they go on the line, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def _request(slave, function, body, echo, register_bytes):
    frame = bytes((slave, function)) + body
    reply_bytes = 2 + len(echo) + register_bytes + 2
    return Request(frame + crc16(frame), slave, function, echo, reply_bytes)


def _check(slave, first, count, most):
    if not 1 <= slave <= 247:
        raise ValueError("a Modbus slave has an address from 1 to 247")
    if not 1 <= count <= most or not 0 <= first <= 0x10000 - count:
        raise ValueError("a Modbus request is for 1 to " + str(most) + " registers")
