import gc
import unittest

from protocol import table_area
from tests.shared.text_table import ARABIC, area, by_hand, letters_of

HAN_TABLE = by_hand()
ARABIC_TABLE = by_hand(0x23, ARABIC, letters_of(ARABIC))


def changed(data, place, value):
    out = bytearray(data)
    out[place] = value
    return out


class TestTableArea(unittest.TestCase):
    def test_a_box_tells_of_every_table_it_has(self):
        self.assertEqual(table_area.announced(area(ARABIC_TABLE, HAN_TABLE)), b"\x10\x23")
        self.assertEqual(table_area.announced(area(HAN_TABLE)), b"\x10")

    def test_a_table_is_found_by_the_first_byte_of_its_texts(self):
        both = area(ARABIC_TABLE, HAN_TABLE)
        self.assertEqual(bytes(table_area.find(both, 0x10)), HAN_TABLE)
        self.assertEqual(bytes(table_area.find(both, 0x23)), ARABIC_TABLE)
        for first_byte in (0, 0x11, 0x13, 0x20, 0xFF):
            self.assertIsNone(table_area.find(both, first_byte))

    def test_an_area_without_tables_has_none(self):
        for empty in (b"", b"\xff", b"\xff" * 4096, bytes(4096), b"\0\x11" + bytes(17)):
            with self.subTest(empty=empty[:4]):
                self.assertEqual(table_area.announced(empty), b"")

    def test_a_damaged_table_costs_only_itself(self):
        both = area(ARABIC_TABLE, HAN_TABLE)
        for place in range(2, 2 + len(ARABIC_TABLE)):
            damaged = changed(both, place, both[place] ^ 1)
            with self.subTest(place=place):
                self.assertEqual(table_area.announced(damaged), b"\x10")
                self.assertIsNone(table_area.find(damaged, 0x23))

    def test_a_length_that_cannot_be_one_ends_the_tables(self):
        whole = area(HAN_TABLE)
        for length in (0, 15, 16, len(HAN_TABLE) - 1, len(HAN_TABLE) + 1, 40_001, 0xFFFF):
            wrong = length.to_bytes(2, "big") + whole[2:]
            with self.subTest(length=length):
                self.assertEqual(table_area.announced(wrong), b"")
        cut = whole[: 2 + len(HAN_TABLE) - 1]
        self.assertEqual(table_area.announced(cut), b"")
        self.assertEqual(table_area.announced(whole[: 2 + len(HAN_TABLE)]), b"\x10")

    def test_a_box_tells_of_eight_tables_at_most(self):
        many = area(*[by_hand(0x10 + generation) for generation in range(9)])
        self.assertEqual(table_area.announced(many), bytes(range(0x10, 0x18)))

    def test_the_tables_stay_where_they_are(self):
        if not hasattr(gc, "mem_alloc"):
            return
        flash = area(HAN_TABLE + bytes(8192), ARABIC_TABLE)
        gc.collect()
        before = gc.mem_alloc()
        table = table_area.find(flash, 0x23)
        gc.collect()
        self.assertLess(gc.mem_alloc() - before, 256)
        self.assertEqual(table[4], 0x23)
