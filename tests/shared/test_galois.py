import unittest

from protocol import galois

SOME = (0, 1, 2, 3, 0x1D, 0x53, 0x80, 0x8E, 0xCA, 0xFF)


def product(a, b):
    """Return a times b, bit by bit, as one does on paper."""
    total = 0
    for bit in range(8):
        if b >> bit & 1:
            total ^= a << bit
    for bit in range(14, 7, -1):
        if total >> bit & 1:
            total ^= 0x11D << (bit - 8)
    return total


class TestGalois(unittest.TestCase):
    def test_two_generates_every_number_but_zero(self):
        self.assertEqual(sorted(galois.POWER), list(range(1, 256)))
        for exponent in range(254):
            self.assertEqual(product(galois.POWER[exponent], 2), galois.POWER[exponent + 1])

    def test_a_logarithm_finds_its_power(self):
        for number in range(1, 256):
            self.assertEqual(galois.POWER[galois.LOGARITHM[number]], number)

    def test_the_tables_are_511_bytes(self):
        self.assertEqual(len(galois.POWER) + len(galois.LOGARITHM), 511)

    def test_many_bytes_at_once_are_multiplied_as_one_by_one(self):
        row = bytes(SOME)
        for factor in SOME:
            whole = galois.combined([factor], [int.from_bytes(row, "big")], len(row))
            expected = bytes([product(factor, byte) for byte in row])
            self.assertEqual(whole.to_bytes(len(row), "big"), expected)

    def test_a_sum_has_every_row_in_it(self):
        rows = [bytes(SOME), bytes(reversed(SOME)), bytes([255] * len(SOME))]
        factors = (0x53, 0xCA, 1)
        numbers = [int.from_bytes(row, "big") for row in rows]
        expected = bytearray(len(SOME))
        for factor, row in zip(factors, rows):
            for i in range(len(row)):
                expected[i] ^= product(factor, row[i])
        whole = galois.combined(factors, numbers, len(SOME))
        self.assertEqual(whole.to_bytes(len(SOME), "big"), bytes(expected))


if __name__ == "__main__":
    unittest.main()
