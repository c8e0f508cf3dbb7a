"""Compressed COSE, judged by strangers: what a frame is short for is standard, both ways.

The strangers are two COSE packages in an environment of their own (cose_judge.py).
"""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import cose, crypto
from protocol import ccm, ed25519, frame, messages, proof
from protocol.schema import DOWN, UP
from tests.host import strangers
from tests.host.wire_values import any_message

KEY = bytes(range(16))
PRIVATE = bytes(range(32))
PUBLIC = crypto.public_of(PRIVATE)
REALM = b"county07"
EPOCH = 3
CALL = messages.make("Call", button=2, kind="medical", minute=996480)
CANCEL = messages.make("Cancel", slot=1, order=b"\1\1\x11\xe0", reason="false_alarm")

HEADERS = (
    frame.Header(frame.SEALED, UP, 3, 0, True, 4660, 81234),
    frame.Header(frame.SEALED, UP, 4, 4, False, 1, 0),
    frame.Header(frame.SEALED, DOWN, 3, 0, True, 0xEFFF, 0xFFFFFF),
    frame.Header(frame.LOCAL, UP, 6, 0, True, 4660, 81235),
    frame.Header(frame.SIGNED, DOWN, 4, 0, False, 0xF001, 70112),
    frame.Header(frame.SIGNED, DOWN, 5, 0, True, 0xFFFF, 1),
)
SEALED_CALL, SIGNED_CANCEL = HEADERS[0], HEADERS[-1]
BODIES = (b"\0", messages.encode(UP, CALL), bytes(range(256)))
EPOCHS = (0, EPOCH, 0xFFFF)
CASES = [(header, *case) for header in HEADERS for case in zip(BODIES, EPOCHS)]


def ours(header, body, epoch=EPOCH):
    """Return the frame that this system makes."""
    if header.mode == frame.SIGNED:
        signature = crypto.sign(PRIVATE, proof.to_be_signed(REALM, header, body))
        return frame.write(header, body + signature)
    return frame.write(header, proof.seal(crypto, KEY, epoch, REALM, header, body))


def taken(raw, epoch=EPOCH, cipher=crypto, verify=crypto.verify):
    """Return the body of a frame that this system believes, or None."""
    header, protected = frame.read(raw)
    if header.mode == frame.SIGNED:
        body, signature = proof.split_signed(protected)
        signed = proof.to_be_signed(REALM, header, body)
        return body if verify(PUBLIC, signed, signature) else None
    try:
        return proof.unseal(cipher, KEY, epoch, REALM, header, protected)
    except cipher.Forged:
        return None


def question(stranger, header, expanded):
    """Ask what is in this object, once it is proven."""
    given_to_it = {"cose": expanded.cose, "aad": expanded.external_aad}
    if header.mode == frame.SIGNED:
        return stranger, "verify", {"public": PUBLIC, **given_to_it}
    return stranger, "open", {"key": KEY, **given_to_it}


def order_for(stranger, header, body, epoch):
    """Ask for an object that says this, proven for this header."""
    aad = cose.external_aad(header, REALM)
    if header.mode == frame.SIGNED:
        keys = {"private": PRIVATE, "public": PUBLIC}
        return stranger, "sign", {**keys, "payload": body, "aad": aad}
    nonce = proof.nonce(header, epoch)
    return stranger, "seal", {"key": KEY, "nonce": nonce, "plaintext": body, "aad": aad}


@pytest.mark.parametrize("stranger", strangers.NAMES)
def test_a_stranger_proves_what_a_frame_is_short_for(stranger):
    expanded = [cose.expand(ours(*case), REALM, case[2]) for case in CASES]
    asked = [question(stranger, case[0], one) for case, one in zip(CASES, expanded)]
    assert strangers.ask(asked) == [body for _, body, _ in CASES]


@pytest.mark.parametrize("stranger", strangers.NAMES)
def test_what_a_stranger_proves_is_a_frame_that_we_take(stranger):
    made = strangers.ask(order_for(stranger, *case) for case in CASES)
    for (header, body, epoch), one in zip(CASES, made):
        raw = cose.compress(one, header, epoch)
        assert frame.read(raw)[0] == header
        assert taken(raw, epoch) == body
        assert taken(raw, epoch, ccm, ed25519.verify) == body  # on a Box, too


@pytest.mark.parametrize("stranger", strangers.NAMES)
def test_a_stranger_seals_the_very_bytes_that_we_seal(stranger):
    made = strangers.ask(order_for(stranger, *case) for case in CASES)
    for case, one in zip(CASES, made):
        assert cose.compress(one, case[0], case[2]) == ours(*case)


@pytest.mark.parametrize("stranger", strangers.NAMES)
@pytest.mark.parametrize(
    ("header", "message"), [(SEALED_CALL, CALL), (SIGNED_CANCEL, CANCEL)], ids=["sealed", "signed"]
)
def test_no_bit_can_be_changed_for_a_stranger_nor_for_us(stranger, header, message):
    whole = cose.expand(ours(header, messages.encode(header.direction, message)), REALM, EPOCH)
    changed = [whole._replace(cose=one) for one in with_one_bit_changed(whole.cose)]
    elsewhere = [
        whole._replace(external_aad=one) for one in with_one_bit_changed(whole.external_aad)
    ]
    asked = [question(stranger, header, one) for one in [whole, *changed, *elsewhere]]
    proven, *answers = strangers.ask(asked)
    assert proven is not None
    assert answers == [None] * len(answers)
    for one in changed:
        assert not accepted(one.cose, header)


def accepted(cose_object, header):
    """Do we take this object, sent as a frame of this header?"""
    try:
        raw = cose.compress(cose_object, header, EPOCH)
    except cose.NotCompressible:
        return False
    return taken(raw) is not None


def with_one_bit_changed(data):
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 0x80 >> bit % 8
        yield bytes(changed)


@given(any_message(), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFF))
def test_any_frame_is_the_same_after_there_and_back(one, address, seq, epoch):
    direction, message = one
    row = messages.row_of(direction, message)
    for mode in (frame.SEALED, frame.LOCAL, frame.SIGNED):
        header = frame.Header(mode, direction, row.number, row.priority, False, address, seq)
        raw = ours(header, messages.encode(direction, message), epoch)
        if len(raw) <= frame.MOST_BYTES:
            assert cose.compress(cose.expand(raw, REALM, epoch).cose, header, epoch) == raw


def test_a_frame_whose_address_stayed_at_home_is_short_for_the_same_object():
    whole = ours(SEALED_CALL, BODIES[1])
    header, protected = frame.read(whole)
    elided = frame.write(header, protected, elided=True)
    assert len(elided) == len(whole) - 2
    assert cose.expand(elided, REALM, EPOCH, carrier=4660) == cose.expand(whole, REALM, EPOCH)


def test_the_object_is_the_one_the_specification_shows():
    raw = frame.write(SIGNED_CANCEL, b"\1\2\3" + bytes(64))
    expanded = cose.expand(raw, REALM)
    assert expanded.cose.hex() == "d28443a10127a0430102035840" + "00" * 64
    assert expanded.external_aad == b"fengsui/1" + REALM + bytes.fromhex("aa28ffff000001")
    raw = frame.write(SEALED_CALL, b"\7" * 9)
    expanded = cose.expand(raw, REALM, EPOCH)
    assert expanded.cose.hex() == (
        "d08343a1010aa1054d" + "001234000301" + "3d520000000000" + "49" + "07" * 9
    )


def test_an_open_frame_is_short_for_nothing():
    header = SEALED_CALL._replace(mode=frame.OPEN)
    with pytest.raises(ValueError, match="open frame"):
        cose.expand(frame.write(header, bytes(9)), REALM, EPOCH)


def test_a_sealed_frame_cannot_be_written_out_without_its_epoch():
    with pytest.raises(ValueError, match="epoch"):
        cose.expand(ours(SEALED_CALL, b"\0"), REALM)


NONCE = proof.nonce(SEALED_CALL, EPOCH)
OTHER_NONCE = proof.nonce(SEALED_CALL, EPOCH + 1)
PROTECTED = bytes.fromhex("a1010a")


def encrypt0(protected=PROTECTED, unprotected=None, more=(bytes(9),), tag=16):
    unprotected = {5: NONCE} if unprotected is None else unprotected
    return cbor2.dumps(cbor2.CBORTag(tag, [protected, unprotected, *more]))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(encrypt0(protected=b"\xa1\x01\x01"), id="another algorithm"),
        pytest.param(encrypt0(protected=b"\xa2\x01\x0a\x04\x41\x07"), id="a protected kid"),
        pytest.param(encrypt0(unprotected={5: NONCE, 4: b"\7"}), id="a kid"),
        pytest.param(encrypt0(unprotected={5: bytes(13)}), id="the nonce of another header"),
        pytest.param(encrypt0(unprotected={5: OTHER_NONCE}), id="the nonce of another epoch"),
        pytest.param(encrypt0(unprotected={5: NONCE[:-1]}), id="a short nonce"),
        pytest.param(encrypt0(unprotected={}), id="no nonce"),
        pytest.param(encrypt0(unprotected={5: 7}), id="a number for a nonce"),
        pytest.param(encrypt0(more=(None,)), id="a detached content"),
        pytest.param(encrypt0(more=("a" * 9,)), id="text for a content"),
        pytest.param(encrypt0(more=()), id="too short an array"),
        pytest.param(encrypt0(more=(bytes(9), b"")), id="too long an array"),
        pytest.param(encrypt0(tag=17), id="a COSE_Mac0"),
        pytest.param(encrypt0()[1:], id="no tag"),
        pytest.param(encrypt0() + b"\0", id="a byte too many"),
        pytest.param(encrypt0()[:-1], id="a byte too few"),
        pytest.param(encrypt0(more=(bytes(4096),)), id="too long"),
        pytest.param(b"\xd0\x9f" + encrypt0()[2:] + b"\xff", id="an array without a length"),
        pytest.param(b"\xd0" + b"\x81" * 600 + b"\0", id="arrays in arrays in arrays"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_an_object_that_no_frame_is_short_for_is_refused(other):
    assert cose.compress(encrypt0(), SEALED_CALL, EPOCH)
    with pytest.raises(cose.NotCompressible):
        cose.compress(other, SEALED_CALL, EPOCH)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_object_of_ours_or_refused(data):
    for header in (SEALED_CALL, SIGNED_CANCEL):
        try:
            raw = cose.compress(data, header, EPOCH)
        except cose.NotCompressible:
            continue
        assert cose.expand(raw, REALM, EPOCH).cose == data
