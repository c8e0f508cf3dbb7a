"""The store on flash of many blocks that are erased ahead; the power fails at each operation."""

import sys
import unittest

from drivers.flash_area import FlashArea
from drivers.ring_store import RingStore
from tests.fakes import NorFlash, PowerCut

BLOCKS = 8
STRIDE = 13 if sys.platform == "rp2" else 1  # all of it would take a small board an hour


def opened(flash):
    return RingStore(FlashArea(flash, 0, BLOCKS), b"S")


def a_busy_day():
    """Yield what a Box does to its store: (key, value or None to remove)."""
    for hour in range(30):
        yield b"Slip" + bytes((hour,)), bytes((hour,)) * 500
        yield b"mark", bytes((hour,)) * 5
        yield b"fault", (b"\xff" if hour % 2 else b"") * 500
        if hour > 4:
            yield b"Slip" + bytes((hour - 4,)), None


class Day:
    """A busy day on this flash, with a quiet moment after each change while tidied is true."""

    def __init__(self, flash, tidied=True):
        self.flash = flash
        self.tidied = tidied
        self.store = opened(flash)
        self.before = self.after = dict(self.store.items())

    def live(self):
        for _ in self.steps():
            pass

    def steps(self):
        """Live, and yield (contents before, contents after) each change and each tidying."""
        for key, value in a_busy_day():
            before = self.before
            self.change(key, value)
            yield before, self.after
            if self.tidied and self.store.untidy():
                self.store.tidy()
                yield self.after, self.after

    def change(self, key, value):
        self.after = dict(self.before)
        if value is None:
            self.after.pop(key, None)
            self.store.remove(key)
        else:
            self.after[key] = value
            self.store.put(key, value)
        self.before = self.after

    def tidy(self):
        for _ in range(200):
            if not self.store.untidy():
                return
            self.store.tidy()
        raise AssertionError("it is never tidy")


class TestErasingAhead(unittest.TestCase):
    def setUp(self):
        self.day = Day(NorFlash(BLOCKS))
        self.flash = self.day.flash

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
        again = Day(self.flash)
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
        again = Day(self.flash)
        again.tidy()
        self.assertEqual((again.store.state, opened(self.flash).state), ("damaged", "damaged"))


class TestPowerCuts(unittest.TestCase):
    def setUp(self):
        self.moments = self.cuts = 0

    def test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns(self):
        for tidied in (True, False):
            self.cut_everywhere(tidied, self.check)

    def test_the_power_fails_again_soon_after(self):
        self.cut_everywhere(True, self.check_again)
        self.assertGreater(self.cuts, 300 // STRIDE)

    def cut_everywhere(self, tidied, check):
        """Live a busy day; for each operation call check(flash, contents before, after) with the
        flash as the power would leave it.
        """
        day, deeds = Day(NorFlash(BLOCKS), tidied), []
        so_far, flash = day.flash.copy(), day.flash.copy()
        day.flash.watch = deeds.append
        for before, after in day.steps():
            for deed in deeds:
                for torn in (False, True) if self.is_chosen() else ():
                    flash.hold(so_far)
                    flash.fail(1, torn)
                    with self.assertRaises(PowerCut):
                        deed(flash)
                    flash.on()
                    check(flash, before, after)
                deed(so_far)
            deeds.clear()

    def is_chosen(self):
        self.moments += 1
        return self.moments % STRIDE == 0

    def check(self, flash, before, after):
        """See what was kept, tidy up, and write: all is there and no change waits."""
        operations = flash.operations
        day = Day(flash)
        self.assertEqual(flash.operations, operations)
        self.assertTrue(day.before in (before, after))
        self.assertTrue(day.store.state == "kept" or not before)
        day.tidy()
        day.change(b"next", b"morning")
        self.assertTrue(dict(opened(flash).items()) == day.after)
        self.assertTrue(day.store.late_erases == 0 or not before)

    def check_again(self, flash, before, after):
        """Now and then go on after the cut, be cut again soon, and lose nothing either."""
        self.cuts += 1
        if self.cuts % 7:
            return
        flash.fail(1 + self.cuts % 5, torn=True)
        day = Day(flash)
        self.assertTrue(day.before in (before, after))
        try:
            day.tidy()
            day.live()
        except PowerCut:
            pass
        flash.on()
        self.check(flash, day.before, day.after)


if __name__ == "__main__":
    unittest.main()
