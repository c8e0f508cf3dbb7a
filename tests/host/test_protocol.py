"""Frames and proofs against judges that share no code with us."""

import binascii

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from host_tools import crypto
from protocol import (
    acks,
    cbor,
    containers,
    frame,
    health_delta,
    keyring_file,
    keys,
    messages,
    proof,
    series,
)
from protocol.crc16 import crc16
from protocol.keyring_file import Keyring, Slot
from protocol.schema import DOWN, UP
from tests.host.wire_values import any_message, any_of

REALM = b"realm 01"
KEY = bytes(range(16))
PRIVATE = bytes(range(32))

seqs = st.integers(0, 0xFFFFFF)
headers = st.builds(
    frame.Header,
    st.sampled_from([frame.SEALED, frame.SIGNED, frame.LOCAL]),
    st.sampled_from([UP, DOWN]),
    st.integers(0, 30),
    st.integers(0, 7),
    st.booleans(),
    st.integers(0, 0xFFFF),
    seqs,
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary(max_size=300)
    | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=6).map(tuple),
    max_leaves=8,
)


gauged = st.one_of(  # calm, steep or wild, as long as the wildest still fit one message
    st.lists(st.integers(0, 30), min_size=1, max_size=288).map(tuple),
    st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=200).map(tuple),
    st.lists(st.sampled_from([0, 1, 1200, 1201, 0xFFFF]), min_size=1, max_size=100).map(tuple),
)


def cose_external(header):
    return b"fengsui/1" + REALM + frame.canonical(header)


def opened(data):
    header, protected = frame.read(data)
    return proof.unseal(crypto, KEY, 1, REALM, header, protected)


def depth(value):
    return 1 + max(map(depth, value), default=1) if isinstance(value, tuple) else 1


class TestCbor:
    @given(values.filter(lambda value: depth(value) <= 4))
    def test_any_value_survives_and_a_stranger_agrees(self, value):
        written = cbor.sequence(value)
        assert cbor.Reader(written).value() == value
        assert cbor2.dumps(value, canonical=True) == written

    @given(values, st.integers(4, 40))
    def test_what_is_nested_too_deep_is_malformed(self, value, arrays):
        for _ in range(arrays):
            value = (value,)
        with pytest.raises(cbor.Malformed):
            cbor.Reader(cbor.sequence(value)).value()

    @given(st.binary(max_size=100))
    def test_read_at_once_or_one_by_one_bytes_say_the_same(self, data):
        items, one_by_one = cbor.Reader(data), []
        try:
            while items.more():
                one_by_one.append(items.value())
        except cbor.Malformed:
            one_by_one = None
        try:
            at_once = cbor.Reader(data).values(len(data))
        except cbor.Malformed:
            at_once = None
        assert at_once == one_by_one

    @given(st.binary(max_size=100))
    def test_any_bytes_are_values_or_malformed_and_have_one_spelling(self, data):
        items, read = cbor.Reader(data), []
        try:
            while items.more():
                read.append(items.value())
        except cbor.Malformed:
            return
        assert cbor.sequence(*read) == data


members = st.binary(min_size=1, max_size=255).filter(lambda data: not frame.is_fragment(data))


class TestFrames:
    @given(headers, st.binary(min_size=65, max_size=300))
    def test_any_frame_survives(self, header, protected):
        assert frame.read(frame.write(header, protected)) == (header, protected)
        elided = frame.write(header, protected, elided=True)
        assert frame.read(elided, header.address) == (header, protected)

    @given(headers, st.binary(min_size=1, max_size=300))
    def test_any_open_frame_survives_at_a_console_and_on_no_road(self, header, body):
        header = header._replace(mode=frame.OPEN)
        data = frame.write(header, proof.checked(header, body))
        read, protected = frame.read(data, console=True)
        assert (read, proof.unchecked(read, protected)) == (header, body)
        with pytest.raises(frame.BadFrame):
            frame.read(data)

    @given(st.binary(max_size=200))
    def test_the_check_is_the_standard_librarys(self, data):
        assert crc16(data) == binascii.crc_hqx(data, 0xFFFF)

    @given(st.binary(max_size=700))
    def test_any_bytes_are_a_frame_or_refused(self, data):
        try:
            header, protected = frame.read(data)
        except frame.BadFrame:
            return
        assert frame.write(header, protected) == data

    @given(st.lists(members, min_size=2, max_size=16))
    def test_any_pack_survives(self, frames):
        assert containers.unpack(containers.pack(frames)) == frames

    @given(st.binary(max_size=700))
    def test_any_payload_is_unpacked_or_refused(self, data):
        try:
            assert len(containers.unpack(data)) <= 16
        except frame.BadFrame:
            pass

    @given(st.binary(max_size=200), st.sampled_from([UP, DOWN]), st.integers(0, 31))
    def test_any_body_is_a_message_or_refused(self, body, direction, number):
        try:
            message = messages.decode(direction, number, body)
        except ValueError:
            return
        if direction == DOWN:  # nothing was skipped, so there is one spelling only
            assert messages.encode(direction, message) == body

    @given(st.sets(seqs, max_size=60))
    def test_exactly_what_is_acknowledged_is_acknowledged(self, numbers):
        assert {seq for data in acks.write(numbers) for seq in acks.read(data)} == numbers

    @given(st.binary(max_size=20))
    def test_any_bytes_are_an_acknowledgement_or_refused(self, data):
        try:
            assert acks.read(data)
        except acks.BadAck:
            pass

    @given(gauged)
    def test_any_series_survives(self, values):
        assert series.decode(series.encode(values)) == values

    @given(st.binary(max_size=520))
    def test_any_bytes_are_a_series_or_refused_and_have_one_spelling(self, data):
        try:
            values = series.decode(data)
        except series.BadSeries:
            return
        assert series.encode(values) == data

    @given(any_of(UP, "Health"), any_of(UP, "Health"), seqs)
    def test_any_health_is_any_other_and_what_changed(self, old, new, seq):
        change = health_delta.delta(seq, old, new)
        messages.encode(UP, change)  # the largest fits its row
        assert health_delta.applied(old, change) == new

    @given(any_of(UP, "Health"), any_of(UP, "HealthDelta"))
    def test_any_change_makes_a_health_or_is_refused(self, old, change):
        try:
            messages.encode(UP, health_delta.applied(old, change))
        except ValueError:
            pass

    @given(st.binary(max_size=300))
    def test_any_bytes_are_a_keyring_or_refused(self, data):
        try:
            keyring_file.read(data)
        except keyring_file.BadKeyring:
            pass

    @given(
        st.builds(
            Keyring,
            st.binary(min_size=8, max_size=8),
            st.integers(1, 0xEFFF),
            st.integers(1, 1 << 32),
            st.binary(min_size=8, max_size=8),
            st.binary(min_size=32, max_size=32),
            st.integers(0, 0xFFFF),
            st.integers(0, 1 << 32),
            st.tuples(st.binary(min_size=32, max_size=32), st.sampled_from((b"", bytes(32)))),
            st.lists(
                st.builds(
                    Slot,
                    st.integers(0, 255),
                    st.binary(min_size=32, max_size=32),
                    st.integers(0, 15),
                    st.integers(0, 7),
                    st.integers(0, 15),
                    st.integers(0, 0xFFFFFF),
                ),
                max_size=8,
            ).map(tuple),
        )
    )
    def test_any_keyring_survives(self, keyring):
        assert keyring_file.read(keyring_file.write(keyring)) == keyring


class TestCose:
    """Each structure is built again here from RFC 9052 by cbor2, and proven by `cryptography`."""

    @given(headers, st.integers(0, 0xFFFF), st.binary(min_size=1, max_size=300))
    def test_a_seal_is_cose_encrypt0(self, header, epoch, body):
        protected = proof.seal(crypto, KEY, epoch, REALM, header, body)
        algorithm = cbor2.dumps({1: 10}, canonical=True)
        aad = cbor2.dumps(["Encrypt0", algorithm, cose_external(header)], canonical=True)
        nonce = (
            bytes([header.direction])
            + header.address.to_bytes(2)
            + epoch.to_bytes(2)
            + header.seq.to_bytes(3)
            + bytes(5)
        )
        assert AESCCM(KEY, tag_length=8).decrypt(nonce, protected, aad) == body
        assert len(protected) == len(body) + 8

    @given(headers, st.binary(min_size=1, max_size=300))
    def test_a_signature_is_cose_sign1(self, header, body):
        signature = crypto.sign(PRIVATE, proof.to_be_signed(REALM, header, body))
        algorithm = cbor2.dumps({1: -8}, canonical=True)
        structure = ["Signature1", algorithm, cose_external(header), body]
        public = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key()
        public.verify(signature, cbor2.dumps(structure, canonical=True))

    @given(any_message(), st.integers(0, 0xFFFFFF), st.data())
    def test_no_changed_frame_opens(self, one, seq, data):
        direction, message = one
        row = messages.row_of(direction, message)
        header = frame.Header(frame.SEALED, direction, row.number, 0, True, 4660, seq)
        body = messages.encode(direction, message)
        sealed = proof.seal(crypto, KEY, 1, REALM, header, body)
        whole = bytearray(frame.write(header, sealed))
        if len(whole) > frame.MOST_BYTES:
            return
        bit = data.draw(st.integers(0, 8 * len(whole) - 1))
        whole[bit // 8] ^= 0x80 >> bit % 8
        with pytest.raises(ValueError):  # noqa: PT011 - BadFrame or Forged, and nothing else
            opened(bytes(whole))


class TestCipher:
    def test_it_raises_forged_and_nothing_else(self):
        sealed = crypto.seal(KEY, bytes(13), b"body", b"aad")
        for key, nonce, protected, aad in (
            (bytes(16), bytes(13), sealed, b"aad"),
            (KEY, b"1" + bytes(12), sealed, b"aad"),
            (KEY, bytes(13), sealed[:-1], b"aad"),
            (KEY, bytes(13), sealed, b"aae"),
            (KEY, bytes(13), b"", b"aad"),
            (KEY, bytes(13), bytes(7), b"aad"),
        ):
            with pytest.raises(crypto.Forged):
                crypto.open(key, nonce, protected, aad)
        assert crypto.open(KEY, bytes(13), sealed, b"aad") == b"body"
        with pytest.raises(InvalidTag):
            AESCCM(KEY, tag_length=8).decrypt(bytes(13), sealed[:-1] + b"x", b"aad")

    def test_a_signature_verifies_or_does_not_and_never_raises(self):
        public = crypto.public_of(PRIVATE)
        signature = crypto.sign(PRIVATE, b"message")
        assert crypto.verify(public, b"message", signature)
        for key, message, signed in (
            (public, b"massage", signature),
            (public, b"message", signature[:-1]),
            (public, b"message", b""),
            (bytes(32), b"message", signature),
            (b"short", b"message", signature),
            (b"\xff" * 32, b"message", signature),
        ):
            assert not crypto.verify(key, message, signed)
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(public).verify(signature, b"massage")


class TestKeys:
    @given(st.binary(min_size=32, max_size=32), st.integers(1, 0xEFFF), st.integers(1, 1 << 20))
    def test_a_box_root_is_hkdf_over_its_place(self, master, address, issue):
        info = cbor2.dumps(["fengsui/1", REALM, address, issue], canonical=True)
        expected = HKDF(SHA256(), 32, None, info).derive(master)
        assert keys.box_root(master, REALM, address, issue) == expected

    @pytest.mark.parametrize("purpose", ["up", "down", "local-up", "local-down"])
    @pytest.mark.parametrize("epoch", [0, 1, 0xFFFF])
    def test_a_traffic_key_is_hkdf_over_epoch_and_purpose(self, purpose, epoch):
        info = cbor2.dumps([epoch, purpose], canonical=True)
        expected = HKDF(SHA256(), 16, None, info).derive(bytes(32))
        assert keys.traffic_key(bytes(32), epoch, purpose) == expected
