import hashlib
import unittest

from protocol import frame, proof
from protocol.frame import Header
from protocol.schema import DOWN, UP

REALM = b"realm 01"
OTHER_REALM = b"realm 02"
KEY = b"sixteen byte key"
CALL = Header(frame.SEALED, UP, 3, 0, True, 4660, 81234)
ORDER = Header(frame.SIGNED, DOWN, 4, 0, False, 0xF001, 70112)

UP_SEALED = (1, 3, 4, 7, 8, 14)
DOWN_SEALED = (1, 3, 6, 7, 10)
DOWN_SIGNED = (4, 5)


class Forged(ValueError):
    pass


class PlainCipher:
    """Hides nothing and proves everything: a tag over all four arguments."""

    def seal(self, key, nonce, plaintext, aad):
        return plaintext + self._tag(key, nonce, plaintext, aad)

    def open(self, key, nonce, protected, aad):
        if self._tag(key, nonce, protected[:-8], aad) != protected[-8:]:
            raise Forged("the seal does not open")
        return protected[:-8]

    def _tag(self, *parts):
        digest = hashlib.sha256()
        for part in parts:
            digest.update(len(part).to_bytes(2, "big") + part)
        return digest.digest()[:8]


CIPHER = PlainCipher()


class TestSealed(unittest.TestCase):
    def test_what_was_sealed_opens(self):
        protected = proof.seal(CIPHER, KEY, 3, REALM, CALL, b"body")
        self.assertEqual(proof.unseal(CIPHER, KEY, 3, REALM, CALL, protected), b"body")

    def test_the_nonce_is_direction_address_epoch_and_number(self):
        nonce = proof.nonce(CALL, 3)
        self.assertEqual(nonce, bytes.fromhex("0012340003013d520000000000"))

    def test_two_frames_of_one_key_never_share_a_nonce(self):
        seen = set()
        for direction in (UP, DOWN):
            for epoch in (0, 1):
                for seq in (0, 1, 0xFFFFFF):
                    header = Header(frame.SEALED, direction, 3, 0, True, 4660, seq)
                    seen.add(proof.nonce(header, epoch))
        self.assertEqual(len(seen), 12)

    def test_every_flipped_bit_of_the_frame_is_seen(self):
        protected = proof.seal(CIPHER, KEY, 3, REALM, CALL, b"body")
        whole = frame.write(CALL, protected)
        for bit in range(8 * len(whole)):
            data = bytearray(whole)
            data[bit // 8] ^= 0x80 >> bit % 8
            with self.assertRaises(ValueError):
                header, protected = frame.read(bytes(data))
                proof.unseal(CIPHER, KEY, 3, REALM, header, protected)

    def test_another_county_epoch_or_key_does_not_open_it(self):
        protected = proof.seal(CIPHER, KEY, 3, REALM, CALL, b"body")
        for key, epoch, realm in (
            (KEY, 3, OTHER_REALM),
            (KEY, 4, REALM),
            (bytes(16), 3, REALM),
        ):
            with self.assertRaises(Forged):
                proof.unseal(CIPHER, key, epoch, realm, CALL, protected)

    def test_road_dress_changes_nothing(self):
        protected = proof.seal(CIPHER, KEY, 3, REALM, CALL, b"body")
        dressed = frame.write(CALL, protected, elided=True)
        header, protected = frame.read(dressed, 4660)
        self.assertEqual(proof.unseal(CIPHER, KEY, 3, REALM, header, protected), b"body")


class TestSigned(unittest.TestCase):
    def test_what_is_signed_is_the_structure_of_the_standard(self):
        expected = (
            b"\x84" + b"\x6aSignature1" + b"\x43\xa1\x01\x27"  # 4 parts; {1: -8}
            + b"\x58\x18" + b"fengsui/1" + REALM + frame.canonical(ORDER)
            + b"\x44body"
        )  # fmt: skip
        self.assertEqual(proof.to_be_signed(REALM, ORDER, b"body"), expected)

    def test_every_bit_of_header_realm_and_body_is_signed(self):
        signed = proof.to_be_signed(REALM, ORDER, b"body")
        for header in (
            Header(frame.SIGNED, DOWN, 5, 0, False, 0xF001, 70112),
            Header(frame.SIGNED, DOWN, 4, 1, False, 0xF001, 70112),
            Header(frame.SIGNED, DOWN, 4, 0, True, 0xF001, 70112),
            Header(frame.SIGNED, DOWN, 4, 0, False, 0xF002, 70112),
            Header(frame.SIGNED, DOWN, 4, 0, False, 0xF001, 70113),
            Header(frame.SIGNED, UP, 4, 0, False, 0xF001, 70112),
        ):
            self.assertNotEqual(proof.to_be_signed(REALM, header, b"body"), signed)
        self.assertNotEqual(proof.to_be_signed(OTHER_REALM, ORDER, b"body"), signed)
        self.assertNotEqual(proof.to_be_signed(REALM, ORDER, b"bodz"), signed)

    def test_the_signature_is_the_last_64_bytes(self):
        body, signature = proof.split_signed(b"body" + bytes(range(64)))
        self.assertEqual((body, signature), (b"body", bytes(range(64))))


class TestAuthority(unittest.TestCase):
    def permitted(self, mode, direction):
        numbers = []
        for number in range(31):
            header = Header(mode, direction, number, 0, False, 4660, 1)
            try:
                proof.check_permitted(header)
            except proof.NotPermitted:
                continue
            numbers.append(number)
        return tuple(numbers)

    def test_a_box_reports_under_its_seal(self):
        self.assertEqual(self.permitted(frame.SEALED, UP), UP_SEALED)

    def test_the_gateway_speaks_under_the_seal_and_never_orders(self):
        self.assertEqual(self.permitted(frame.SEALED, DOWN), DOWN_SEALED)

    def test_only_orders_and_their_withdrawals_are_signed(self):
        self.assertEqual(self.permitted(frame.SIGNED, DOWN), DOWN_SIGNED)

    def test_a_box_signs_nothing(self):
        self.assertEqual(self.permitted(frame.SIGNED, UP), ())

    def test_the_open_mode_and_the_others_carry_nothing(self):
        for mode in (frame.OPEN, frame.SIGNED_SM2, frame.CHAIN, frame.LOCAL, 6, 7):
            for direction in (UP, DOWN):
                self.assertEqual(self.permitted(mode, direction), ())


if __name__ == "__main__":
    unittest.main()
