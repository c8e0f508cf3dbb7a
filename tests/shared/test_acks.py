import unittest

from protocol import acks


class TestAcks(unittest.TestCase):
    def test_one_number_is_three_bytes(self):
        self.assertEqual(acks.write([81234]), [b"\x01\x3d\x52"])

    def test_the_reference_has_three_bitmap_bytes(self):
        seqs = [81234 + after for after in (0, 1, 2, 5, 9, 14, 23)]
        written = acks.write(seqs)
        self.assertEqual(written, [bytes.fromhex("013d52c88402")])
        self.assertEqual(acks.read(written[0]), seqs)

    def test_exactly_what_was_written_is_acknowledged(self):
        for seqs in ([0], [0, 64], [0, 65], [5, 5, 4], list(range(200)), [1, 70, 71, 0xFFFFFF]):
            with self.subTest(seqs=len(seqs)):
                read = [seq for data in acks.write(seqs) for seq in acks.read(data)]
                self.assertEqual(read, sorted(set(seqs)))

    def test_no_acknowledgement_is_longer_than_eleven_bytes(self):
        for data in acks.write(range(0, 1000, 3)):
            self.assertLessEqual(len(data), 11)

    def test_nothing_to_acknowledge_is_no_message(self):
        self.assertEqual(acks.write([]), [])

    def test_nothing_below_the_base_is_acknowledged(self):
        self.assertEqual(acks.read(b"\x00\x00\x09\x80"), [9, 10])

    def test_other_lengths_are_refused(self):
        for length in (0, 1, 2, 12, 200):
            with self.subTest(length=length):
                with self.assertRaises(acks.BadAck):
                    acks.read(bytes(length))

    def test_numbers_beyond_the_last_are_refused(self):
        self.assertEqual(acks.read(b"\xff\xff\xff"), [0xFFFFFF])
        with self.assertRaises(acks.BadAck):
            acks.read(b"\xff\xff\xff\x80")


if __name__ == "__main__":
    unittest.main()
