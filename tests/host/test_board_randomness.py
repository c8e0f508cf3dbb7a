"""No key is made of bytes that somebody could foretell: the door to the source refuses."""

import io
import os
import random
from itertools import cycle, islice

import pytest

from boards.rp2.randomness import NoRandomness, secret

KEY_BYTES = 16
POLYNOMIAL = 0xD5  # MicroPython, ports/rp2/main.c, rosc_random_u8


def stream(source):
    """Return a draw() that goes on through these bytes from one call to the next."""
    endless = iter(source)
    return lambda count: bytes(islice(endless, count))


def stirred(bits, register):
    """Yield the bytes that os.urandom makes of the oscillator's bits on an RP2040."""
    while True:
        for bit in islice(bits, 8):
            register = (register << 1 | bit) ^ (POLYNOMIAL if register & 0x80 else 0)
            register &= 0xFF
        yield register


def refused(draw):
    with pytest.raises(NoRandomness, match="repeats itself: no key may be made on this Box"):
        secret(KEY_BYTES, draw)


@pytest.mark.parametrize("byte", [0x00, 0x2A, 0xFF])
def test_a_source_that_always_says_the_same_byte_is_refused(byte):
    refused(lambda count: bytes([byte]) * count)


def test_a_source_that_begins_anew_at_each_question_is_refused():
    refused(lambda count: random.Random(7).randbytes(count))


def test_a_source_that_begins_anew_after_some_bytes_is_refused():
    for period in range(1, 321):
        refused(stream(cycle(random.Random(period).randbytes(period))))


@pytest.mark.parametrize("bits", [[0], [1], [0, 1]])
def test_an_oscillator_that_is_stuck_is_refused_although_micropython_stirs_its_bits(bits):
    for register in range(256):
        refused(stream(stirred(cycle(bits), register)))


def test_a_source_that_counts_through_its_bytes_is_refused():
    refused(stream(cycle(range(256))))


@pytest.mark.parametrize("width", [4, 8])
def test_a_source_that_counts_in_few_different_bytes_is_refused(width):
    refused(stream(byte for number in range(1, 999) for byte in number.to_bytes(width, "big")))


def test_a_source_that_dies_when_the_key_is_drawn_is_refused():
    alive = random.Random(7).randbytes(320)
    refused(stream(alive + bytes(KEY_BYTES)))
    refused(stream(alive + alive[:KEY_BYTES]))


def test_a_source_that_died_after_one_key_gives_no_second():
    draw = stream(random.Random(7).randbytes(320 + KEY_BYTES) + bytes(320 + KEY_BYTES))
    assert len(secret(KEY_BYTES, draw)) == KEY_BYTES
    refused(draw)


@pytest.mark.parametrize("count", [16, 64])
def test_a_fair_source_is_never_refused(count):
    for seed in range(2_000):
        assert len(secret(count, random.Random(seed).randbytes)) == count


def test_no_two_secrets_are_the_same():
    assert len({secret(KEY_BYTES) for _ in range(100)}) == 100


def test_no_byte_of_a_secret_was_seen_in_the_trial():
    drawn = io.BytesIO(os.urandom(1_000))
    key = secret(KEY_BYTES, drawn.read)
    assert key == drawn.getvalue()[drawn.tell() - KEY_BYTES : drawn.tell()]
