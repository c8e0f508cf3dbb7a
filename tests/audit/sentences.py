"""What a BeiDou terminal is told and tells on its line, sentence by sentence.

`$`, fields between commas, `*`, the exclusive or of what is between as two upper-case digits,
CR LF.  Two dialects: 2.1 (TXA, TXR, ICI) and BDS-3 regional (TCQ, TCI, ICP).  Sources: the table
of jnwpu.org, acctech.com.cn, BDBluetoothTools.
"""

import functools
import operator
import re
from typing import Any, NamedTuple

from tests.audit import stream

BOX, COUNTY = "box", "county"
MOST_BYTES = 77
_LINE = re.compile(rb"[^\n]*\n|[^\n]+$")
_SENTENCE = re.compile(rb"\$([^$*\r\n]+)\*([0-9A-F]{2})\r\n")
_MIXED = {b"TXA": b"2", b"TXR": b"2", b"TCQ": b"3", b"TCI": b"3"}  # else: bytes alone
_BYTES = {b"TXA": b"1", b"TXR": b"1", b"TCQ": b"2", b"TCI": b"2"}
_BEGINS_MIXED = b"A4"


class Line(NamedTuple):
    """What came on the line up to its end; fields is empty where it is no true sentence."""

    t: float
    data: bytes
    fields: list[bytes]


class Card(NamedTuple):
    """What a terminal told of its card."""

    t: float
    number: str
    interval_s: int


class Asking(NamedTuple):
    """A request to send.  went: None where the terminal did not say; wait_s: as it said then."""

    t: float
    to: str
    payload: bytes  # empty where it is no bytes
    answered_at: float | None
    went: bool | None
    wait_s: int


class Arrival(NamedTuple):
    """A message that the terminal told."""

    t: float
    sender: str
    payload: bytes


def lines(log: list[dict[str, Any]], terminal: str, direction: str) -> list[Line]:
    """Return what went one way between this terminal and whoever has it."""
    went = stream.of([entry for entry in log if entry.get("terminal") == terminal], direction)
    return [
        Line(went.when(found.end() - 1), found[0], _fields(found[0]))
        for found in _LINE.finditer(went.data)
    ]


def cards(log: list[dict[str, Any]], terminal: str) -> list[Card]:
    """Return what the terminal told of its card, each time."""
    at = {b"BDICI": 5, b"BDICP": 14}
    return [
        Card(t, number(fields[1]), int(fields[at[fields[0]]]))
        for t, _, fields in lines(log, terminal, "<")
        if fields and fields[0] in at
    ]


def askings(log: list[dict[str, Any]], terminal: str) -> list[Asking]:
    """Return what the terminal was asked to send, each with the answer before the next."""
    asked = [
        one for one in lines(log, terminal, ">") if one.fields[:1] in ([b"CCTXA"], [b"CCTCQ"])
    ]
    answers = [one for one in lines(log, terminal, "<") if one.fields[:1] == [b"BDFKI"]]
    ends = [*(one.t for one in asked), float("inf")][1:]
    return [
        _asking(one, next((a for a in answers if one.t <= a.t < end), None))
        for one, end in zip(asked, ends, strict=True)
    ]


def arrivals(log: list[dict[str, Any]], terminal: str) -> list[Arrival]:
    """Return the messages that the terminal told.  The data stand behind the last comma."""
    at = {b"BDTXR": (2, 3), b"BDTCI": (1, 5)}
    return [
        Arrival(t, number(fields[at[name][0]]), _payload(name, fields[at[name][1]], fields[-1]))
        for t, _, fields in lines(log, terminal, "<")
        if (name := fields[0] if fields else b"") in at
    ]


def number(field: bytes | str) -> str:
    """Return a card's number as it is compared: some terminals put zeros in front."""
    return (field.decode() if isinstance(field, bytes) else field).lstrip("0")


def _asking(one: Line, answer: Line | None) -> Asking:
    name, to = one.fields[0], number(one.fields[1])
    coding, data = one.fields[3:5] if name == b"CCTXA" else one.fields[4:6]
    payload = _payload(name, coding, data)
    if answer is None:
        return Asking(one.t, to, payload, None, None, 0)
    *words, reason, wait_s = answer.fields[2:] if name == b"CCTXA" else answer.fields[3:]
    went = set(words) == {b"Y"} and int(reason or b"0") == 0
    return Asking(one.t, to, payload, answer.t, went, int(wait_s or b"0"))


def _payload(name: bytes, coding: bytes, data: bytes) -> bytes:
    kind = name[2:]
    if coding == _MIXED[kind] and data.startswith(_BEGINS_MIXED):
        data = data[len(_BEGINS_MIXED) :]
    elif coding != _BYTES[kind]:
        return b""
    try:
        return bytes.fromhex(data.decode())
    except ValueError:
        return b""


def _fields(line: bytes) -> list[bytes]:
    found = _SENTENCE.fullmatch(line)
    if found is None or functools.reduce(operator.xor, found[1]) != int(found[2], 16):
        return []
    return found[1].split(b",")
