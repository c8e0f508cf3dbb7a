"""CBOR (RFC 8949) for our messages only: deterministic out, bounded in.

Values are unsigned and negative integers, bytes, text, true, false, null and short
arrays of unsigned integers.  No floats, no tags, no maps, no indefinite lengths: what
we never write we refuse to read.

Most values of most messages are unsigned and below 65536, so these are done where the
values are counted; everything else, and everything that is wrong, takes the longer way.
"""

from struct import pack

from protocol.characters import BadText, utf_8
from protocol.compat import const

_UINT = const(0x00)
_NINT = const(0x20)
_BYTES = const(0x40)
_TEXT = const(0x60)
_ARRAY = const(0x80)
_SIMPLE = const(0xE0)

_ONE_BYTE = const(24)  # where the argument is in the next byte, or in the next two
_TWO_BYTES = const(25)

_MOST_DEPTH = const(4)
_MOST_ITEMS = const(64)


class Malformed(ValueError):
    """The bytes are not CBOR as this system writes it."""


def sequence(*values):
    """Return these values as one CBOR sequence (RFC 8742), deterministic (RFC 8949, section 4.2).

    They are ints, bytes, strs, bools, None and tuples or lists of those.  Raises ValueError for
    an int beyond 64 bits, TypeError for anything else.
    """
    out = bytearray()
    _write(out, values)
    return bytes(out)


class Reader:
    """Takes a CBOR sequence apart; every length is checked against what is there."""

    def __init__(self, data):
        self._data = bytes(data)
        self._at = 0

    def more(self):
        """Return whether anything is left."""
        return self._at < len(self._data)

    def value(self):
        """Return the next item as int, bytes, str, bool, None or tuple, or raise Malformed."""
        return self._items(1, _MOST_DEPTH)[0]

    def values(self, most):
        """Return a list of all that is left, or raise Malformed when it is more than so many."""
        found = self._next(most, _MOST_DEPTH)
        self.done()
        return found

    def done(self):
        if self.more():
            raise Malformed("bytes after the end")

    def _items(self, count, depth):
        """Return the next items, exactly so many."""
        found = self._next(count, depth)
        if len(found) < count:
            raise Malformed("truncated")
        return found

    def _next(self, most, depth):
        """Return the next items, as many as there are and at most so many."""
        if not depth:
            raise Malformed("nested too deep")
        try:
            return self._unsigned_and_others(most, depth)
        except IndexError:
            raise Malformed("truncated")

    def _unsigned_and_others(self, most, depth):
        data, at, end, found = self._data, self._at, len(self._data), []
        while at < end and most:
            most -= 1
            first = data[at]
            at += 1
            if first < _ONE_BYTE:
                found.append(first)
            elif first == _ONE_BYTE and data[at] >= 24:
                found.append(data[at])
                at += 1
            elif first == _TWO_BYTES and data[at]:
                found.append(data[at] << 8 | data[at + 1])
                at += 2
            else:
                self._at = at
                found.append(self._other(first, depth))
                at = self._at
        self._at = at
        return found

    def _other(self, first, depth):
        major = first & 0xE0
        n = self._argument(major, first & 0x1F)
        if major == _UINT:
            return n
        if major == _NINT:
            return -1 - n
        if major == _BYTES:
            return self._take(n)
        if major == _TEXT:
            return self._text(n)
        if major == _ARRAY:
            return self._array(n, depth)
        if major == _SIMPLE and 20 <= n <= 22:
            return (False, True, None)[n - 20]
        raise Malformed("a kind of value not used here")

    def _array(self, count, depth):
        if count > _MOST_ITEMS:
            raise Malformed("too many items")
        return tuple(self._items(count, depth - 1))

    def _text(self, count):
        try:
            return "".join(utf_8(self._take(count)))
        except BadText:
            raise Malformed("text is not UTF-8")

    def _argument(self, major, info):
        if info < _ONE_BYTE:
            return info
        if info > 27 or major == _SIMPLE:
            raise Malformed("indefinite, reserved or floating")
        size = 1 << (info - 24)
        n = int.from_bytes(self._take(size), "big")
        if n < 24 or (size > 1 and n < 1 << (4 * size)):
            raise Malformed("not the shortest form")
        return n

    def _take(self, count):
        end = self._at + count
        if end > len(self._data):
            raise Malformed("truncated")
        chunk = self._data[self._at : end]
        self._at = end
        return chunk


def _write(out, values):
    put = out.append
    for value in values:
        if type(value) is not int:
            _write_other(out, value)
        elif 0 <= value < 24:
            put(value)
        elif 24 <= value < 0x100:
            put(_ONE_BYTE)
            put(value)
        elif 0x100 <= value < 0x10000:
            put(_TWO_BYTES)
            put(value >> 8)
            put(value & 0xFF)
        elif value < 0:
            _write_head(out, _NINT, -1 - value)
        else:
            _write_head(out, _UINT, value)


def _write_other(out, value):
    if value is None or value is True or value is False:
        out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
    elif isinstance(value, (tuple, list)):
        _write_head(out, _ARRAY, len(value))
        _write(out, value)
    else:
        major = _TEXT if isinstance(value, str) else _BYTES
        data = value.encode() if major == _TEXT else value
        _write_head(out, major, len(data))
        out.extend(data)


def _write_head(out, major, n):
    """Write one initial byte and its argument, in the shortest form."""
    if n < 24:
        out.append(major | n)
    elif n < 0x100:
        out.extend(pack(">BB", major | _ONE_BYTE, n))
    elif n < 0x10000:
        out.extend(pack(">BH", major | _TWO_BYTES, n))
    elif n < 0x100000000:
        out.extend(pack(">BI", major | 26, n))
    elif n < 0x10000000000000000:
        out.extend(pack(">BQ", major | 27, n))
    else:
        raise ValueError("integer too large for CBOR")
