"""Whether the county signed these bytes: Ed25519, in steps short enough to wait between.

Source: RFC 8032, section 5.1.7, without the cofactor.  What it leaves open is decided as by
OpenSSL: S must be below the order of the group; R is compared byte by byte; a key of small
order or with y not below p counts as any other.
"""

from protocol import edwards25519 as curve
from protocol.compat import const
from protocol.sha512 import sha512_steps
from protocol.steps import finished

_DIGITS = const(256)


def verify(public_key, message, signature):
    """Return whether the key signed the message.  Who asks often holds a Verifier."""
    return Verifier().verify(public_key, message, signature)


def verify_steps(public_key, message, signature):
    """In steps, return whether the key signed the message.  Who asks often holds a Verifier."""
    return Verifier().verify_steps(public_key, message, signature)


class Verifier:
    """Verifies signatures, and keeps what it computed for the last few keys, 3 kB for each."""

    def __init__(self, keys_kept=4):
        self._keys_kept = keys_kept
        self._kept = []  # (public key, multiples of minus its point), the newest last
        self._multiples_of_base = None

    def verify(self, public_key, message, signature):
        """Return whether the key signed the message, whatever bytes these are."""
        return finished(self.verify_steps(public_key, message, signature))

    def verify_steps(self, public_key, message, signature):
        """In steps (see protocol.steps), return whether the key signed the message.

        A key is 32 bytes and a signature 64, else the answer is False.  The caller bounds
        the message: 128 bytes of it are five steps.
        """
        if len(public_key) != 32 or len(signature) != 64:
            return False
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        if s >= curve.ORDER:
            return False
        multiples_of_key = yield from self._key_steps(public_key)
        if not multiples_of_key:
            return False
        multiples_of_base = yield from self._base_steps()
        digest = yield from sha512_steps(r + public_key + message)
        k = int.from_bytes(digest, "little") % curve.ORDER
        point = yield from _sum_steps(s, multiples_of_base, k, multiples_of_key)
        encoded = yield from curve.encoded_steps(point)
        return encoded == r

    def _key_steps(self, public_key):
        """In steps, return the odd multiples of minus the key's point, or None without one."""
        for kept_key, multiples in self._kept:
            if kept_key == public_key:
                return multiples
        point = yield from curve.decoded_steps(public_key)
        if point is None:
            return None
        multiples = _odd_multiples(curve.negative(point))
        yield None
        self._kept.append((public_key, multiples))
        while len(self._kept) > self._keys_kept:
            self._kept.pop(0)
        return multiples

    def _base_steps(self):
        if self._multiples_of_base is None:
            self._multiples_of_base = _odd_multiples(curve.BASE)
            yield None
        return self._multiples_of_base


def _odd_multiples(point):
    """Return the addends of 1, 3, 5 ... 15 times the point (X, Y, Z, T): 73 multiplications."""
    addends = [curve.addend(point)]
    twice = curve.addend(curve.extended(curve.doubled(point[:3])))
    while len(addends) < 8:
        point = curve.extended(curve.added(point, twice))
        addends.append(curve.addend(point))
    return addends


def _sum_steps(s, multiples_of_base, k, multiples_of_key):
    """In steps, return the point s * base + k * key as (X, Y, Z).

    A step is at most four doublings and two additions: 44 multiplications.
    """
    s_digits = _signed_digits(s)
    yield None
    k_digits = _signed_digits(k)
    yield None
    total = curve.ZERO
    for position in range(_DIGITS - 1, -1, -1):
        total = curve.doubled(curve.projective(total))
        if s_digits[position]:
            total = _with_multiple(total, multiples_of_base, s_digits[position])
        if k_digits[position]:
            total = _with_multiple(total, multiples_of_key, k_digits[position])
        if position % 4 == 0:
            yield None
    return curve.projective(total)


def _signed_digits(scalar):
    """Return 256 digits d[i], zero or odd from -15 to 15, with scalar = sum of d[i] * 2^i.

    Of five digits in a row at most one is not zero, so that additions are rare.
    """
    digits = [0] * _DIGITS
    position = 0
    while scalar:
        digit = scalar & 31
        if digit & 1:
            digit -= 32 * (digit > 15)
            digits[position] = digit
            scalar -= digit
        scalar >>= 1
        position += 1
    return digits


def _with_multiple(total, multiples, digit):
    """Return the sum of a sum and an odd multiple of a point."""
    addend = multiples[abs(digit) >> 1]
    if digit < 0:
        addend = curve.subtrahend(addend)
    return curve.added(curve.extended(total), addend)
