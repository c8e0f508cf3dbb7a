"""The reference messages, and what each says in a form that no codec owns.

What is said is taken from the very records that the wire's own tests encode: every form carries
the same.  Where our table packs a field, the other forms get what is in it.
"""

import functools
from typing import Any, NamedTuple

from host_tools.text import known, tables
from protocol import acks, cbor, messages, series
from protocol.schema import CHOICE, DOWN, ORDER, UP
from tests.host.text_samples import ORDER60
from tests.shared import test_messages as reference

SEQ = reference.SEQ
BOX = 4660
GROUP = 0xF001
SEAL_BYTES, SIGNATURE_BYTES = 8, 64


class Word(NamedTuple):
    """One of a list of words: a form that has names writes the word, others its number."""

    word: str
    number: int


class Content(NamedTuple):
    """What one message says.  address: None where the road's carrier names the Box."""

    record: Any
    type: Word
    direction: int
    address: int | None
    fields: dict[str, Any]  # int, bool, str, bytes, Word, list of int, {"slot": ..., "seq": ...}

    @property
    def signed(self) -> bool:
        return self.direction == DOWN

    @property
    def proof_bytes(self) -> int:
        return SIGNATURE_BYTES if self.signed else SEAL_BYTES


def contents() -> dict[str, list[Content]]:
    """Return {name: the messages to take the mean of}."""
    return {
        "ack": [_up(reference.ACK)],
        "call": [_up(reference.CALL)],
        "health": [_up(reference.HEALTH)],
        "health_delta": [_up(reference.HEALTH_DELTA)],
        "series_storm": [_up(reference.STORM)],
        "series_steady_heavy": [_up(reference.STEADY_HEAVY)],
        "playback": [_up(reference.PLAYBACK)],
        "fault_open": [_up(reference.FAULT_OPEN)],
        "fault_clear": [_up(reference.FAULT_CLEAR)],
        "answer": [_up(reference.ANSWER)],
        "evacuation": [_up(reference.EVACUATION)],
        "disaster": [_up(reference.DISASTER)],
        "order_template": [_down(reference.ORDER, BOX)],
        "order_text": [_down(_spoken(text), GROUP) for text in ORDER60],
        "cancel": [_down(reference.CANCEL, BOX)],
    }


def sent(text: str) -> bytes:
    """Return an order's text as our frames carry it to Boxes with all tables that come with us."""
    return known.field_of(text, _announced())


@functools.cache
def _announced() -> frozenset[int]:
    return frozenset(table.first_byte for table in tables.make_ready())


def _spoken(text: str) -> Any:
    given = {"text": sent(text), "template": None, "slots": None, "areas": None, "languages": None}
    return reference.changed(reference.ORDER, **given)


def _up(record: Any) -> Content:
    return _content(UP, record, None)


def _down(record: Any, address: int) -> Content:
    return _content(DOWN, record, address)


def _content(direction: int, record: Any, address: int | None) -> Content:
    row = messages.row_of(direction, record)
    said = {}
    for (name, kind, limit), value in zip(row.fields, record, strict=True):
        if value is not None:
            said |= _said(row.name, name.rstrip("?"), kind, limit, value)
    return Content(record, Word(row.name, row.number), direction, address, said)


def _said(message: str, name: str, kind: str, limit: Any, value: Any) -> dict[str, Any]:
    if (message, name) in _PACKED:
        return _PACKED[message, name](value)
    if kind == CHOICE:
        return {name: Word(value, limit.index(value))}
    if kind == ORDER:
        return {name: {"slot": value[0], "seq": int.from_bytes(value[1:], "big")}}
    return {name: list(value) if isinstance(value, tuple) else value}


def _acknowledged(value: bytes) -> dict[str, Any]:
    base, *after = acks.read(value)
    return {"base": base, "after": [seq - base for seq in after]}


def _changed(value: bytes) -> dict[str, Any]:
    names = [field.rstrip("?") for field, _, _ in messages.row(UP, "Health").fields]
    changed = reference.HEALTH_DELTA.changed
    there = [name for i, name in enumerate(names) if changed >> i & 1]
    return dict(zip(there, cbor.Reader(value).values(len(there)), strict=True))


_PACKED = {
    ("Ack", "acknowledged"): _acknowledged,
    ("HealthDelta", "changed"): lambda _: {},
    ("HealthDelta", "fields"): _changed,
    ("Series", "values"): lambda value: {"tips": list(series.decode(value))},
    ("Order", "areas"): lambda value: {"areas": list(value)},
    ("Order", "text"): lambda value: {"text": known.words(value)},
}
