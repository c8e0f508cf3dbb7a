"""What bytes mean, made of what JSON has; byte strings are written as hex."""

from binascii import hexlify
from hashlib import sha256

from protocol import messages
from protocol.schema import BYTES, DOWN, FIXED, ORDER, UP


def fields_of(message):
    """Return {name: value} of the fields that are there."""
    declared = _row_of(message).fields
    named = [(field[0].rstrip("?"), value) for field, value in zip(declared, message)]
    return {name: told(value) for name, value in named if value is not None}


def message_of(name, fields):
    """Return the record with these fields, as fields_of told them."""
    given, declared = {}, _row_named(name).fields
    for field, kind, _ in declared:
        value = fields.get(field.rstrip("?"))
        is_octets = kind in (BYTES, FIXED, ORDER) and value is not None
        given[field.rstrip("?")] = bytes.fromhex(value) if is_octets else value
    return messages.make(name, **given)


def told(value):
    """Return a value as JSON can have it."""
    if isinstance(value, (bytes, bytearray)):
        return str(hexlify(value), "ascii")  # on MicroPython, b"".hex() is no str
    if isinstance(value, (tuple, list)):
        return [told(one) for one in value]
    return value


def _row_of(message):
    return _row_named(type(message).__name__)


def _row_named(name):
    try:
        return messages.row(UP, name)
    except messages.BadMessage:
        return messages.row(DOWN, name)


def digest_of(meaning):
    """Return 8 hex digits that another meaning hardly has: alike on both interpreters."""
    return told(sha256(_flat(meaning).encode()).digest()[:4])


def _flat(value):
    """Return a meaning as text in one order."""
    if isinstance(value, dict):
        return "{%s}" % ",".join([name + ":" + _flat(value[name]) for name in sorted(value)])
    if isinstance(value, list):
        return "[%s]" % ",".join([_flat(one) for one in value])
    return str(value)
