import unittest

from drivers.flash_area import FlashArea
from drivers.flash_lines import FlashLines
from tests.fakes import NorFlash, PowerCut

SECTORS = 3


def opened(flash):
    return FlashLines(FlashArea(flash, 0, SECTORS))


def tidy(lines):
    while lines.untidy():
        lines.tidy()


class TestFlashLines(unittest.TestCase):
    def setUp(self):
        self.flash = NorFlash(SECTORS)

    def written(self, count, begin=0):
        """Write lines of 100 characters, with a quiet moment after each; return the journal."""
        lines = opened(self.flash)
        for number in range(begin, begin + count):
            lines.append(a_line(number))
            tidy(lines)
        return lines

    def test_lines_follow_one_another_across_restarts(self):
        opened(self.flash).append("one")
        lines = opened(self.flash)
        lines.append("two\nand a half")
        self.assertEqual(lines.last(), "two and a half")
        self.assertEqual(list(opened(self.flash).lines()), ["one", "two and a half"])

    def test_a_new_journal_has_no_last_line(self):
        self.assertEqual((opened(self.flash).last(), list(opened(self.flash).lines())), ("", []))

    def test_looking_into_it_changes_nothing(self):
        self.written(50)
        operations = self.flash.operations
        lines = opened(self.flash)
        self.assertEqual(lines.last(), a_line(49))
        self.assertTrue(lines.untidy())
        self.assertEqual(self.flash.operations, operations)

    def test_it_never_outgrows_its_ring_and_the_oldest_fall_off(self):
        lines = self.written(300)
        self.assertEqual(lines.lost, 0)
        kept = list(opened(self.flash).lines())
        self.assertGreaterEqual(len(kept), 40)
        self.assertEqual(kept, [a_line(number) for number in range(300 - len(kept), 300)])

    def test_right_after_the_turn_the_last_line_is_still_known(self):
        for number in range(100):
            self.written(1, number)
            self.assertEqual(opened(self.flash).last(), a_line(number))

    def test_where_no_erased_sector_is_ready_lines_are_lost_and_counted_but_nothing_erased(self):
        self.written(300)
        erased = len(self.flash.erased)
        lines = opened(self.flash)
        for number in range(300, 400):
            lines.append(a_line(number))
        self.assertEqual(len(self.flash.erased), erased)
        kept = list(lines.lines())
        self.assertGreater(lines.lost, 20)
        self.assertEqual(kept[-1], a_line(399 - lines.lost))
        self.assertIn("no erased sector", lines.trouble)
        tidy(lines)
        self.assertEqual(len(self.flash.erased), erased + 1)
        lines.append("it goes on")
        self.assertEqual(lines.last(), "it goes on")

    def test_a_chip_that_does_not_answer_loses_lines_and_stops_nobody(self):
        lines = opened(self.flash)
        lines.append("one")
        self.flash.broken = True
        lines.append("two")
        self.assertEqual((lines.lost, lines.last()), (1, "one"))
        self.assertIn("does not answer", lines.trouble)
        self.flash.broken = False
        lines.append("three")
        self.assertEqual(list(lines.lines()), ["one", "three"])

    def test_a_line_that_was_half_written_when_the_chip_failed_spoils_no_other(self):
        lines = opened(self.flash)
        lines.append("one")
        program = self.flash.writeblocks

        def program_and_fail(block, data, offset):
            program(block, data, offset)
            raise OSError(5, "it does not answer")

        self.flash.writeblocks = program_and_fail
        lines.append("x" * 400)
        self.flash.writeblocks = program
        lines.append("three")
        self.assertEqual((list(lines.lines()), lines.lost), (["one", "three"], 1))

    def test_a_very_long_line_is_cut(self):
        lines = opened(self.flash)
        for letter, kept in (("x", 400), ("\u6d2a", 100)):
            lines.append(letter * 9_999)
            self.assertEqual(lines.last(), letter * kept)

    def test_what_strangers_sent_cannot_end_a_line(self):
        lines = opened(self.flash)
        lines.append("a\0b\nc")
        self.assertEqual(list(lines.lines()), ["a b c"])

    def test_somebody_elses_flash_is_no_journal_and_is_erased_in_a_quiet_moment(self):
        self.flash.image[:] = b"somebody else's\n" * (len(self.flash.image) // 16)
        lines = opened(self.flash)
        lines.append("lost")
        self.assertEqual((lines.last(), lines.lost, self.flash.erased), ("", 1, []))
        tidy(lines)
        lines.append("one")
        self.assertEqual(list(opened(self.flash).lines()), ["one"])


class TestPowerCuts(unittest.TestCase):
    def test_a_line_torn_by_a_power_cut_spoils_no_other(self):
        for kept in (b"", b"t", b"tw", b"two"):
            flash = NorFlash(SECTORS)
            opened(flash).append("one")
            FlashArea(flash, 0, 1).program(8 + 4, kept)
            self.assertEqual(opened(flash).last(), "one")
            opened(flash).append("three")
            self.assertEqual(list(opened(flash).lines()), ["one", "three"])

    def test_wherever_the_power_is_cut_no_whole_line_is_lost_and_none_is_made_up(self):
        operations = self.lived(NorFlash(SECTORS))[0].operations
        for number in range(1, operations + 1):
            for torn in (False, True):
                with self.subTest(operation=number, torn=torn):
                    self.check(*self.lived(NorFlash(SECTORS, number, torn)))

    def lived(self, flash):
        """Write lines, with a quiet moment after each; return (flash, lines known to be kept)."""
        lines, whole = opened(flash), 0
        try:
            for number in range(36):
                lines.append(a_line(number, 400))
                whole = number + 1
                if lines.untidy():
                    lines.tidy()
        except PowerCut:
            flash.on()
        return flash, whole

    def check(self, flash, whole):
        found = list(opened(flash).lines())
        there = whole + (found[-1:] == [a_line(whole, 400)])  # the last one may be, too
        self.assertEqual(found, [a_line(n, 400) for n in range(there - len(found), there)])
        self.assertGreaterEqual(len(found), min(whole, 9))
        self.assertEqual(opened(flash).last(), "" if not found else found[-1])
        lines = opened(flash)
        tidy(lines)
        lines.append("next")
        self.assertEqual((lines.last(), lines.lost), ("next", 0))


def a_line(number, length=100):
    return ("%d " % number) + "x" * (length - 4)


if __name__ == "__main__":
    unittest.main()
