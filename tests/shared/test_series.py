import unittest

from protocol import series
from protocol.series import BadSeries

# The two rains of the size table, in tips of a five-minute bucket.
STORM = (0, 0, 1, 2, 5, 9, 14, 11, 8, 6, 3, 2, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
STEADY = (21, 24, 23, 25, 22, 26, 24, 23, 25, 27, 22, 21, 24, 26, 25, 23, 22, 24, 25, 21, 23, 26)
SPIKE = (0,) * 100 + (65535,) + (0,) * 187
RIVER = tuple(1200 + 3 * i for i in range(60))


class TestSeries(unittest.TestCase):
    def assert_bad(self, data):
        with self.assertRaises(BadSeries):
            series.decode(data)

    def test_what_the_gauge_counted_arrives_exactly(self):
        for values in (STORM, STEADY, SPIKE, RIVER, (0,), (65535,), (65535, 0) * 40, (7,) * 288):
            with self.subTest(values=values[:3]):
                self.assertEqual(series.decode(series.encode(values)), values)

    def test_each_way_is_taken_where_it_is_the_shortest(self):
        ways = [series.encode(values)[0] >> 6 for values in (STORM[:4], SPIKE, STEADY, RIVER)]
        self.assertEqual(ways, [0, 1, 2, 3])

    def test_a_dry_day_is_a_bit_for_each_value(self):
        self.assertEqual(series.encode((0,) * 288), bytes(37))

    def test_these_are_the_bytes_of_a_short_series(self):
        # Rice, k = 0: 0, 0, 10, 110 and a one to fill up
        self.assertEqual(series.encode((0, 0, 1, 2)), bytes((0x00, 0b00101101)))

    def test_what_is_no_series_is_not_written(self):
        for values in ((), (0,) * 289, (65536,), (-1,), (True,), ("1",), (None,)):
            with self.assertRaises(BadSeries):
                series.encode(values)

    def test_noise_that_no_code_shortens_is_too_long_for_a_message(self):
        noise, seed = [], 1
        for _ in range(288):
            seed = seed * 16807 % 2147483647
            noise.append(seed & 0xFFFF)
        with self.assertRaises(BadSeries):
            series.encode(noise)

    def test_there_is_one_way_to_write_a_series(self):
        self.assertEqual(series.decode(bytes((0x00, 0b00101101))), (0, 0, 1, 2))
        self.assert_bad(bytes((0x01, 0b00000110, 0b01111111)))  # the same with k = 1: longer
        self.assert_bad(bytes((0x00, 0b00101101, 0xFF)))  # filled up beyond its byte
        self.assert_bad(bytes((0x10, 0b00101101)))  # a bit that says nothing

    def test_every_flipped_bit_is_refused_or_another_series(self):
        for values in (STORM, RIVER[:12]):
            whole = series.encode(values)
            for bit in range(8 * len(whole)):
                data = bytearray(whole)
                data[bit // 8] ^= 0x80 >> bit % 8
                try:
                    self.assertNotEqual(series.decode(bytes(data)), values)
                except BadSeries:
                    pass

    def test_every_piece_of_a_series_is_refused_or_another_series(self):
        whole = series.encode(STORM)
        for length in range(len(whole)):
            try:
                self.assertNotEqual(series.decode(whole[:length]), STORM)
            except BadSeries:
                pass

    def test_hostile_bytes_end_in_one_error(self):
        for data in (
            b"",
            b"\x00",
            bytes(37) + b"\x00",  # 296 values
            bytes(513),
            b"\x00" + b"\xff" * 511,  # a code that never ends
            b"\x4f" + b"\xff" * 511,
            b"\x0f" + b"\xff" * 8 + bytes(3),  # a value beyond all others
            b"\x40" + b"\xff" * 3 + bytes(8),
            b"\x80\x9f",  # a difference that leads below zero
        ):
            with self.subTest(data=data[:4]):
                self.assert_bad(data)


if __name__ == "__main__":
    unittest.main()
