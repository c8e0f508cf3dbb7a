import unittest

from protocol.crc16 import crc16


class TestCrc16(unittest.TestCase):
    def test_the_check_value_of_the_catalogue(self):
        self.assertEqual(crc16(b"123456789"), 0x29B1)

    def test_nothing_is_the_first_value(self):
        self.assertEqual(crc16(b""), 0xFFFF)

    def test_data_and_its_check_together_are_zero(self):
        data = b"a village"
        self.assertEqual(crc16(data + crc16(data).to_bytes(2, "big")), 0)

    def test_every_single_bit_counts(self):
        data = bytes(range(40))
        for bit in range(8 * len(data)):
            spoiled = bytearray(data)
            spoiled[bit // 8] ^= 0x80 >> bit % 8
            self.assertNotEqual(crc16(spoiled), crc16(data))


if __name__ == "__main__":
    unittest.main()
