"""Whether the county signed these bytes: Ed25519, in steps short enough to wait between.

Source: RFC 8032, section 5.1.7, without the cofactor.  What it leaves open is decided as by
OpenSSL: S must be below the order of the group; R is compared byte by byte; a key of small
order or with y not below p counts as any other.

The signature is genuine if S B = R + k A.  Here both sides are multiplied by a v that makes
v and u = v k half as long as k, and half the work: then it is genuine if u A + v R = v S B.
As v is odd and below the order, and all orders of points divide 8 * ORDER, nothing else is.
(Antipa, Brown, Gallant, Lambert, Struik, Vanstone: Accelerated Verification of ECDSA
Signatures, 2005.)
"""

from collections import namedtuple

from protocol import edwards25519 as curve
from protocol.compat import const
from protocol.sha512 import block_added_steps, sha512_steps
from protocol.steps import finished

_LOW_128_BITS = const((1 << 128) - 1)

# What a board may do faster; protocol/README.md says in which shape.
Arithmetic = namedtuple(
    "Arithmetic",
    (
        "squared",
        "multiples_steps",
        "summed",
        "positions_a_step",
        "block_added_steps",
        "base_multiples",
    ),
)
PLAIN = Arithmetic(
    curve.squared,
    curve.multiples_steps,
    curve.summed,
    5,
    block_added_steps,
    curve.base_multiples,
)


def verify(public_key, message, signature):
    """Return whether the key signed the message.  Who asks often holds a Verifier."""
    return Verifier().verify(public_key, message, signature)


def verify_steps(public_key, message, signature):
    """In steps, return whether the key signed the message.  Who asks often holds a Verifier."""
    return Verifier().verify_steps(public_key, message, signature)


class Verifier:
    """Verifies signatures, and keeps what it computed for the last few keys, 3 kB for each.

    arithmetic is the board's own, or None.
    """

    def __init__(self, keys_kept=4, arithmetic=None):
        self._keys_kept = keys_kept
        self._arithmetic = arithmetic or PLAIN
        self._kept = []  # (public key, multiples of its point), the newest last
        self._multiples_of_base, self._multiples_of_high_base = self._arithmetic.base_multiples()

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
        point_r = yield from curve.decoded_steps(r, self._arithmetic.squared)
        if point_r is None or curve.encoded(point_r) != r:
            return False
        multiples_of_key = yield from self._key_steps(public_key)
        if not multiples_of_key:
            return False
        added_steps = self._arithmetic.block_added_steps
        digest = yield from sha512_steps(r + public_key + message, added_steps)
        k = int.from_bytes(digest, "little") % curve.ORDER
        return (yield from self._holds_steps(s, k, multiples_of_key, point_r))

    def _key_steps(self, public_key):
        """In steps, return the multiples of the key's point, or None without one."""
        for kept_key, multiples in self._kept:
            if kept_key == public_key:
                return multiples
        point = yield from curve.decoded_steps(public_key, self._arithmetic.squared)
        if point is None:
            return None
        multiples = yield from self._arithmetic.multiples_steps(point)
        self._kept.append((public_key, multiples))
        while len(self._kept) > self._keys_kept:
            self._kept.pop(0)
        return multiples

    def _holds_steps(self, s, k, multiples_of_key, point_r):
        """In steps, return whether s * base is the point R and k times the key's point."""
        u, v = _halves(k)
        rest = -v * s % curve.ORDER
        yield None
        if v < 0:
            point_r = curve.negative(point_r)
        multiples_of_r = yield from self._arithmetic.multiples_steps(point_r)
        terms = (
            (_signed_digits(u), multiples_of_key),
            (_signed_digits(abs(v)), multiples_of_r),
            (_signed_digits(rest & _LOW_128_BITS), self._multiples_of_base),
            (_signed_digits(rest >> 128), self._multiples_of_high_base),
        )
        yield None
        point = yield from _sum_steps(terms, self._arithmetic)
        return curve.is_zero(point)


def _halves(k):
    """Return (u, v), both about 2^128, with u = v * k modulo 8 * ORDER; v is odd.

    Euclid's algorithm for 8 * ORDER and k, left half way.  It never makes two even v in a row.
    """
    before, u = 8 * curve.ORDER, k
    v_before, v = 0, 1
    while u >> 128:
        quotient, rest = divmod(before, u)
        before, u = u, rest
        v_before, v = v, v_before - quotient * v
    return (u, v) if v & 1 else (before, v_before)


def _signed_digits(scalar):
    """Return digits d[i], zero or odd from -15 to 15, with scalar = sum of d[i] * 2^i.

    A byte is a digit modulo 32.  Of five in a row at most one is not zero, so that additions
    are rare.
    """
    digits = bytearray()
    window = bits = 0
    for byte in scalar.to_bytes(33, "little").rstrip(b"\x00") + b"\x00":
        window += byte << bits
        bits += 8
        while bits >= 5:
            digit = window & 31
            if digit & 1:
                digits.append(digit)
                digits.extend(b"\x00\x00\x00\x00")
                window = (window >> 5) + (digit > 15)
                bits -= 5
            else:
                digits.append(0)
                window >>= 1
                bits -= 1
    return bytes(digits).rstrip(b"\x00")


def _sum_steps(terms, arithmetic):
    """In steps, return the sum of the terms (digits, multiples): scalars times points.

    A step is so many doublings and, for each term, as many digits.
    """
    length = max([len(digits) for digits, _ in terms])
    terms = [(digits + bytes(length - len(digits)), multiples) for digits, multiples in terms]
    point = curve.ZERO
    for end in range(length, 0, -arithmetic.positions_a_step):
        start = max(end - arithmetic.positions_a_step, 0)
        point = arithmetic.summed(point, terms, range(end - 1, start - 1, -1))
        yield None
    return point
