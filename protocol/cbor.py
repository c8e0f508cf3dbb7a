"""CBOR (RFC 8949) for our messages only: deterministic out, bounded in.

Values are unsigned and negative integers, bytes, text, true, false, null and short
arrays of unsigned integers.  No floats, no tags, no maps, no indefinite lengths: what
we never write we refuse to read.
"""

from protocol.compat import const

_UINT = const(0x00)
_NINT = const(0x20)
_BYTES = const(0x40)
_TEXT = const(0x60)
_ARRAY = const(0x80)
_SIMPLE = const(0xE0)

_MOST_DEPTH = const(4)
_MOST_ITEMS = const(64)


class Malformed(ValueError):
    """The bytes are not CBOR as this system writes it."""


class Writer:
    """Collects one CBOR sequence (RFC 8742) in the deterministic form of RFC 8949, section 4.2."""

    def __init__(self):
        self.out = bytearray()

    def value(self, value):
        """Write an int, bytes, str, bool, None or a tuple or list of those; else ValueError."""
        if value is None or value is True or value is False:
            self.out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
        elif isinstance(value, int):
            self._head(_UINT if value >= 0 else _NINT, value if value >= 0 else -1 - value)
        elif isinstance(value, str):
            self._string(_TEXT, value.encode())
        elif isinstance(value, (tuple, list)):
            self._array(value)
        else:
            self._string(_BYTES, value)

    def _string(self, major, data):
        self._head(major, len(data))
        self.out.extend(data)

    def _array(self, items):
        self._head(_ARRAY, len(items))
        for item in items:
            self.value(item)

    def _head(self, major, n):
        """Write one initial byte and its argument, in the shortest form."""
        if n < 24:
            self.out.append(major | n)
            return
        for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if n < 1 << (8 * size):
                self.out.append(major | info)
                self.out.extend(n.to_bytes(size, "big"))
                return
        raise ValueError("integer too large for CBOR")


class Reader:
    """Takes a CBOR sequence apart; every length is checked against what is there."""

    def __init__(self, data):
        self._data = memoryview(data)
        self._at = 0

    def more(self):
        """Return whether anything is left."""
        return self._at < len(self._data)

    def value(self):
        """Return the next item as int, bytes, str, bool, None or tuple, or raise Malformed."""
        return self._item(_MOST_DEPTH)

    def done(self):
        if self.more():
            raise Malformed("bytes after the end")

    def _item(self, depth):
        if not depth:
            raise Malformed("nested too deep")
        major, n = self._head()
        if major == _UINT:
            return n
        if major == _NINT:
            return -1 - n
        if major == _BYTES:
            return bytes(self._take(n))
        if major == _TEXT:
            return self._text(n)
        if major == _ARRAY:
            return self._items(n, depth)
        if major == _SIMPLE and 20 <= n <= 22:
            return (False, True, None)[n - 20]
        raise Malformed("a kind of value not used here")

    def _items(self, count, depth):
        if count > _MOST_ITEMS:
            raise Malformed("too many items")
        return tuple(self._item(depth - 1) for _ in range(count))

    def _text(self, count):
        try:
            return str(self._take(count), "utf-8")
        except ValueError:  # UnicodeError is one, on both interpreters
            raise Malformed("text is not UTF-8")

    def _head(self):
        first = self._take(1)[0]
        major, info = first & 0xE0, first & 0x1F
        if info < 24:
            return major, info
        if info > 27 or major == _SIMPLE:
            raise Malformed("indefinite, reserved or floating")
        size = 1 << (info - 24)
        n = int.from_bytes(self._take(size), "big")
        if n < 24 or (size > 1 and n < 1 << (4 * size)):
            raise Malformed("not the shortest form")
        return major, n

    def _take(self, count):
        end = self._at + count
        if end > len(self._data):
            raise Malformed("truncated")
        chunk = self._data[self._at : end]
        self._at = end
        return chunk


def sequence(*values):
    """Return these values as one CBOR sequence."""
    out = Writer()
    for value in values:
        out.value(value)
    return bytes(out.out)
