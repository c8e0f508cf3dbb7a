import hashlib
import unittest

from protocol import frame, proof
from protocol.crc16 import crc16
from protocol.frame import Header
from protocol.schema import DOWN, DOWNWARD, UP, UPWARD

REALM = b"realm 01"
OTHER_REALM = b"realm 02"
KEY = b"sixteen byte key"
CALL = Header(frame.SEALED, UP, 3, 0, True, 4660, 81234)
ORDER = Header(frame.SIGNED, DOWN, 4, 0, False, 0xF001, 70112)

# What may carry what, row by row of the design: (direction, type, the modes it may ride).
SEALED_ONLY = (frame.SEALED,)
OR_LOCAL = (frame.SEALED, frame.LOCAL)
OR_OPEN = (frame.OPEN, frame.SEALED)
SIGNED_ONLY = (frame.SIGNED,)
AUTHORITY = (
    (DOWN, "Order", SIGNED_ONLY),
    (DOWN, "Cancel", SIGNED_ONLY),
    (DOWN, "Keys", SIGNED_ONLY),
    (DOWN, "Settings", SIGNED_ONLY),
    (DOWN, "Image", SIGNED_ONLY),
    (DOWN, "ImageChunk", SEALED_ONLY),
    (DOWN, "Ack", OR_LOCAL),
    (DOWN, "More", OR_LOCAL),
    (DOWN, "CallTaken", OR_LOCAL),
    (DOWN, "CallClosed", OR_LOCAL),
    (DOWN, "Time", OR_LOCAL),
    (DOWN, "Query", (frame.OPEN, frame.SEALED, frame.LOCAL)),
    (DOWN, "TestCall", OR_LOCAL),
    (DOWN, "Carry", OR_LOCAL),
    (UP, "Ack", SEALED_ONLY),
    (UP, "More", SEALED_ONLY),
    (UP, "Call", OR_LOCAL),
    (UP, "Health", OR_OPEN),
    (UP, "Series", SEALED_ONLY),
    (UP, "Alarm", OR_LOCAL),
    (UP, "Playback", OR_LOCAL),
    (UP, "Fault", OR_LOCAL),
    (UP, "Answer", OR_LOCAL),
    (UP, "Evacuation", OR_LOCAL),
    (UP, "Disaster", OR_LOCAL),
    (UP, "Hazard", SEALED_ONLY),
    (UP, "SelfTest", OR_OPEN),
    (UP, "Boot", OR_OPEN),
    (UP, "LogHead", OR_OPEN),
    (UP, "HealthDelta", SEALED_ONLY),
)
NEVER_OPEN = (
    "Order",
    "Cancel",
    "Keys",
    "Settings",
    "Image",
    "ImageChunk",
    "TestCall",
    "Ack",
    "CallTaken",
)


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


class TestOpen(unittest.TestCase):
    header = Header(frame.OPEN, DOWN, 11, 3, False, 4660, 9)

    def test_the_check_is_the_standards(self):
        self.assertEqual(crc16(b"123456789"), 0x29B1)
        self.assertEqual(crc16(b""), 0xFFFF)

    def test_an_open_frame_has_a_check_and_nothing_that_proves_it(self):
        protected = proof.checked(self.header, b"body")
        self.assertEqual(len(protected), 4 + frame.PROOF_BYTES[frame.OPEN])
        self.assertEqual(proof.unchecked(self.header, protected), b"body")

    def test_every_flipped_bit_is_damage(self):
        protected = proof.checked(self.header, b"body")
        whole = frame.write(self.header, protected)
        for bit in range(8 * len(whole)):
            data = bytearray(whole)
            data[bit // 8] ^= 0x80 >> bit % 8
            with self.assertRaises(ValueError):
                header, protected = frame.read(bytes(data), console=True)
                if header.mode != frame.OPEN:
                    raise proof.Damaged("it became another mode")
                proof.unchecked(header, protected)


class TestLocal(unittest.TestCase):
    def test_local_is_sealed_with_a_key_of_its_own(self):
        for direction, mode, purpose in (
            (UP, frame.SEALED, "up"),
            (DOWN, frame.SEALED, "down"),
            (UP, frame.LOCAL, "local-up"),
            (DOWN, frame.LOCAL, "local-down"),
        ):
            header = Header(mode, direction, 3, 0, True, 4660, 81234)
            self.assertEqual(proof.purpose(header), purpose)

    def test_what_was_sealed_in_one_mode_does_not_open_in_the_other_even_under_its_key(self):
        protected = proof.seal(CIPHER, KEY, 3, REALM, CALL, b"body")
        local = Header(frame.LOCAL, *CALL[1:])
        with self.assertRaises(Forged):
            proof.unseal(CIPHER, KEY, 3, REALM, local, protected)


class TestAuthority(unittest.TestCase):
    def permitted(self, direction, mode, number):
        try:
            proof.check_permitted(Header(mode, direction, number, 0, False, 4660, 1))
        except proof.NotPermitted:
            return False
        return True

    def numbers(self):
        """Return {(direction, name): number} of the whole table."""
        tables = ((UP, UPWARD), (DOWN, DOWNWARD))
        return dict(((way, row[1]), row[0]) for way, table in tables for row in table)

    def test_every_type_rides_in_its_modes_and_in_no_other(self):
        numbers = self.numbers()
        for direction, name, modes in AUTHORITY:
            for mode in range(8):
                with self.subTest(direction=direction, name=name, mode=mode):
                    permitted = self.permitted(direction, mode, numbers[direction, name])
                    self.assertEqual(permitted, mode in modes)

    def test_what_is_signed_names_its_slot_first(self):
        for number, name, _, fields in DOWNWARD:
            if self.permitted(DOWN, frame.SIGNED, number):
                self.assertEqual(fields[0][0], "slot", name)

    def test_the_rows_are_the_whole_table(self):
        named = [(direction, name) for direction, name, _ in AUTHORITY]
        self.assertEqual(sorted(named), sorted(self.numbers()))

    def test_a_number_that_no_table_names_rides_in_no_mode(self):
        known = [(key[0], number) for key, number in self.numbers().items()]
        for direction in (UP, DOWN):
            for number in range(32):
                for mode in range(8):
                    if (direction, number) not in known:
                        self.assertFalse(self.permitted(direction, mode, number))

    def test_the_reserved_modes_carry_nothing(self):
        for mode in (frame.SIGNED_SM2, frame.CHAIN, 6, 7):
            for direction in (UP, DOWN):
                for number in range(32):
                    self.assertFalse(self.permitted(direction, mode, number))

    def test_the_open_mode_never_carries_what_sounds_or_changes_or_settles(self):
        numbers = self.numbers()
        for name in NEVER_OPEN:
            self.assertFalse(self.permitted(DOWN, frame.OPEN, numbers[DOWN, name]))
        for name in ("Ack", "Call", "Alarm", "Playback"):
            self.assertFalse(self.permitted(UP, frame.OPEN, numbers[UP, name]))

    def test_a_box_signs_nothing(self):
        for number in range(32):
            self.assertFalse(self.permitted(UP, frame.SIGNED, number))


if __name__ == "__main__":
    unittest.main()
