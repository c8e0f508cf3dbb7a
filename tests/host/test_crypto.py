"""The Box's own cryptography against OpenSSL's, with which the county signs, seals and opens.

No difference is known, with one of form: what raises an error at the county for the length of
a key or a signature is simply not genuine on the Box.
"""

import hashlib
import hmac
import re
from pathlib import Path

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
from tests.shared import school25519 as school
from tests.shared.ed25519_vectors import DISPUTED, REFERENCE_ORDER

KEYS_16 = st.binary(min_size=16, max_size=16)
BYTES_32 = st.binary(min_size=32, max_size=32)
NONCES = st.binary(min_size=13, max_size=13)
SCALARS = st.integers(0, curve.ORDER - 1)
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
@settings(max_examples=300)
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
    twist = school.times(index, POINT_OF_ORDER_8)
    return school.encoded(school.total(school.times(scalar, school.BASE), twist))


def point_of_order_8():
    """Return the order times some point off the main group."""
    x, _, _, y = finished(curve.decoded_steps((3).to_bytes(32, "little"), curve.squared))
    return school.times(curve.ORDER, (x, y))


POINT_OF_ORDER_8 = point_of_order_8()


def test_the_point_of_order_8_has_eight_different_multiples():
    assert len({small_point(index) for index in range(8)}) == 8


@pytest.mark.parametrize("twist", range(1, 8))
def test_a_small_point_added_to_r_is_noticed_by_both_whatever_the_halves_are(twist):
    """A v that is not odd, or a u that is right for the main group only, would miss some."""
    key, right = twisted(12345, 0), school.times(777, school.BASE)
    wrong = school.encoded(school.total(right, school.times(twist, POINT_OF_ORDER_8)))
    for message in (bytes((n,)) for n in range(30)):
        k = int.from_bytes(hashlib.sha512(wrong + key + message).digest(), "little")
        signature = wrong + ((777 + k * 12345) % curve.ORDER).to_bytes(32, "little")
        assert VERIFIER.verify(key, message, signature) is False
        assert verdict_of_openssl(key, message, signature) is False


def test_openssl_made_the_signature_of_the_reference_order():
    assert verdict_of_openssl(*map(bytes.fromhex, REFERENCE_ORDER)) is True


def test_the_chip_is_measured_with_the_reference_order():
    script = Path(__file__).parents[1] / "emulator/on_chip/verify.py"
    text = re.sub(r'["\s]', "", script.read_text())
    assert all(part in text for part in REFERENCE_ORDER)


# The arithmetic below


def test_the_constants_of_the_curve_are_those_of_rfc_8032():
    assert (curve.P, curve.ORDER) == (school.P, school.ORDER)
    assert curve._D * 121666 % curve.P == -121665 % curve.P
    assert pow(curve._ROOT_OF_MINUS_1, 2, curve.P) == curve.P - 1
    assert school.of_factors(curve.BASE) == school.BASE
    assert school.of_factors(curve.BASE_TIMES_2_128) == school.times(2**128, school.BASE)
    assert school.of_factors(curve.ZERO) == school.NEUTRAL


@given(st.integers(0, 2**256 - 1), st.integers(0, 60))
def test_a_number_is_squared_as_often_as_said(number, times):
    assert curve.squared(number, times) == pow(number, 2**times, curve.P)


@st.composite
def kept_points(draw):
    """A point of any order as it is kept: the same point has many factors, below zero too."""
    main = school.times(draw(SCALARS), school.BASE)
    x, y = school.total(main, school.times(draw(st.integers(0, 7)), POINT_OF_ORDER_8))
    g, f = draw(st.integers(1, curve.P - 1)), draw(st.integers(1, curve.P - 1))
    off = curve.P * draw(st.integers(-1, 1))
    return x * g % curve.P + off, f, g - off, y * f % curve.P + off


@given(kept_points(), kept_points(), st.lists(st.integers(-7, 7), min_size=1, max_size=4))
@settings(max_examples=60)
def test_sums_of_points_are_those_of_school(start, other, halves):
    digits = [2 * half + 1 if half else 0 for half in halves]
    written = bytes(digit % 32 for digit in digits)
    terms = ((written, finished(curve.multiples_steps(other))),)
    point = curve.summed(start, terms, range(len(digits) - 1, -1, -1))
    scalar = sum(digit << position for position, digit in enumerate(digits))
    expected = school.total(
        school.times(2 ** len(digits), school.of_factors(start)),
        school.times(scalar, school.of_factors(other)),
    )
    assert school.of_factors(point) == expected
    assert curve.is_zero(point) is (expected == school.NEUTRAL)


@given(kept_points())
@example(curve.ZERO)
@example((0, 1, 1, -1))  # of order two: x is 0 here as well
def test_only_the_neutral_point_is_zero(point):
    assert curve.is_zero(point) is (school.of_factors(point) == school.NEUTRAL)
    minus = school.of_factors(curve.negative(point))
    assert school.total(minus, school.of_factors(point)) == school.NEUTRAL


@given(SCALARS)
@example(0)
@example(1)
@example(curve.ORDER - 1)
@example((8 * curve.ORDER - 2) // 14)  # Euclid comes to 2 at once, and to an even v
@example(2**128)
@example(2**128 - 1)
def test_halves_are_half_as_long_and_v_is_odd(k):
    u, v = ed25519._halves(k)
    assert (u - v * k) % (8 * curve.ORDER) == 0
    assert v % 2 == 1
    assert 0 < abs(v) < 2**128
    assert u >= 0


def test_halves_of_digests_are_hardly_longer_than_128_bits():
    digests = (hashlib.sha512(bytes((a, b))).digest() for a in range(16) for b in range(64))
    numbers = (int.from_bytes(digest, "little") % curve.ORDER for digest in digests)
    assert max(ed25519._halves(k)[0].bit_length() for k in numbers) < 145


@given(st.integers(0, 2**256 - 1))
@example(0)
@example(2**256 - 1)
@example(2**128 - 1)
@example(16)
def test_digits_are_few_odd_and_add_up(scalar):
    digits = [d - 32 * (d > 15) for d in ed25519._signed_digits(scalar)]
    assert sum(digit << position for position, digit in enumerate(digits)) == scalar
    assert all(digit == 0 or (digit % 2 and -16 < digit < 16) for digit in digits)
    assert all(sum(map(bool, digits[at : at + 5])) <= 1 for at in range(len(digits)))
    assert len(digits) <= scalar.bit_length() + 1


def test_no_step_is_longer_than_eighty_multiplications(monkeypatch):
    """About 17 ms on an RP2040, so that a Box blinks and listens while it verifies."""
    spent = []
    for name in ("_coordinates", "_added"):
        monkeypatch.setattr(curve, name, charged(getattr(curve, name), 4, spent))
    monkeypatch.setattr(curve, "_doubled", charged(curve._doubled, 7, spent))
    plain = ed25519.PLAIN._replace(squared=charged_squared(spent))

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    verifier = ed25519.Verifier(arithmetic=plain)
    spent.clear()
    longest = 0
    for _ in verifier.verify_steps(public_bytes(key), b"flood", key.sign(b"flood")):
        longest = max(longest, sum(spent))
        spent.clear()
    assert 44 <= longest <= 80


def charged(function, multiplications, spent):
    def counting(*arguments):
        spent.append(multiplications)
        return function(*arguments)

    return counting


def charged_squared(spent):
    def counting(number, times):
        spent.append(times)
        return curve.squared(number, times)

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
