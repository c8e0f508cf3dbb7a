"""Bytes without zeros, so that a zero can part them: Consistent Overhead Byte Stuffing.

A block is a code byte and code - 1 bytes that are not zero; behind it stands a zero, unless its
code is 255 or it is the last.  (Cheshire, Baker: Consistent Overhead Byte Stuffing, 1999.)
"""

from protocol.compat import const

_LONGEST = const(254)  # bytes in a block


class BadCobs(ValueError):
    """These bytes were not stuffed like that."""


def encoded_bytes(length):
    """Return how many bytes encode() makes of so many, at most."""
    return length + length // _LONGEST + 1


def encode(data):
    """Return data stuffed; there is no zero in it."""
    out = bytearray()
    parts = bytes(data).split(b"\0")
    for part in parts[:-1]:
        _put(out, part, False)
    _put(out, parts[-1], True)
    return bytes(out)


def decode(stuffed):
    """Return what was stuffed, at most as long, or raise BadCobs."""
    out, at = bytearray(), 0
    while at < len(stuffed):
        code, end = stuffed[at], at + stuffed[at]
        block = bytes(stuffed[at + 1 : end])
        if not code or end > len(stuffed) or 0 in block:
            raise BadCobs("a block that does not add up")
        out.extend(block)
        at = end
        if code <= _LONGEST and at < len(stuffed):
            out.append(0)
    if not at:
        raise BadCobs("nothing in it")
    return bytes(out)


def _put(out, part, is_last):
    """Append blocks for bytes that are not zero; a zero follows them unless they are the last."""
    while len(part) >= _LONGEST:
        out.append(_LONGEST + 1)
        out.extend(part[:_LONGEST])
        part = part[_LONGEST:]
        if is_last and not part:
            return
    out.append(len(part) + 1)
    out.extend(part)
