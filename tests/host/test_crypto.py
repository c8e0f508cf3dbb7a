"""The Box's own cryptography against OpenSSL's, with which the county signs, seals and opens.

No difference is known, with one of form: what raises an error at the county for the length of
a key or a signature is simply not genuine on the Box.
"""

import hashlib
import hmac
from unittest import mock

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol import ccm, ed25519, sha512
from protocol import edwards25519 as curve
from protocol.hkdf import hkdf_sha256, hmac_sha256
from protocol.steps import finished
from tests.shared.ed25519_vectors import DISPUTED

KEYS_16 = st.binary(min_size=16, max_size=16)
BYTES_32 = st.binary(min_size=32, max_size=32)
NONCES = st.binary(min_size=13, max_size=13)
SCALARS = st.integers(0, curve.ORDER - 1)
WORST = 2**256 + 2**29 - 1
VERIFIER = ed25519.Verifier(keys_kept=16)


# SHA-512


@given(st.binary(max_size=600))
def test_sha512_is_that_of_hashlib(data):
    assert sha512.sha512(data) == hashlib.sha512(data).digest()


def test_the_constants_of_sha512_are_the_roots_of_the_first_primes():
    primes = [n for n in range(2, 410) if all(n % d for d in range(2, n))]
    cube_roots = [root(prime << 192, 3) % 2**64 for prime in primes[:80]]
    square_roots = [root(prime << 128, 2) % 2**64 for prime in primes[:8]]
    assert b"".join(n.to_bytes(8, "big") for n in cube_roots) == sha512._ROUND_CONSTANTS
    assert b"".join(n.to_bytes(8, "big") for n in square_roots) == sha512._INITIAL_HASH


def root(number, degree):
    """Return the largest integer whose power is not above number."""
    found = 0
    for bit in range(number.bit_length(), -1, -1):
        if (found | 1 << bit) ** degree <= number:
            found |= 1 << bit
    return found


# Ed25519


@given(BYTES_32, st.binary(max_size=300))
@settings(max_examples=60)
def test_what_the_county_signs_is_genuine_on_the_box(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert ed25519.verify(public_bytes(key), message, key.sign(message)) is True


@given(BYTES_32, st.binary(max_size=150), st.data())
@settings(max_examples=200)
def test_a_changed_order_gets_the_same_verdict_from_both(seed, message, data):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    parts = [public_bytes(key), message, key.sign(message)]
    which = data.draw(st.integers(0, 2))
    parts[which] = data.draw(changed(parts[which]))
    assert VERIFIER.verify(*parts) is verdict_of_openssl(*parts)


@given(BYTES_32, st.binary(max_size=20), BYTES_32, BYTES_32)
@settings(max_examples=100)
def test_any_bytes_get_the_same_verdict_from_both(key, message, r, s):
    assert VERIFIER.verify(key, message, r + s) is verdict_of_openssl(key, message, r + s)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_gets_the_same_verdict_from_both(length):
    assert ed25519.verify(bytes(length), b"", bytes(64)) is False
    assert verdict_of_openssl(bytes(length), b"", bytes(64)) is False


@pytest.mark.parametrize("row", DISPUTED, ids=lambda row: row[0])
def test_openssl_still_says_what_our_table_of_disputed_signatures_says(row):
    _, verdict, *texts = row
    assert verdict_of_openssl(*map(bytes.fromhex, texts)) is verdict


def test_odd_ways_to_write_small_points_get_the_same_verdict_from_both():
    odd = odd_encodings()
    genuine = 0
    for key in odd:
        for r in odd:
            signature = r + bytes(32)
            ours = VERIFIER.verify(key, b"flood", signature)
            assert ours is verdict_of_openssl(key, b"flood", signature), (key.hex(), r.hex())
            genuine += ours
    assert genuine > 0


@given(SCALARS, SCALARS, st.integers(0, 7), st.integers(0, 7), st.binary(max_size=8))
@settings(max_examples=100)
@example(1, 1, 4, 4, b"")
def test_points_off_the_main_group_get_the_same_verdict_from_both(a, r, twist_a, twist_r, message):
    """A signer who adds a point of small order to key and R is right one time in a few."""
    key, r_bytes = twisted(a, twist_a), twisted(r, twist_r)
    k = int.from_bytes(hashlib.sha512(r_bytes + key + message).digest(), "little")
    signature = r_bytes + ((r + k * a) % curve.ORDER).to_bytes(32, "little")
    assert VERIFIER.verify(key, message, signature) is verdict_of_openssl(key, message, signature)


def verdict_of_openssl(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_bytes(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@st.composite
def changed(draw, data):
    """The data with bits flipped, cut, grown, or with the order added to its last 32 bytes."""
    how = draw(st.sampled_from(("flip", "cut", "grow", "order")))
    if how == "cut":
        return data[: draw(st.integers(0, len(data)))]
    if how == "grow" or len(data) < 32:
        return data + draw(st.binary(min_size=1, max_size=9))
    number = int.from_bytes(data[-32:], "little")
    if how == "order":
        number += draw(st.integers(1, 15)) * curve.ORDER
    else:
        number ^= 1 << draw(st.integers(0, 255))
    return data[:-32] + (number % 2**256).to_bytes(32, "little")


def odd_encodings():
    """All encodings of the eight points of small order, and those of y from p to 2^255 - 1."""
    ys = [int.from_bytes(small_point(i), "little") % 2**255 for i in range(8)]
    ys = sorted({*ys, *range(curve.P, 2**255)})
    return [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]


def small_point(index):
    return twisted(0, index)


def twisted(scalar, index):
    """Return the encoding of scalar * base + index * (a point of order 8)."""
    base = ed25519._odd_multiples(curve.BASE)
    twist = ed25519._odd_multiples(POINT_OF_ORDER_8)
    return finished(curve.encoded_steps(finished(ed25519._sum_steps(scalar, base, index, twist))))


def point_of_order_8():
    """Return the order times some point off the main group."""
    any_point = finished(curve.decoded_steps((3).to_bytes(32, "little")))
    multiples = ed25519._odd_multiples(any_point)
    steps = ed25519._sum_steps(0, multiples, curve.ORDER, multiples)
    return finished(curve.decoded_steps(finished(curve.encoded_steps(finished(steps)))))


POINT_OF_ORDER_8 = point_of_order_8()


def test_the_point_of_order_8_has_eight_different_multiples():
    assert len({small_point(index) for index in range(8)}) == 8


# The arithmetic below


def test_the_constants_of_the_curve_are_those_of_rfc_8032():
    assert curve.P == 2**255 - 19
    assert curve.ORDER == 2**252 + 27742317777372353535851937790883648493
    assert curve._D * 121666 % curve.P == -121665 % curve.P
    assert pow(curve._ROOT_OF_MINUS_1, 2, curve.P) == curve.P - 1
    x, y, z, t = curve.BASE
    assert (y * 5 % curve.P, x % 2, z, t) == (4, 0, 1, x * y % curve.P)
    assert (y * y - x * x - 1 - curve._D * t * t) % curve.P == 0


@given(st.tuples(*[st.integers(0, WORST)] * 4), st.tuples(*[st.integers(0, curve.P - 1)] * 4))
@example((WORST, 0, WORST, WORST), (curve.P - 1,) * 4)
@example((WORST,) * 4, (0,) * 4)
@example((0, WORST, WORST, WORST), (0, curve.P - 1, 0, curve.P - 1))
@example((WORST, WORST, 0, WORST), (curve.P - 1, 0, curve.P - 1, 0))
def test_no_number_grows_beyond_its_bound_or_below_zero(point, addend):
    with mock.patch.object(curve, "_folded", folded_within_bounds):
        for total in (curve.added(point, addend), curve.doubled(point[:3])):
            assert all(0 <= factor < 2**265 for factor in total)
            assert all(0 <= coordinate <= WORST for coordinate in curve.extended(total))


def folded_within_bounds(number, folded=curve._folded):
    assert 0 <= number < 2**530
    return folded(number)


@given(st.integers(0, 2**265 - 1), st.integers(0, 2**265 - 1))
@example(2**265 - 1, 2**265 - 1)
def test_a_product_of_the_largest_factors_is_reduced_enough(one, other):
    reduced = curve._reduced(one * other)
    assert reduced <= WORST
    assert reduced % curve.P == one * other % curve.P


@given(SCALARS)
@example(0)
@example(curve.ORDER - 1)
def test_digits_are_few_odd_and_add_up(scalar):
    digits = ed25519._signed_digits(scalar)
    assert sum(digit << position for position, digit in enumerate(digits)) == scalar
    assert len(digits) == 256
    assert all(digit == 0 or (digit % 2 and -16 < digit < 16) for digit in digits)
    assert all(sum(map(bool, digits[at : at + 5])) <= 1 for at in range(252))


def test_no_step_is_longer_than_eighty_multiplications(monkeypatch):
    """About 20 ms on an RP2040, so that a Box blinks and listens while it verifies."""
    spent = []
    cost = {"added": 4, "doubled": 4, "extended": 4, "projective": 3, "addend": 1}
    for name, multiplications in cost.items():
        monkeypatch.setattr(curve, name, charged(getattr(curve, name), multiplications, spent))
    monkeypatch.setattr(curve, "pow", charged_pow(spent), raising=False)

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    steps = ed25519.verify_steps(public_bytes(key), b"flood", key.sign(b"flood"))
    longest = 0
    for _ in steps:
        longest = max(longest, sum(spent))
        spent.clear()
    assert 44 <= max(longest, sum(spent)) <= 80


def charged(function, multiplications, spent):
    def counting(*arguments):
        spent.append(multiplications)
        return function(*arguments)

    return counting


def charged_pow(spent):
    """Return pow() that charges a squaring for each bit and a product for each set bit."""

    def counting(base, exponent, modulus):
        spent.append(exponent.bit_length() + exponent.bit_count() - 2)
        return pow(base, exponent, modulus)

    return counting


# AES-CCM, HMAC and HKDF


@given(KEYS_16, NONCES, st.binary(max_size=400), st.binary(max_size=60))
def test_what_one_seals_the_other_opens(key, nonce, plaintext, aad):
    sealed = ccm.seal(key, nonce, plaintext, aad)
    assert sealed == AESCCM(key, tag_length=8).encrypt(nonce, plaintext, aad)
    assert ccm.open(key, nonce, sealed, aad) == plaintext


@given(KEYS_16, NONCES, st.binary(max_size=60), st.binary(max_size=30), st.data())
def test_what_was_changed_underway_is_forged_to_both(key, nonce, plaintext, aad, data):
    sealed = data.draw(changed(ccm.seal(key, nonce, plaintext, aad)))
    try:
        opened = AESCCM(key, tag_length=8).decrypt(nonce, sealed, aad)
    except InvalidTag:
        with pytest.raises(ccm.Forged):
            ccm.open(key, nonce, sealed, aad)
    else:
        assert ccm.open(key, nonce, sealed, aad) == opened


@given(st.binary(max_size=200), st.binary(max_size=200))
@example(bytes(range(64)), b"")
@example(bytes(range(65)), b"")
def test_hmac_is_that_of_the_standard_library(key, message):
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")


@given(st.binary(max_size=80), st.binary(max_size=80), st.integers(1, 300), st.binary(max_size=80))
def test_hkdf_is_that_of_openssl(secret, info, length, salt):
    theirs = HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
    assert hkdf_sha256(secret, info, length, salt) == theirs
