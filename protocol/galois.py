"""Arithmetic in the field of 256 elements: a byte is a number, and adding is XOR.

Polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11D), of which 2 is a generator.  Few products are taken
one by one, by logarithms; many at once, byte by byte of long integers, which is quick on a Box.
"""

from protocol.compat import const
from protocol.logarithms import LOGARITHM, POWER

__all__ = ("LOGARITHM", "ORDER", "POWER", "combined")

ORDER = const(255)  # of the generator: logarithms count modulo this

_CARRY = const(0x1D)  # what x^8 is


def combined(factors, rows, size):
    """Return the sum of factor times row, as one number of `size` bytes.

    rows are such numbers too; a factor multiplies every byte of its row.
    """
    ones = int.from_bytes(b"\x01" * size, "big")
    total = 0
    for bit in range(7, -1, -1):
        high = total >> 7 & ones
        total = (total ^ high << 7) << 1 ^ high * _CARRY
        for factor, row in zip(factors, rows):
            if factor >> bit & 1:
                total ^= row
    return total
