"""Points of the curve edwards25519: read, written, tabulated and summed.

Source: RFC 8032, section 5.1, whose formulas and names of coordinates are used.
Nothing here is secret, so nothing here takes constant time.

A point is kept as the four factors (E, F, G, H) of its coordinates X = EF, Y = GH, Z = FG and
T = EH: only what is asked for is multiplied.  The point (x, y) is (x, 1, 1, y).  What is to be
added to one is an addend, (Y - X, Y + X, 2dT, 2Z).

`% P` is the slowest step of a multiplication on the Box, and yet the best: any quicker way
makes more numbers, and numbers fill the memory, which then has to be searched for waste.
"""

from protocol.compat import const
from protocol.steps import finished

P = const((1 << 255) - 19)
ORDER = const((1 << 252) + 0x14DEF9DEA2F79CD65812631A5CF5D3ED)
ZERO = const((0, 1, 1, 1))  # the neutral point
BASE = const(
    (
        0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A,
        1,
        1,
        0x6666666666666666666666666666666666666666666666666666666666666658,
    )
)

BASE_TIMES_2_128 = const(
    (
        0x4C27AFFF3C45F32C952D3984E14E29A098E685C9C2E723E5FC8047AE60B7E824,
        1,
        1,
        0x5F2C99E6526DC87D95F11EB626C29C3A90D0BE1E51A4C49E5BBABD114BF5A66B,
    )
)

_D = const(0x52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3)
_ROOT_OF_MINUS_1 = const(0x2B8324804FC1DF0B2B4D00993DFBD7A72F431806AD2FE478C4EE1B274A0EA0B0)
_LOW_255_BITS = const((1 << 255) - 1)
_MULTIPLES = const(8)


def decoded_steps(encoded, squared):
    """In steps, return the point that 32 bytes name, or None; RFC 8032, section 5.1.3.

    As forgiving as OpenSSL and no more: y may be p or above, and x = 0 may have a sign.
    """
    number = int.from_bytes(encoded, "little")
    y = (number & _LOW_255_BITS) % P
    u, v = (y * y - 1) % P, (_D * y * y + 1) % P
    v3 = v * v % P * v % P
    uv7 = u * v3 % P * v3 % P * v % P
    power = yield from _power_steps(uv7, squared)
    x = squared(power, 2) * uv7 % P * u % P * v3 % P
    if (v * x * x - u) % P:
        x = x * _ROOT_OF_MINUS_1 % P
    if (v * x * x - u) % P:
        return None
    if x & 1 != number >> 255:
        x = -x % P
    return x, 1, 1, y


def encoded(point):
    """Return the 32 bytes that name a point read by decoded_steps; RFC 8032, section 5.1.2."""
    x, _, _, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _power_steps(base, squared):
    """In steps of 50 squarings, return base ** (2 ** 250 - 1): an exponent of 250 ones.

    Four times this exponent and one is that of square roots, 2^252 - 3.
    """
    ones_10 = _ones_times_five(base * base % P * base % P, 2, squared)
    power = ones_50 = _ones_times_five(ones_10, 10, squared)
    for _ in range(4):
        yield None
        power = squared(power, 50) * ones_50 % P
    yield None
    return power


def _ones_times_five(power, ones, squared):
    longer = power
    for _ in range(4):
        longer = squared(longer, ones) * power % P
    return longer


def squared(number, times):
    """Return number squared so many times, number ** (2 ** times), modulo p."""
    return pow(number, 1 << times, P)


def negative(point):
    """Return minus the point."""
    e, f, g, h = point
    return -e, f, g, h


def is_zero(point):
    """Return whether the point is the neutral one."""
    e, f, g, h = point
    return e * f % P == 0 and g * (h - f) % P == 0


def multiples_steps(point):
    """In steps, return 1, 3, 5 ... 15 times the point as addends, for summed()."""
    twice = _addend(_coordinates(_doubled(point)))
    addends = []
    while len(addends) < _MULTIPLES:
        coordinates = _coordinates(point)
        addends.append(_addend(coordinates))
        point = _added(coordinates, twice)
        if len(addends) % 2 == 0:
            yield None
    return addends


def base_multiples():
    """Return such addends of the base point, and of 2^128 times that."""
    return finished(multiples_steps(BASE)), finished(multiples_steps(BASE_TIMES_2_128))


def summed(point, terms, positions):
    """Return the point, at each of the positions doubled and then added to.

    A term is (digits, multiples of some point).  What is added for each term is as many times
    its point as the digit at this position says: none, or an odd number from -15 to 15.  A
    digit below zero is written as 32 more.
    """
    for position in positions:
        point = _doubled(point)
        for digits, multiples in terms:
            digit = digits[position]
            if digit:
                point = _added(_coordinates(point), _chosen(multiples, digit))
    return point


def _chosen(multiples, digit):
    """Return the addend of so many times the point."""
    if digit < 16:
        return multiples[digit >> 1]
    y_minus_x, y_plus_x, t2d, z2 = multiples[32 - digit >> 1]
    return y_plus_x, y_minus_x, -t2d, z2


def _addend(coordinates):
    x, y, z, t = coordinates
    return (y - x) % P, (y + x) % P, 2 * _D * t % P, 2 * z % P


def _added(coordinates, addend):
    """Return the sum of a point and an addend; RFC 8032, section 5.1.4."""
    x, y, z, t = coordinates
    y_minus_x, y_plus_x, t2d, z2 = addend
    a = (y - x) * y_minus_x % P
    b = (y + x) * y_plus_x % P
    c = t * t2d % P
    d = z * z2 % P
    return b - a, d - c, d + c, b + a


def _doubled(point):
    """Return twice the point; RFC 8032, section 5.1.4, with the signs of E and G turned."""
    e, f, g, h = point
    x, y, z = e * f % P, g * h % P, f * g % P
    a, b = x * x % P, y * y % P
    g = b - a
    return 2 * (x * y % P), 2 * (z * z % P) - g, g, a + b


def _coordinates(point):
    e, f, g, h = point
    return e * f % P, g * h % P, f * g % P, e * h % P
