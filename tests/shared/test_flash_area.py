import unittest

from drivers.blanks import Blanks
from drivers.errors import StoreFailed
from drivers.flash_area import FlashArea
from tests.fakes import MemoryArea, NorFlash


class TestFlashArea(unittest.TestCase):
    def setUp(self):
        self.flash = NorFlash(4)
        self.area = FlashArea(self.flash, 1, 2)

    def test_what_was_programmed_is_read_from_any_place(self):
        self.area.program(250, bytes(range(200)))
        self.assertEqual(self.area.read(249, 4), b"\xff\0\1\2")
        self.assertEqual(self.area.read(449, 9), b"\xc7" + b"\xff" * 8)
        self.assertEqual(self.flash.image[4_096 + 250 : 4_096 + 253], b"\0\1\2")

    def test_a_page_at_a_time_so_that_interrupts_are_never_off_for_long(self):
        for at, count, pages in ((0, 1, 1), (300, 212, 1), (600, 200, 2), (4_000, 1_000, 5)):
            before = self.flash.operations
            self.area.program(at, b"x" * count)
            self.assertEqual(self.flash.operations - before, pages)

    def test_what_is_in_a_page_already_stays(self):
        self.area.program(10, b"first")
        self.area.program(15, b"second")
        self.area.program(0, b"before")
        self.assertEqual(self.area.read(0, 21), b"before\xff\xff\xff\xfffirstsecond")

    def test_erasing_a_block_leaves_its_neighbours(self):
        for at in range(0, 8_192, 256):
            self.area.program(at, b"x")
        self.flash.writeblocks(0, b"y" * 256, 0)
        self.area.erase(4_096)
        self.assertEqual(self.flash.erased, [2])
        self.assertEqual(self.area.read(4_096, 4_096), b"\xff" * 4_096)
        self.assertEqual(self.area.read(3_840, 1), b"x")

    def test_reading_ends_with_the_area(self):
        self.assertEqual(len(self.area.read(8_190, 100)), 2)
        self.assertEqual(len(self.area.read(8_192, 100)), 0)

    def test_nothing_is_done_outside_the_area(self):
        for wrong in (8_192, 100, -4_096):
            with self.assertRaises(ValueError):
                self.area.erase(wrong)
        with self.assertRaises(ValueError):
            self.area.program(8_000, b"x" * 193)
        self.assertEqual(self.flash.operations, 0)

    def test_a_chip_that_does_not_answer_is_a_sentence(self):
        self.flash.broken = True
        for act in (lambda: self.area.erase(0), lambda: self.area.program(0, b"x")):
            with self.assertRaises(StoreFailed) as caught:
                act()
            self.assertEqual(str(caught.exception), "the flash: it does not answer")


class WornArea(MemoryArea):
    """Flash with a bit that stays 0."""

    def erase(self, at):
        super().erase(at)
        self.image[at + 100] = 0xFE


class TestBlanks(unittest.TestCase):
    def test_only_what_is_not_blank_is_erased_a_sector_at_a_time(self):
        area = MemoryArea(1_000, sector_bytes=250)
        area.program(260, b"x")
        area.program(999, b"x")
        blanks, erased = Blanks(area), []
        while not blanks.ready():
            erased.append(blanks.advance())
        self.assertEqual(erased, [False, True, False, True])
        self.assertEqual(area.image, b"\xff" * 1_000)

    def test_what_was_left_is_made_up_for_at_once(self):
        area = MemoryArea(1_000, bytes(1_000), sector_bytes=250)
        blanks = Blanks(area)
        blanks.advance()
        self.assertEqual(blanks.finish(), 3)
        self.assertTrue(blanks.ready())
        blanks.forget()
        self.assertFalse(blanks.ready())
        self.assertEqual(blanks.finish(), 0)

    def test_a_sector_that_is_worn_out_is_told(self):
        blanks = Blanks(WornArea(500, bytes(500), sector_bytes=250))
        with self.assertRaises(StoreFailed):
            blanks.advance()
        self.assertFalse(blanks.ready())


if __name__ == "__main__":
    unittest.main()
