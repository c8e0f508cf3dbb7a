"""Points of edwards25519 added as at school, (x, y) and one division after the other.

Slow, and so plain that what the Box does quickly can be judged by it; RFC 8032, section 5.1.
"""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
NEUTRAL = (0, 1)
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def total(one, other):
    """Return the sum of two points."""
    product = D * one[0] * other[0] * one[1] * other[1]
    x = (one[0] * other[1] + other[0] * one[1]) * pow(1 + product, P - 2, P) % P
    y = (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, P - 2, P) % P
    return x, y


def times(number, point):
    """Return so many times the point; minus the point as often if number is below zero."""
    if number < 0:
        return times(-number, (-point[0] % P, point[1]))
    found = NEUTRAL
    while number:
        if number & 1:
            found = total(found, point)
        point = total(point, point)
        number >>= 1
    return found


def encoded(point):
    """Return the 32 bytes that name the point."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def of_factors(point):
    """Return (x, y) of a point that is kept as protocol.edwards25519 does."""
    e, f, g, h = [factor % P for factor in point]
    return e * pow(g, P - 2, P) % P, h * pow(f, P - 2, P) % P
