import unittest

from protocol import cobs

LONG = bytes(range(1, 255))  # 254 bytes, the longest block

# plain and stuffed, in hexadecimal
EXAMPLES = (
    ("", "01"),
    ("00", "0101"),
    ("0000", "010101"),
    ("001100", "01021101"),
    ("11220033", "0311220233"),
    ("11223344", "0511223344"),
    ("11000000", "0211010101"),
)
LONG_EXAMPLES = (
    (LONG, b"\xff" + LONG),
    (b"\0" + LONG, b"\x01\xff" + LONG),
    (LONG + b"\xff", b"\xff" + LONG + b"\x02\xff"),
    (LONG + b"\0", b"\xff" + LONG + b"\x01\x01"),
    (LONG[1:] + b"\xff\0", b"\xff" + LONG[1:] + b"\xff\x01\x01"),
    (LONG[1:] + b"\0\1", b"\xfe" + LONG[1:] + b"\x02\x01"),
)


class TestCobs(unittest.TestCase):
    def test_examples_from_the_paper_both_ways(self):
        for plain, stuffed in EXAMPLES:
            with self.subTest(plain=plain):
                self.assertEqual(cobs.encode(bytes.fromhex(plain)), bytes.fromhex(stuffed))
                self.assertEqual(cobs.decode(bytes.fromhex(stuffed)), bytes.fromhex(plain))

    def test_a_block_of_254_bytes_and_its_neighbours_both_ways(self):
        for plain, stuffed in LONG_EXAMPLES:
            with self.subTest(length=len(plain)):
                self.assertEqual(cobs.encode(plain), stuffed)
                self.assertEqual(cobs.decode(stuffed), plain)

    def test_it_costs_a_byte_in_254(self):
        for length in (0, 1, 253, 254, 255, 508, 600):
            for filler in (b"\0", b"\1"):
                stuffed = cobs.encode(filler * length)
                self.assertFalse(0 in stuffed)
                self.assertTrue(len(stuffed) <= cobs.encoded_bytes(length))

    def test_a_zero_inside_or_a_block_that_does_not_end_is_refused(self):
        for bad in (b"", b"\0", b"\1\0", b"\2", b"\3a", b"\3a\0", b"\2a\5abc", b"\xff" + LONG[1:]):
            with self.subTest(bad=bad):
                with self.assertRaises(cobs.BadCobs):
                    cobs.decode(bad)


if __name__ == "__main__":
    unittest.main()
