"""What a gauge counted, one number after another, in few bytes.

The first byte says how: bit 7 differences instead of the values, bit 6 Exp-Golomb instead
of Rice codes, bits 3-0 the parameter k.  A code is some ones, a zero and a tail: for Rice
n >> k ones and a tail of k bits, for Exp-Golomb the bits of n + 2^k below its highest and
a one for each of them beyond k.  The last byte is filled up with ones, which end no code,
so that the values need no count.  Of all these ways only the shortest is right.
"""

from protocol.compat import const

MOST_VALUES = const(288)  # a day of five minutes
MOST_VALUE = const(0xFFFF)

_MOST_BYTES = const(512)  # as the table of messages says
_MOST_SYMBOL = const(0x1FFFE)  # the largest difference, folded
_MOST_TAIL = const(17)
_MOST_K = const(15)
_DIFFERENCES = const(0x80)
_EXPONENTIAL = const(0x40)


class BadSeries(ValueError):
    """These are not values of a gauge, or not the one way to write them."""


def encode(values):
    """Return 1 to 288 values of 0 to 65535 as at most 512 bytes, or raise BadSeries."""
    if not 0 < len(values) <= MOST_VALUES:
        raise BadSeries("no values or too many")
    if any(type(value) is not int or not 0 <= value <= MOST_VALUE for value in values):
        raise BadSeries("a value does not fit")
    way, symbols = _shortest(values)
    out = _Bits(way)
    for symbol in symbols:
        out.code(way, symbol)
    out.fill_up()
    if len(out.data) > _MOST_BYTES:
        raise BadSeries("too wild for one message")
    return bytes(out.data)


def decode(data):
    """Return the tuple of values in these bytes, or raise BadSeries."""
    if not 1 < len(data) <= _MOST_BYTES or data[0] & 0x30:
        raise BadSeries("length or coder out of bounds")
    values, last = [], 0
    for symbol in _symbols(data):
        last = last + _unfolded(symbol) if data[0] & _DIFFERENCES else symbol
        if not 0 <= last <= MOST_VALUE or len(values) == MOST_VALUES:
            raise BadSeries("a value does not fit, or too many")
        values.append(last)
    if encode(values) != data:
        raise BadSeries("not the shortest way")
    return tuple(values)


def _shortest(values):
    """Return (first byte, symbols) of the way that takes the fewest bits, the first of equals."""
    best = None
    for differences, symbols in ((0, values), (_DIFFERENCES, _differences(values))):
        for exponential in (0, _EXPONENTIAL):
            k, bits = _best_k(symbols, exponential)
            if best is None or bits < best[0]:
                best = (bits, differences | exponential | k, symbols)
    return best[1:]


def _best_k(symbols, exponential):
    """Return (k, bits): k rises as long as that saves bits."""
    bits = _bits(symbols, exponential)
    for k in range(_MOST_K):
        longer = _bits(symbols, exponential | (k + 1))
        if longer >= bits:
            return k, bits
        bits = longer
    return _MOST_K, bits


def _bits(symbols, way):
    """Return how many bits the codes take."""
    total = 0
    for symbol in symbols:
        ones, tail, _ = _code(way, symbol)
        total += ones + 1 + tail
    return total


def _code(way, symbol):
    """Return (how many ones, how many bits the tail has, a number that ends in the tail)."""
    k = way & 0x0F
    if not way & _EXPONENTIAL:
        return symbol >> k, k, symbol
    symbol += 1 << k
    tail = k
    while symbol >> tail > 1:
        tail += 1
    return tail - k, tail, symbol


def _differences(values):
    """Return each value less the one before it, folded: 0, -1, 1, -2 … become 0, 1, 2, 3 …"""
    folded, last = [], 0
    for value in values:
        step, last = value - last, value
        folded.append(2 * step if step >= 0 else -2 * step - 1)
    return folded


def _unfolded(symbol):
    return -(symbol + 1 >> 1) if symbol & 1 else symbol >> 1


class _Bits:
    """Bytes that are filled bit by bit, the highest first."""

    def __init__(self, first):
        self.data = bytearray((first,))
        self._free = 0

    def code(self, way, symbol):
        ones, tail, number = _code(way, symbol)
        for _ in range(ones):
            self._put(1)
        self._put(0)
        for i in range(tail):
            self._put(number >> (tail - 1 - i) & 1)

    def fill_up(self):
        while self._free:
            self._put(1)

    def _put(self, bit):
        if not self._free:
            self.data.append(0)
            self._free = 8
        self._free -= 1
        self.data[-1] |= bit << self._free


def _symbols(data):
    """Yield the symbols, or raise BadSeries; ones up to the end of the last byte are no code."""
    way, at, end = data[0], 8, 8 * len(data)
    while True:
        ones = 0
        while at + ones < end and _bit(data, at + ones):
            ones += 1
        if at + ones == end:
            if ones > 7:
                raise BadSeries("cut short")
            return
        symbol, at = _tail(data, way, ones, at + ones + 1)
        yield symbol


def _tail(data, way, ones, at):
    """Return (symbol, where the next code begins)."""
    k = way & 0x0F
    length = k + ones if way & _EXPONENTIAL else k
    if length > _MOST_TAIL or at + length > 8 * len(data):
        raise BadSeries("cut short or out of bounds")
    symbol = 1 if way & _EXPONENTIAL else ones
    for i in range(at, at + length):
        symbol = symbol << 1 | _bit(data, i)
    if way & _EXPONENTIAL:
        symbol -= 1 << k
    if symbol > _MOST_SYMBOL:
        raise BadSeries("out of bounds")
    return symbol, at + length


def _bit(data, i):
    return data[i >> 3] >> (7 - (i & 7)) & 1
