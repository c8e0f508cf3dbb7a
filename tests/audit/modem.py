"""The bytes between the Box and its satellite modem: which payloads went over that line.

Iridium AT reference: AT+SBDWB=<n> is followed by n bytes and their 16-bit sum, high byte
first; the answer to AT+SBDRB is a length of two bytes, the payload and its sum.
"""

import re
from typing import Any, NamedTuple

from tests.audit import stream

WRITE = re.compile(rb"AT\+SBDWB=(\d{1,3})\r")


class Written(NamedTuple):
    """A payload that went over the line completely at this time."""

    t: float
    payload: bytes


def to_modem(lines: list[dict[str, Any]]) -> list[Written]:
    """Return what the Box gave the modem to send."""
    written = stream.of(lines, ">")
    found = []
    for command in WRITE.finditer(written.data):
        begin, end = command.end(), command.end() + int(command[1])
        payload = written.data[begin:end]
        if written.data[end : end + 2] == _sum(payload):
            found.append(Written(written.when(end + 1), payload))
    return found


def from_modem(lines: list[dict[str, Any]]) -> list[Written]:
    """Return what the satellite brought and the Box then read out of the modem."""
    read = stream.of(lines, "<")
    found = []
    for line in lines:
        if line.get("dir") != "mt":
            continue
        payload = bytes.fromhex(line["hex"])
        answer = len(payload).to_bytes(2, "big") + payload + _sum(payload)
        begin = sum(1 for t in read.times if t < line["t"])
        at = read.data.find(answer, read.starts[begin]) if begin < len(read.starts) else -1
        if at >= 0:
            found.append(Written(read.when(at + len(answer) - 1), payload))
    return found


def _sum(payload: bytes) -> bytes:
    return (sum(payload) % 0x10000).to_bytes(2, "big")
