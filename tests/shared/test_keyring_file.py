import binascii
import unittest

from protocol import keyring_file
from protocol.keyring_file import BadKeyring, Keyring, Slot

SLOTS = (
    Slot(1, bytes(range(32)), 15, 7, 1, 0),
    Slot(2, bytes(range(32, 64)), 15, 7, 2, 9),
)
ROOTS = (b"r" * 32, b"n" * 32)
KEYRING = Keyring(
    b"\x00\x11\x22\x33\x44\x55\x66\x77", 4660, 3, b"realm...", bytes(32), 0, 4, ROOTS, SLOTS
)


def with_check(body):
    return body + binascii.crc32(body).to_bytes(4, "big")


class TestKeyringFile(unittest.TestCase):
    def test_what_was_written_is_read(self):
        self.assertEqual(keyring_file.read(keyring_file.write(KEYRING)), KEYRING)

    def test_a_box_without_slots_can_be_written(self):
        bare = keyring_file.changed(KEYRING, slots=())
        self.assertEqual(keyring_file.read(keyring_file.write(bare)), bare)

    def test_every_flipped_bit_is_seen(self):
        whole = keyring_file.write(KEYRING)
        for bit in range(8 * len(whole)):
            data = bytearray(whole)
            data[bit // 8] ^= 0x80 >> bit % 8
            with self.assertRaises(BadKeyring):
                keyring_file.read(bytes(data))

    def test_every_truncation_is_seen(self):
        whole = keyring_file.write(KEYRING)
        for length in range(len(whole)):
            with self.assertRaises(BadKeyring):
                keyring_file.read(whole[:length])

    def test_blank_flash_is_no_keyring(self):
        for blank in (bytes(512), b"\xff" * 512, b""):
            with self.assertRaises(BadKeyring):
                keyring_file.read(blank)

    def test_another_format_nine_slots_and_bytes_behind_are_refused(self):
        whole = keyring_file.write(KEYRING)[:-4]
        nine = keyring_file.write(keyring_file.changed(KEYRING, slots=SLOTS[:1] * 9))
        for data in (with_check(b"\x01" + whole[1:]), nine, with_check(whole + b"\x00")):
            with self.assertRaises(BadKeyring):
                keyring_file.read(data)

    def test_a_copy_is_small_enough_for_its_cell(self):
        eight = keyring_file.write(keyring_file.changed(KEYRING, slots=SLOTS * 4))
        self.assertLessEqual(len(eight), 512)
        self.assertEqual(len(keyring_file.read(eight).slots), 8)


if __name__ == "__main__":
    unittest.main()
