"""The store on flash of many blocks that are erased ahead; the power fails at each operation."""

import unittest

from drivers.flash_area import FlashArea
from drivers.ring_store import RingStore
from tests.fakes import NorFlash
from tests.shared.busy_day import STRIDE, CutEverywhere, Day, a_busy_day

BLOCKS = 8


def opened(flash):
    return RingStore(FlashArea(flash, 0, BLOCKS), b"S")


class TestErasingAhead(unittest.TestCase):
    def setUp(self):
        self.day = Day(NorFlash(BLOCKS), opened)
        self.flash = self.day.chip

    def test_a_change_never_waits_for_an_erase(self):
        self.day.live()
        self.assertGreater(len(self.flash.erased), 2)
        self.assertEqual(self.day.store.late_erases, 0)

    def test_a_change_never_waits_for_records_to_move_either_where_it_was_quiet_enough(self):
        operations = self.flash.operations
        for key, value in a_busy_day():
            self.day.change(key, value)
            self.assertLessEqual(self.flash.operations - operations, 7)
            self.day.tidy()
            operations = self.flash.operations

    def test_where_it_is_never_quiet_the_change_erases_itself_and_counts_that(self):
        self.day.tidied = False
        for _ in range(2):
            self.day.live()
        self.assertGreater(self.day.store.late_erases, 2)
        self.assertEqual(self.day.store.late_erases, len(self.flash.erased))
        self.assertEqual(dict(opened(self.flash).items()), self.day.after)

    def test_a_record_of_100_bytes_is_one_page_programmed(self):
        self.day.change(b"Slip", bytes(95))
        for number in range(30):
            operations = self.flash.operations
            self.day.change(b"Slip" + bytes((number,)), bytes(95))
            self.assertEqual(self.flash.operations - operations, 1)
        self.assertEqual(dict(opened(self.flash).items()), self.day.after)

    def test_one_quiet_moment_erases_one_block_or_moves_a_few_records(self):
        self.day.tidied = False
        self.day.live()
        while self.day.store.untidy():
            erased, operations = len(self.flash.erased), self.flash.operations
            self.day.store.tidy()
            self.assertLessEqual(len(self.flash.erased), erased + 1)
            self.assertLessEqual(self.flash.operations, operations + 4)

    def test_after_a_restart_it_looks_whether_the_spare_are_blank_and_erases_nothing_twice(self):
        self.day.live()
        self.day.tidy()
        erased = len(self.flash.erased)
        again = Day(self.flash, opened)
        self.assertTrue(again.store.untidy())
        again.tidy()
        self.assertEqual(len(self.flash.erased), erased)

    def test_a_store_nobody_has_written_to_yet_is_left_alone(self):
        flash = NorFlash(BLOCKS)
        FlashArea(flash, 0, 1).program(0, b"somebody else's data")
        store = opened(flash)
        self.assertEqual((store.state, store.untidy()), ("formatted", False))

    def test_a_damaged_store_stays_damaged_until_something_is_put(self):
        self.day.live()
        self.day.tidy()
        self.flash.image[self.day.store._index.place(b"fault")[0] + 7] ^= 1
        again = Day(self.flash, opened)
        again.tidy()
        self.assertEqual((again.store.state, opened(self.flash).state), ("damaged", "damaged"))


class TestPowerCuts(CutEverywhere, unittest.TestCase):
    def blank(self):
        return NorFlash(BLOCKS)

    def opened(self, chip):
        return opened(chip)

    def test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns(self):
        for tidied in (True, False):
            self.cut_everywhere(tidied, self.check)

    def test_the_power_fails_again_soon_after(self):
        self.cut_everywhere(True, self.check_again)
        self.assertGreater(self.cuts, 300 // STRIDE)


if __name__ == "__main__":
    unittest.main()
