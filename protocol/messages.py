"""Turn messages into bodies and back, by the table in protocol.schema.

A body is the CBOR sequence of the fields by position (RFC 8742): an absent middle
field is null, trailing absent fields are left out.
"""

from collections import namedtuple

from protocol import cbor
from protocol.schema import (
    BYTES,
    CHOICE,
    DOWN,
    DOWNWARD,
    FIXED,
    FLAG,
    INT,
    NUMBERS,
    ORDER,
    TEXT,
    UINT,
    UPWARD,
)

_MOST_LATER_FIELDS = 16  # how many fields of a later release an upward message may bring


class BadMessage(ValueError):
    """The bytes are CBOR but not a message this release accepts."""


Row = namedtuple("Row", ("number", "name", "priority", "fields", "record"))

_TABLES = (UPWARD, DOWNWARD)  # by direction
_records = {}  # {name: type}, each made when it is first asked for: most Boxes need few
_rows = {}  # {(direction, number or name): Row}


def __getattr__(name):
    """Return the record of this name, so that messages.Call is the type of every Call."""
    if name in _records:
        return _records[name]
    fields = _fields_of(name)
    if fields is None:
        raise AttributeError(name)
    return _record(name, fields)


def row(direction, key):
    """Return the Row of a type number or name, or raise BadMessage."""
    found = _rows.get((direction, key))
    if found is not None:
        return found
    for number, name, priority, fields in _TABLES[direction]:
        if key in (number, name):
            made = Row(number, name, priority, fields, _record(name, fields))
            _rows[direction, number] = _rows[direction, name] = made
            return made
    raise BadMessage("unknown message type")


def row_of(direction, message):
    """Return the Row that declares this record in this direction."""
    return row(direction, type(message).__name__)


def make(name, **fields):
    """Return the record with these fields; those not named are absent."""
    declared = _fields_of(name)
    if declared is None:
        raise BadMessage("unknown message type")
    names = [field.rstrip("?") for field, _, _ in declared]
    for given in fields:
        if given not in names:
            raise BadMessage(name + " has no field " + given)
    return _record(name, declared)(*[fields.get(field) for field in names])


def _fields_of(name):
    """Return the fields of a message, or None; one of both directions has them alike."""
    for table in _TABLES:
        for _, declared, _, fields in table:
            if declared == name:
                return fields
    return None


def _record(name, fields):
    """Return the one record type of this name: both directions share it."""
    if name not in _records:
        _records[name] = namedtuple(name, tuple(f[0].rstrip("?") for f in fields))
    return _records[name]


def encode(direction, message):
    """Return the body of one message, or raise BadMessage for a value that does not fit."""
    fields, values = row_of(direction, message).fields, _without_absent_tail(message)
    for i, (name, kind, limit) in enumerate(fields):
        if i >= len(values):
            _check_presence(name, None)
            continue
        _check_presence(name, values[i])
        if values[i] is not None:
            values[i] = _to_wire(name, kind, limit, values[i])
    return cbor.sequence(*values)


def decode(direction, number, body):
    """Return the message in this body, or raise Malformed or BadMessage.

    Fields of a later release are skipped upward and refused downward.
    """
    declared = row(direction, number)
    values = _values(body, len(declared.fields), direction)
    values = values + [None] * (len(declared.fields) - len(values))
    for i, (name, kind, limit) in enumerate(declared.fields):
        _check_presence(name, values[i])
        if values[i] is not None:
            values[i] = _from_wire(name, kind, limit, values[i])
    return declared.record(*values)


def _values(body, known, direction):
    """Return the known fields as they came, having stepped over later ones."""
    values = cbor.Reader(body).values(known + _MOST_LATER_FIELDS)
    if direction == DOWN and len(values) > known:
        raise BadMessage("a field this release does not know")
    if values and values[-1] is None:
        raise BadMessage("absent fields at the end are left out, not sent")
    return values[:known]


def _without_absent_tail(message):
    values = list(message)
    while values and values[-1] is None:
        values.pop()
    return values


def _check_presence(name, value):
    if value is None and not name.endswith("?"):
        raise BadMessage(name + " is missing")


def _to_wire(name, kind, limit, value):
    if kind == CHOICE:
        if value not in limit:
            raise BadMessage(name + " does not fit")
        return limit.index(value)
    if not _fits(kind, limit, value):
        raise BadMessage(name + " does not fit")
    return value


def _from_wire(name, kind, limit, value):
    if kind == CHOICE:
        if type(value) is not int or not 0 <= value < len(limit):
            raise BadMessage(name + " does not fit")
        return limit[value]
    if not _fits(kind, limit, value):
        raise BadMessage(name + " does not fit")
    return value


def _fits(kind, limit, value):
    if kind == FLAG:
        return value is True or value is False
    if kind == UINT:
        return type(value) is int and 0 <= value <= limit
    if kind == INT:
        return type(value) is int and -limit <= value <= limit
    if kind == BYTES:
        return isinstance(value, bytes) and len(value) <= limit
    if kind == ORDER:
        return isinstance(value, bytes) and len(value) == 4
    if kind == FIXED:
        return isinstance(value, bytes) and len(value) == limit
    if kind == TEXT:
        return isinstance(value, str) and len(value.encode()) <= limit
    return kind == NUMBERS and _are_numbers(limit, value)


def _are_numbers(limit, value):
    return (
        isinstance(value, (tuple, list))
        and len(value) <= limit
        and all(type(n) is int and 0 <= n <= 0xFFFFFFFF for n in value)
    )
