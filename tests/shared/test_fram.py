"""FRAM in the place of flash: what it is asked, what is not believed, where power fails."""

import unittest

from drivers.errors import StoreFailed
from drivers.fram import FramArea
from drivers.ring_store import RingStore
from tests.fake_fram import ALL_PROTECTED, RDSR, WREN, WRITE, WRSR, FakeFram
from tests.fakes import PowerCut
from tests.shared.busy_day import STRIDE, CutEverywhere

SECTOR = 2_048
START = SECTOR  # the areas do not begin where the chip does
SECTORS = 10
AREA = 2 * SECTOR


def area_on(chip, sectors=2):
    return FramArea(chip, chip.select, START, sectors * SECTOR, SECTOR)


class TestFram(unittest.TestCase):
    def setUp(self):
        self.chip = FakeFram(START + AREA + 16)
        self.area = area_on(self.chip)

    def fails_with(self, sentence, act):
        with self.assertRaises(StoreFailed) as caught:
            act()
        self.assertEqual(str(caught.exception), "the FRAM: " + sentence)

    def say(self, *command):
        self.chip.select(0)
        self.chip.write(bytes(command))
        self.chip.select(1)

    def test_what_was_programmed_is_read_from_any_place_and_in_any_length(self):
        data = bytes(range(1, 251)) * 4
        self.area.program(77, data)
        self.assertEqual(self.area.read(76, 1_002), b"\xff" + data + b"\xff")
        self.assertEqual(self.area.read(80, 1), data[3:4])
        self.assertEqual(self.area.read(77, 0), b"")
        self.assertEqual(self.chip.image[START + 77 : START + 1_077], data)
        self.assertEqual(self.chip.image[: START + 77], b"\xff" * (START + 77))

    def test_every_write_asks_for_the_latch_that_fell_after_the_one_before(self):
        self.chip.said = []
        self.area.program(0, bytes(300))
        said = [opcode for opcode in self.chip.said if opcode in (WREN, RDSR, WRITE)]
        self.assertEqual(said, [WREN, RDSR, WRITE] * 3)

    def test_a_write_without_the_latch_changes_nothing_on_this_chip(self):
        self.say(WRITE, 0, 0, 1, 0x55)
        self.assertEqual(self.chip.image[1], 0xFF)
        self.say(WREN)
        self.say(WRITE, 0, 0, 1, 0x55)
        self.say(WRITE, 0, 0, 2, 0x55)
        self.assertEqual(self.chip.image[1:3], b"\x55\xff")

    def test_what_is_erased_is_ff_and_its_neighbours_stay(self):
        for at in (START - 1, START + 2 * SECTOR):
            self.chip.image[at] = 0x55
        for at in range(0, AREA, 64):
            self.area.program(at, b"x")
        self.area.erase(SECTOR)
        self.assertEqual(self.area.read(SECTOR, SECTOR), b"\xff" * SECTOR)
        self.assertEqual(self.area.read(SECTOR - 64, 1), b"x")
        self.area.erase(0)
        self.assertEqual(self.area.read(0, AREA), b"\xff" * AREA)
        self.assertEqual((self.chip.image[START - 1], self.chip.image[-16]), (0x55, 0x55))

    def test_reading_ends_with_the_area(self):
        self.assertEqual(len(self.area.read(AREA - 2, 100)), 2)
        self.assertEqual(len(self.area.read(AREA, 100)), 0)

    def test_nothing_is_done_outside_the_area(self):
        for wrong in (AREA, 128, -SECTOR):
            with self.assertRaises(ValueError):
                self.area.erase(wrong)
        with self.assertRaises(ValueError):
            self.area.program(AREA - 1, b"xx")
        self.assertEqual(self.chip.operations, 0)

    def test_a_chip_that_is_not_there_is_never_taken_for_a_blank_one(self):
        for level in (0xFF, 0x00):
            self.chip.away = level
            for act in (
                lambda: self.area.read(0, 24),
                lambda: self.area.program(0, b"x"),
                lambda: self.area.program(0, bytes((self.chip.away,))),
                lambda: self.area.erase(0),
                lambda: RingStore(area_on(self.chip), b"S"),
            ):
                self.fails_with("no FM25V20A answers", act)

    def test_another_chip_is_not_written_to(self):
        self.chip.name = b"\x04\x7f\x48\x03" + bytes(5)
        self.fails_with("no FM25V20A answers", lambda: self.area.read(0, 1))
        self.fails_with("no FM25V20A answers", lambda: self.area.program(0, b"x"))

    def test_a_latch_that_does_not_rise_is_told(self):
        self.chip.deaf_to = bytes((WREN,))
        for act in (lambda: self.area.program(0, b"x"), lambda: self.area.erase(0)):
            self.fails_with("it does not let itself be written", act)
        self.assertEqual(self.chip.operations, 0)

    def test_a_chip_some_of_which_is_protected_is_told(self):
        self.say(WREN)
        self.say(WRSR, ALL_PROTECTED)
        self.fails_with(
            "some of it is protected from being written", lambda: self.area.program(0, b"x")
        )
        self.assertEqual(self.chip.image[START], 0xFF)

    def test_a_bit_that_was_lost_on_its_way_is_noticed(self):
        self.chip.lost_bits = 0x10
        self.area.program(0, b"\x0f")
        self.fails_with("it has not kept what was written", lambda: self.area.program(1, b"\x1f"))
        self.fails_with("it has not kept what was written", lambda: self.area.erase(0))

    def test_a_write_that_never_reached_the_chip_is_noticed(self):
        self.chip.deaf_to = bytes((WRITE,))
        self.fails_with("it has not kept what was written", lambda: self.area.program(0, b"x"))

    def test_a_record_that_was_not_kept_is_not_acknowledged_and_costs_no_other(self):
        chip = FakeFram(START + SECTORS * SECTOR)
        store = opened(chip)
        store.put(b"Slip1", b"help")
        chip.lost_bits = 0x01
        with self.assertRaises(StoreFailed):
            store.put(b"Slip2", b"help too")
        chip.lost_bits = 0
        store.put(b"Slip3", b"and here")
        kept = dict(opened(chip).items())
        self.assertEqual((kept[b"Slip1"], kept[b"Slip3"]), (b"help", b"and here"))


def opened(chip):
    return RingStore(area_on(chip, SECTORS), b"S")


class TestPowerCuts(CutEverywhere, unittest.TestCase):
    def blank(self):
        return FakeFram(START + SECTORS * SECTOR)

    def opened(self, chip):
        return opened(chip)

    def test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns(self):
        self.cut_everywhere(True, self.check)

    def test_the_power_fails_again_soon_after(self):
        self.cut_everywhere(True, self.check_again)

    def test_the_power_fails_after_any_byte_of_a_few_records(self):
        self.cut_after_every_byte(lambda store: store.put(b"mark", b"18"))
        self.cut_after_every_byte(lambda store: store.put(b"Slip2", b"the road is gone"))
        self.cut_after_every_byte(lambda store: store.remove(b"Slip1"))

    def cut_after_every_byte(self, deed):
        """Do it again and again, cut off a byte later each time, until nothing is cut off."""
        begun = self.blank()
        for key in (b"mark", b"Slip1"):
            self.opened(begun).put(key, key)
        done = begun.copy()
        deed(self.opened(done))
        before, after = (dict(self.opened(chip).items()) for chip in (begun, done))
        chip, operation, count = self.blank(), 1, 0
        while operation <= done.operations:
            chip.hold(begun)
            chip.fail(operation, after=count)
            if is_cut(chip, deed):
                self.check(chip, before, after)
                count += STRIDE
            else:
                operation, count = operation + 1, 0


def is_cut(chip, deed):
    try:
        deed(opened(chip))
        return False
    except PowerCut:
        return True
    finally:
        chip.on()


if __name__ == "__main__":
    unittest.main()
