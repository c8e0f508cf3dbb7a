"""Requests on a Modbus RTU line, read from its bytes.

Source: Modbus over Serial Line V1.02 (frame, CRC-16) and Modbus Application Protocol V1.1b3
(functions 3, 4, 6 and 16).
"""

from typing import Any, NamedTuple

BROADCAST = 0
WRITE_ONE, WRITE_MANY = 6, 16
EIGHT_BYTES = (3, 4, WRITE_ONE)


class Request(NamedTuple):
    """One valid request to this device; written is {holding register: value}."""

    t: float
    written: dict[int, int]


def requests(lines: list[dict[str, Any]], address: int) -> list[Request]:
    """Return what the master asked of this address, from the byte log of the line."""
    data, times = bytearray(), []
    for line in lines:
        if line.get("dir") == ">":
            piece = bytes.fromhex(line["hex"])
            data += piece
            times += [line["t"]] * len(piece)
    found, at = [], 0
    while at < len(data):
        frame = _frame_at(bytes(data[at : at + 264]))
        if frame and frame[0] in (address, BROADCAST):
            found.append(Request(times[at + len(frame) - 1], _written(frame)))
        at += len(frame) or 1
    return found


def _frame_at(data: bytes) -> bytes:
    """Return the request that these bytes begin with, or nothing."""
    if len(data) < 8:
        return b""
    size = 8 if data[1] in EIGHT_BYTES else 9 + data[6] if data[1] == WRITE_MANY else 0
    frame = data[:size]
    return frame if size and len(frame) == size and _crc(frame) == 0 else b""


def _written(frame: bytes) -> dict[int, int]:
    first = int.from_bytes(frame[2:4], "big")
    if frame[1] == WRITE_ONE:
        return {first: int.from_bytes(frame[4:6], "big")}
    if frame[1] != WRITE_MANY:
        return {}
    values = frame[7:-2]
    pairs = range(0, len(values) - 1, 2)
    return {first + i // 2: int.from_bytes(values[i : i + 2], "big") for i in pairs}


def _crc(frame: bytes) -> int:
    """Return the CRC-16 of the bytes; of a frame with its own CRC it is 0."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
