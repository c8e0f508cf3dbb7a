"""The bytes between the Box and its satellite modem: which payloads went over that line.

Iridium AT reference: AT+SBDWB=<n> is followed by n bytes and their 16-bit sum, high byte
first; the answer to AT+SBDRB is a length of two bytes, the payload and its sum.
"""

import re
from bisect import bisect_right
from typing import Any, NamedTuple

WRITE = re.compile(rb"AT\+SBDWB=(\d{1,3})\r")


class Written(NamedTuple):
    """A payload that went over the line completely at this time."""

    t: float
    payload: bytes


class _Stream(NamedTuple):
    data: bytes
    times: list[float]
    starts: list[int]

    def when(self, index: int) -> float:
        return self.times[bisect_right(self.starts, index) - 1]


def to_modem(lines: list[dict[str, Any]]) -> list[Written]:
    """Return what the Box gave the modem to send."""
    stream = _stream(lines, ">")
    found = []
    for command in WRITE.finditer(stream.data):
        begin, end = command.end(), command.end() + int(command[1])
        payload = stream.data[begin:end]
        if stream.data[end : end + 2] == _sum(payload):
            found.append(Written(stream.when(end + 1), payload))
    return found


def from_modem(lines: list[dict[str, Any]]) -> list[Written]:
    """Return what the satellite brought and the Box then read out of the modem."""
    stream = _stream(lines, "<")
    found = []
    for line in lines:
        if line.get("dir") != "mt":
            continue
        payload = bytes.fromhex(line["hex"])
        answer = len(payload).to_bytes(2, "big") + payload + _sum(payload)
        begin = sum(1 for t in stream.times if t < line["t"])
        at = stream.data.find(answer, stream.starts[begin]) if begin < len(stream.starts) else -1
        if at >= 0:
            found.append(Written(stream.when(at + len(answer) - 1), payload))
    return found


def _stream(lines: list[dict[str, Any]], direction: str) -> _Stream:
    data, times, starts = bytearray(), [], []
    for line in lines:
        if line.get("dir") == direction:
            times.append(line["t"])
            starts.append(len(data))
            data += bytes.fromhex(line["hex"])
    return _Stream(bytes(data), times, starts)


def _sum(payload: bytes) -> bytes:
    return (sum(payload) % 0x10000).to_bytes(2, "big")
