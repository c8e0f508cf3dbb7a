import gc
import unittest

from protocol import table_area, text
from protocol.text import BadText, Table
from tests.shared.text_table import ARABIC, HAN, by_hand, letters_of, sealed

HAN_TABLE = Table(by_hand())
ARABIC_TABLE = Table(by_hand(0x23, ARABIC, letters_of(ARABIC)))
TABLES = (HAN_TABLE, ARABIC_TABLE)

# Bits as the README counts them: the codes, then ones up to a whole byte.
SPOKEN = (
    ("洪水，水", "10", "11010011"),
    ("请立即撤离，撤离", "10", "11110101 11011111"),
    ("地震", "10", "11111111"),
    ("水水水水水水水水", "10", "00000000"),
    ("a0", "10", "11111011 11110111"),
    ("", "10", ""),
    ("سۇ توكى", "23", "11001110 10111111"),
    ("乡", "10", "11111110 00100111 00110000 11111111"),
    ("😀", "10", "11111110 10000111 10110000 00000111"),
    ("\0", "10", "11111110 00000000 00000000 01111111"),
    ("\U0010ffff", "10", "11111110 11111111 11111111 11111111"),
)

UTF_8 = ("", "请立即撤离", "سۇ توختايدۇ", "Су тасқыны!\n", "é¢\x7f\x80߿ࠀ\uffff😀", "\0")

NO_UTF_8 = (
    ("80", "a byte that follows nothing"),
    ("c3", "a character cut in two"),
    ("e6b0", "a character cut in three"),
    ("c328", "a lead without its second byte"),
    ("c080", "NUL in two bytes"),
    ("c1bf", "7F in two bytes"),
    ("e09fbf", "7FF in three bytes"),
    ("f08fbfbf", "FFFF in four bytes"),
    ("eda080", "half a surrogate pair"),
    ("edbfbf", "the other half"),
    ("f4908080", "a number above 10FFFF"),
    ("f888808080", "five bytes"),
    ("ff", "FF"),
)


def field(first, bits):
    bits = bits.replace(" ", "")
    return bytes.fromhex(first) + bytes([int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)])


class TestTexts(unittest.TestCase):
    def test_a_text_is_its_codes_and_ones_up_to_a_whole_byte(self):
        for spoken, first, bits in SPOKEN:
            with self.subTest(spoken=spoken):
                self.assertEqual(text.decode(field(first, bits), TABLES), spoken)

    def test_a_text_comes_in_the_pieces_it_was_written_in(self):
        pieces = list(text.pieces(field("10", "11110101 11011111"), TABLES))
        self.assertEqual(pieces, ["请立即撤离", "，", "撤离"])

    def test_utf_8_needs_no_table(self):
        for spoken in UTF_8:
            with self.subTest(spoken=spoken):
                self.assertEqual(text.decode(b"\0" + spoken.encode(), ()), spoken)

    def test_no_character_is_kept_when_its_text_is_gone(self):
        """MicroPython keeps every string that chr() makes for ever: a language takes 50 kB so."""
        if not hasattr(gc, "mem_alloc"):
            return
        text.decode(b"\0" + "水".encode(), ())
        gc.collect()
        before = gc.mem_alloc()
        for first in range(0x3400, 0x3400 + 1000, 50):
            code_points = range(first, first + 50)
            utf_8 = b"".join(
                [bytes((0xE3, 0x80 | c >> 6 & 63, 0x80 | c & 63)) for c in code_points]
            )
            self.assertEqual(len(text.decode(b"\0" + utf_8, ())), 50)
            self.assertEqual(len(text.decode(_escapes(code_points), TABLES)), 50)
        gc.collect()
        self.assertLess(gc.mem_alloc() - before, 1024)

    def test_a_table_tells_which_texts_it_reads(self):
        self.assertEqual((HAN_TABLE.first_byte, ARABIC_TABLE.first_byte), (0x10, 0x23))
        self.assertEqual((ARABIC_TABLE.tag, ARABIC_TABLE.generation), (2, 3))

    def test_a_table_tells_its_symbols_in_the_order_of_their_codes(self):
        symbols = list(HAN_TABLE.symbols())
        self.assertEqual([symbol for _, _, symbol in symbols], list(HAN))
        self.assertEqual(symbols[2], (6, 3, "洪水"))


class TestNeverSpoken(unittest.TestCase):
    def assert_refused(self, data, tables=TABLES):
        with self.assertRaises(BadText):
            text.decode(data, tables)

    def test_a_generation_this_box_does_not_have_is_refused(self):
        for first in ("11", "1f", "22", "24"):
            with self.subTest(first=first):
                self.assert_refused(field(first, "11010011"))

    def test_a_generation_is_refused_before_the_first_piece(self):
        with self.assertRaises(BadText):
            text.pieces(field("11", "11010011"), TABLES)

    def test_a_language_this_box_does_not_have_is_refused(self):
        self.assert_refused(field("20", "0"), (HAN_TABLE,))
        self.assert_refused(field("30", "0"))
        self.assert_refused(field("f0", "0"))

    def test_utf_8_has_one_generation(self):
        self.assert_refused(b"\x01abc")

    def test_a_text_that_ends_in_the_middle_of_a_character_is_refused(self):
        self.assert_refused(field("10", "11111110"))
        self.assert_refused(field("10", "11111110 00100111"))
        self.assert_refused(field("10", "11111110 11111111 11111111"))

    def test_a_text_without_its_last_byte_is_refused_or_another(self):
        for spoken, first, bits in SPOKEN:
            if bits:
                with self.subTest(spoken=spoken):
                    try:
                        shorter = text.decode(field(first, bits)[:-1], TABLES)
                        self.assertNotEqual(shorter, spoken)
                    except BadText:
                        pass

    def test_half_a_surrogate_pair_is_no_character(self):
        self.assert_refused(field("10", "11111110 01101100 00000000 01111111"))
        self.assert_refused(field("10", "11111110 01101111 11111111 11111111"))

    def test_what_is_not_utf_8_is_refused_on_both_interpreters(self):
        for data, what in NO_UTF_8:
            with self.subTest(what=what):
                self.assert_refused(b"\0" + bytes.fromhex(data))
                self.assert_refused(b"\0a" + bytes.fromhex(data) + b"a")

    def test_a_text_has_1_to_240_bytes(self):
        self.assert_refused(b"")
        self.assertEqual(text.decode(b"\0" + b"a" * 239, ()), "a" * 239)
        self.assert_refused(b"\0" + b"a" * 240)

    def test_a_text_has_at_most_1000_characters(self):
        self.assertEqual(len(text.decode(b"\x10" + bytes(125), TABLES)), 1000)
        self.assert_refused(b"\x10" + bytes(126))

    def test_any_bytes_are_a_text_or_refused(self):
        seed = 1
        for _ in range(200):
            seed = (seed * 75 + 74) % 65537
            data = bytes([(0, 0x10, 0x23)[seed % 3]] + [seed * i % 251 for i in range(seed % 40)])
            try:
                self.assertIsInstance(text.decode(data, TABLES), str)
            except BadText:
                pass


class TestTables(unittest.TestCase):
    def assert_no_table(self, data):
        with self.assertRaises(BadText):
            Table(data)

    def test_a_table_with_a_bit_changed_in_any_byte_is_none(self):
        whole = by_hand()
        for place in range(len(whole)):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << place % 8
            with self.subTest(place=place):
                self.assert_no_table(damaged)

    def test_a_table_of_another_length_is_none(self):
        whole = by_hand()
        for data in (b"", whole[:15], whole[:16], whole[:-1], whole + b"\0", b"\xff" * 64):
            with self.subTest(length=len(data)):
                self.assert_no_table(data)

    def test_what_a_right_digest_covers_must_still_make_sense(self):
        whole = by_hand()
        head, body = whole[:8], whole[16:]
        for place, value, what in (
            (0, 0, "a code of no bits"),
            (0, 2, "two codes where there is one symbol"),
            (0, 17, "a code of 17 bits"),
            (1, 25, "a symbol of 25 characters"),
            (1, 0, "two escapes"),
            (3, 1, "a first code that is not the first"),
            (8, 0x40, "a code that two symbols have"),
            (8, 0, "rows in another order"),
            (11, 4, "a symbol that is left out"),
            (43, 1, "no escape"),
            (48, 7, "a last code of 7 bits"),
        ):
            with self.subTest(what=what):
                changed = bytearray(body)
                changed[place] = value
                self.assert_no_table(sealed(head, bytes(changed)))
        self.assert_no_table(sealed(head, body + b"\0\0"))
        self.assert_no_table(sealed(head, b""))
        self.assert_no_table(sealed(head[:5] + b"\xff" + head[6:], body))

    def test_codes_that_the_padding_could_be_taken_for_are_none(self):
        rows = "0101 0000 0000 0200 8000 0002 0201 c000 0002"
        body = bytes.fromhex(rows.replace(" ", "")) + b"\x6c\x34\x70\x6b"
        self.assert_no_table(sealed(b"FsT1\x10\x03\x00\x00", body))

    def test_a_character_outside_the_alphabet_is_refused(self):
        whole = by_hand(0x23, ARABIC, letters_of(ARABIC))
        table = Table(sealed(whole[:8], whole[16:-1] + b"\xfe"))
        with self.assertRaises(BadText):
            text.decode(field("23", "11111111"), (table,))

    def test_a_large_table_stays_in_flash(self):
        """Nothing is kept but a memoryview and a few numbers, nor while a text is read."""
        if not hasattr(gc, "mem_alloc"):
            return
        flash = _large_table()
        gc.collect()
        before = gc.mem_alloc()
        table = Table(flash)
        reading = text.pieces(b"\x10" + b"\x00\x10\x01" * 6, (table,))
        self.assertEqual(next(reading), "一")
        gc.collect()
        self.assertLess(gc.mem_alloc() - before, 1024)
        self.assertEqual(sum([len(piece) for piece in reading]), 11)


def _escapes(code_points):
    """Return a text of these characters, each by its number behind the escape of HAN."""
    bits = "".join(["111111100" + _bits(c, 16) for c in code_points])
    return field("10", bits + "1" * (-len(bits) % 8))


def _bits(number, count):
    return "".join(["1" if number >> i & 1 else "0" for i in range(count - 1, -1, -1)])


def _large_table():
    """Return 8 kB: codes of 12 bits for 4,095 characters from U+4E00 on, and the escape."""
    rows = bytes.fromhex("0c00000000000c0100100000")
    data = bytearray(16 + len(rows) + 2 * 4095)
    data[:8] = b"FsT1\x10\x02\x00\x00"
    data[16:28] = rows
    for place in range(4095):
        data[28 + 2 * place] = (0x4E00 + place) >> 8
        data[29 + 2 * place] = place & 255
    data[8:16] = table_area.digest(data)
    return data
