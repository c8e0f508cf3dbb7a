import unittest

from firmware.packing import Load
from firmware.roads import KINDS


class TestLoad(unittest.TestCase):
    def taken(self, road, first, *others):
        """Return which of the others ride along, by their bytes."""
        load = Load(KINDS[road], first)
        return [count for count in others if load.takes(count)], load.bytes

    def test_what_fits_into_a_grain_that_is_paid_for_rides_along(self):
        self.assertEqual(self.taken("sbd", 20, 20), ([20], 43))
        self.assertEqual(self.taken("beidou", 20, 20, 20, 20), ([20, 20], 64))

    def test_nothing_rides_along_that_makes_it_dearer(self):
        """50 bytes are a credit; twice that, together, would be three."""
        self.assertEqual(self.taken("sbd", 50, 50, 20), ([20], 73))

    def test_two_dear_ones_go_together_for_the_price_of_both(self):
        self.assertEqual(self.taken("sbd", 60, 60), ([60], 123))

    def test_a_carriers_message_is_no_longer_than_it_takes(self):
        taken, total = self.taken("beidou", 40, 35, 33)
        self.assertEqual((taken, total), ([33], 76))
        taken, total = self.taken("sbd", 95, *[95] * 5)
        self.assertEqual((taken, total), ([95, 95], 289))

    def test_sixteen_are_the_most(self):
        self.assertEqual(len(self.taken("sbd", 13, *[13] * 40)[0]), 15)

    def test_a_frame_too_long_for_a_member_goes_by_itself(self):
        self.assertEqual(self.taken("sbd", 256, 20), ([], 256))
        self.assertEqual(self.taken("sbd", 20, 256), ([], 20))


if __name__ == "__main__":
    unittest.main()
