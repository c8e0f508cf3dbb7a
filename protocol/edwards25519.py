"""Points of the curve edwards25519: read, added, doubled and written.

Source: RFC 8032, section 5.1, whose formulas and names of coordinates are used.
Nothing here is secret, so nothing here takes constant time.

A point is (X, Y, Z), or (X, Y, Z, T) where something is to be added to it.  A sum is kept as
the factors (E, F, G, H) of its coordinates: only what is asked for is multiplied.  An addend
is (Y - X, Y + X, 2dT, 2Z), fully reduced.

Elsewhere numbers are reduced lazily, as any operation on big integers costs the Box nearly as
much as a multiplication.  A coordinate stays below 2^256 + 2^29, a product folded once below
2^264 - 2^14 and a factor of a sum below 2^265.  None is ever negative: where something is
subtracted, a multiple of p that is larger is added.
"""

from protocol.compat import const

P = const((1 << 255) - 19)
ORDER = const((1 << 252) + 0x14DEF9DEA2F79CD65812631A5CF5D3ED)
ZERO = const((0, 1, 1, 1))  # the neutral point, as a sum
BASE = const(
    (
        0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A,
        0x6666666666666666666666666666666666666666666666666666666666666658,
        1,
        0x67875F0FD78B766566EA4E8E64ABE37D20F09F80775152F56DDE8AB3A5B7DDA3,
    )
)

_D = const(0x52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3)
_ROOT_OF_MINUS_1 = const(0x2B8324804FC1DF0B2B4D00993DFBD7A72F431806AD2FE478C4EE1B274A0EA0B0)
_LOW_255_BITS = const((1 << 255) - 1)
_LOW_256_BITS = const((1 << 256) - 1)
_ABOVE_COORDINATES = const(((1 << 255) - 19) << 2)
_ABOVE_PRODUCTS = const(((1 << 255) - 19) << 9)


def decoded_steps(encoded):
    """In steps, return the point (X, Y, Z, T) that 32 bytes name, or None; RFC 8032, 5.1.3.

    As forgiving as OpenSSL and no more: y may be p or above, and x = 0 may have a sign.
    """
    number = int.from_bytes(encoded, "little")
    y = number & _LOW_255_BITS
    u, v = (y * y - 1) % P, (_D * y * y + 1) % P
    uv7 = u * pow(v, 7, P) % P
    power = yield from _power_steps(uv7)
    x = u * pow(v, 3, P) * pow(power, 4, P) * uv7 % P
    if (v * x * x - u) % P:
        x = x * _ROOT_OF_MINUS_1 % P
    if (v * x * x - u) % P:
        return None
    if x & 1 != number >> 255:
        x = P - x
    return x, y, 1, x * y % P


def encoded_steps(point):
    """In steps, return the 32 bytes that name the point (X, Y, Z); RFC 8032, 5.1.2."""
    x, y, z = point
    power = yield from _power_steps(z)
    inverse = pow(power, 32, P) * pow(z, 11, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _power_steps(base):
    """In steps of at most 48 multiplications, return base ** (2 ** 250 - 1).

    Four times this exponent and one is that of square roots, 2^252 - 3; 32 times this one and
    eleven is that of inverses, 2^255 - 21.  It is 250 ones, made of ten times 25.
    """
    power = power_of_25_ones = pow(base, (1 << 25) - 1, P)
    for _ in range(9):
        yield None
        power = pow(power, 1 << 25, P) * power_of_25_ones % P
    yield None
    return power


def negative(point):
    """Return minus the point (X, Y, Z, T), whose X and T are at most p."""
    x, y, z, t = point
    return P - x, y, z, P - t


def added(point, addend):
    """Return the sum of a point (X, Y, Z, T) and an addend; RFC 8032, 5.1.4."""
    x, y, z, t = point
    y_minus_x, y_plus_x, t2d, z2 = addend
    a = _folded((y - x + _ABOVE_COORDINATES) * y_minus_x)
    b = _folded((y + x) * y_plus_x)
    c = _folded(t * t2d)
    d = _folded(z * z2)
    return b - a + _ABOVE_PRODUCTS, d - c + _ABOVE_PRODUCTS, d + c, b + a


def doubled(point):
    """Return the sum of a point (X, Y, Z) and itself; RFC 8032, 5.1.4."""
    x, y, z = point
    a = _folded(x * x)
    b = _folded(y * y)
    c = 2 * _folded(z * z)
    h = a + b
    e = h - _folded((x + y) * (x + y)) + _ABOVE_PRODUCTS
    g = a - b + _ABOVE_PRODUCTS
    return e, c + g, g, h


def projective(total):
    """Return the point (X, Y, Z) that a sum is."""
    e, f, g, h = total
    return _reduced(e * f), _reduced(g * h), _reduced(f * g)


def extended(total):
    """Return the point (X, Y, Z, T) that a sum is."""
    e, f, g, h = total
    return _reduced(e * f), _reduced(g * h), _reduced(f * g), _reduced(e * h)


def addend(point):
    """Return the addend that the point (X, Y, Z, T) is."""
    x, y, z, t = point
    return (y - x) % P, (y + x) % P, 2 * _D * t % P, 2 * z % P


def subtrahend(addend):
    """Return the addend of minus the point that this one is of."""
    y_minus_x, y_plus_x, t2d, z2 = addend
    return y_plus_x, y_minus_x, P - t2d, z2


def _reduced(number):
    return _folded(_folded(number))


def _folded(number):
    """Return a shorter number that is the same modulo p, where 2^256 is 38."""
    return (number & _LOW_256_BITS) + 38 * (number >> 256)
