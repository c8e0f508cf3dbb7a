"""Frames and their fields in the words of a person at the county."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from host_tools import orders
from host_tools.text import area, known
from protocol import acks, calendar, frame, messages, series
from protocol.schema import BYTES, CUT_OFF, DOWN, FIXED, ORDER, PART, UP, USE

BYTES_A_LINE = 12

_MODES = {
    frame.OPEN: "OPEN", frame.SEALED: "SEALED", frame.SIGNED: "SIGNED", frame.LOCAL: "LOCAL",
}  # fmt: skip


def type_name(header: Any) -> str:
    """Return the name of the message in a frame, or its number when the table has none."""
    try:
        return messages.row(header.direction, header.type).name
    except ValueError:
        return f"unknown type {header.type}"


def header_parts(raw: bytes, header: Any, part: Any) -> list[Any]:
    """Return the parts of a frame's header; part makes one of (at, bytes, meaning)."""
    way = "down" if header.direction == DOWN else "up"
    wanted = "acknowledgement wanted" if header.ack_wanted else "no acknowledgement"
    urgency = f"priority {header.priority}" + (" (life)" if header.priority == 0 else "")
    parts = [
        part(0, raw[:1], f"{_MODES[header.mode]}, {way}, {wanted}"),
        part(1, raw[1:2], f"{type_name(header)}, {urgency}"),
    ]
    at = 2
    if not raw[0] & 1:  # the address is there
        who = f"from Box {header.address}" if way == "up" else f"to {orders.said(header.address)}"
        parts.append(part(2, raw[2:4], who))
        at = 4
    parts.append(part(at, raw[at : at + 3], f"SEQ {header.seq}"))
    return parts


def value(name: str, it: Any) -> str:
    """Return one field's value in words; what is not printable is shown as hex."""
    if it is None:
        return "absent"
    if name in _WORDS:
        return _WORDS[name](it)
    if isinstance(it, bytes):
        return it.hex()
    if isinstance(it, bool):
        return "yes" if it else "no"
    return " ".join(map(str, it)) if isinstance(it, tuple) else str(it)


def fields(message: Any) -> dict[str, Any]:
    """Return a message's fields that are there, fit for JSON; bytes as hex."""
    present = {name: it for name, it in message._asdict().items() if it is not None}
    return {name: it.hex() if isinstance(it, bytes) else it for name, it in present.items()}


def stored(name: str, present: dict[str, Any]) -> Any:
    """Return the upward message of this name whose fields were kept so, as JSON."""
    hexed = {field.rstrip("?") for field, kind, _ in messages.row(UP, name).fields if kind in _HEX}
    values = {f: bytes.fromhex(it) if f in hexed else it for f, it in present.items()}
    return messages.make(name, **values)


def words(message: Any) -> dict[str, str]:
    """Return the fields that are there, each in words."""
    return {name: value(name, it) for name, it in message._asdict().items() if it is not None}


def lines(parts: Iterable[Any]) -> list[str]:
    """Return the picture: offset, bytes in hex, meaning; long runs of bytes are folded."""
    out = []
    for part in parts:
        meaning = part.meaning
        for start in range(0, len(part.data), BYTES_A_LINE):
            shown = part.data[start : start + BYTES_A_LINE].hex(" ")
            out.append(f"{part.at + start:4}  {shown:<35}  {meaning}".rstrip())
            meaning = ""
    return out


def _minute(it: int) -> str:
    if it < 0:
        return f"{-1 - it} min after the start, by a clock nobody set"
    return f"{it}, {_utc(60 * it)}"


def _utc(seconds: int) -> str:
    when = datetime.datetime.fromtimestamp(calendar.ZERO_UNIX + seconds, datetime.UTC)
    return when.strftime("%Y-%m-%d %H:%M:%SZ")


def _second(it: int) -> str:
    return f"{it}, {_utc(it)}"


def _acknowledged(it: bytes) -> str:
    try:
        return "SEQ " + " ".join(map(str, acks.read(it)))
    except ValueError as why:
        return f"{it.hex()} ({why})"


def _text(it: bytes) -> str:
    text = known.words(it)
    if not text or not text.isprintable():
        return it.hex()
    return f'"{text}"' + (f" ({area.named(it[0])})" if it[0] else "")


def _series(it: bytes) -> str:
    try:
        return " ".join(map(str, series.decode(it)))
    except ValueError as why:
        return f"{it.hex()} ({why})"


def _degrees(it: int) -> str:
    return f"{it / 100_000:.5f}°"


def _set_of(names: Iterable[str]) -> Callable[[int], str]:
    """Return what says which of these names a number stands for, bit by bit."""
    listed = list(names)

    def said(it: int) -> str:
        found = [name for i, name in enumerate(listed) if it >> i & 1]
        return " ".join(found) or "none"

    return said


_HEX = (BYTES, FIXED, ORDER)
_HEALTH_FIELDS = [field.rstrip("?") for field, _, _ in messages.row(UP, "Health").fields]
_WORDS = {
    "acknowledged": _acknowledged,
    "changed": _set_of(_HEALTH_FIELDS),
    "cuts": _set_of(CUT_OFF),
    "frame": lambda it: f"{len(it)} bytes, taken apart below",
    "issued": _minute,
    "latitude_e5": _degrees,
    "longitude_e5": _degrees,
    "minute": _minute,
    "order": orders.named,
    "passed": _set_of(PART),
    "replaces": orders.named,
    "second": _second,
    "since": _minute,
    "start": _minute,
    "started": _minute,
    "tested": _set_of(PART),
    "text": _text,
    "uses": _set_of(USE),
    "valid_10min": lambda it: f"{it}, {10 * it} min",
    "values": _series,
}
