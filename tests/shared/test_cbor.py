import unittest

from protocol import cbor

# RFC 8949, appendix A, as far as this system uses it
WRITTEN = (
    (0, "00"),
    (23, "17"),
    (24, "1818"),
    (255, "18ff"),
    (256, "190100"),
    (65535, "19ffff"),
    (65536, "1a00010000"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-1, "20"),
    (-24, "37"),
    (-25, "3818"),
    (-100, "3863"),
    (-257, "390100"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("水", "63e6b0b4"),
    ((), "80"),
    ((1, 2, 3), "83010203"),
    ((1, (2, 3)), "82010203".replace("0203", "820203")),
)

REFUSED = (
    ("", "nothing where a value was announced"),
    ("18", "an argument that is missing"),
    ("1817", "23 in two bytes"),
    ("1900ff", "255 in three bytes"),
    ("19ff", "two bytes of which one is missing"),
    ("3817", "-24 in two bytes"),
    ("1a0000ffff", "65535 in five bytes"),
    ("1b00000000ffffffff", "2^32-1 in nine bytes"),
    ("1c", "a reserved length"),
    ("1f", "an indefinite integer"),
    ("5f4101ff", "a string without a length"),
    ("9f01ff", "an array without a length"),
    ("41", "a string longer than what is there"),
    ("5bffffffffffffffff", "a string of 16 exabytes"),
    ("62c328", "text that is not UTF-8"),
    ("62c080", "text that is a longer form of UTF-8"),
    ("63eda080", "text that is half of a UTF-16 pair"),
    ("64f4908080", "text beyond Unicode"),
    ("8201", "an array that ends early"),
    ("9841" + "00" * 65, "an array of 65 items"),
    ("9bffffffffffffffff", "an array of 2^64-1 items"),
    ("8181818100", "five values one inside the other"),
    ("81818180", "four arrays one inside the other"),
    ("a10102", "a map"),
    ("c100", "a tag"),
    ("f7", "undefined"),
    ("f818", "a simple value in two bytes"),
    ("f93c00", "a floating number"),
    ("fb3ff0000000000000", "a double"),
    ("ff", "a break"),
)


def value_in(data):
    items = cbor.Reader(data)
    value = items.value()
    items.done()
    return value


class TestValues(unittest.TestCase):
    def test_every_value_has_the_bytes_of_the_standard(self):
        for value, written in WRITTEN:
            with self.subTest(value=value):
                self.assertEqual(cbor.sequence(value), bytes.fromhex(written))

    def test_what_was_written_is_read(self):
        for value, written in WRITTEN:
            with self.subTest(written=written):
                self.assertEqual(value_in(bytes.fromhex(written)), value)

    def test_a_sequence_is_its_values_one_after_the_other(self):
        data = cbor.sequence(7, b"ab", None, (1, 2))
        self.assertEqual(data, bytes.fromhex("07426162f6820102"))
        items = cbor.Reader(data)
        self.assertEqual([items.value() for _ in range(4)], [7, b"ab", None, (1, 2)])
        self.assertFalse(items.more())
        self.assertEqual(cbor.Reader(data).values(4), [7, b"ab", None, (1, 2)])

    def test_what_is_left_is_read_at_once(self):
        items = cbor.Reader(bytes.fromhex("071818390100f6"))
        self.assertEqual(items.value(), 7)
        self.assertEqual(items.values(9), [24, -257, None])
        self.assertFalse(items.more())
        self.assertEqual(items.values(0), [])

    def test_true_is_not_one(self):
        self.assertIs(value_in(b"\xf5"), True)
        self.assertEqual(cbor.sequence(1), b"\x01")

    def test_a_list_is_written_as_a_tuple_is(self):
        self.assertEqual(cbor.sequence([1, 2]), cbor.sequence((1, 2)))


class TestHostileBytes(unittest.TestCase):
    def test_what_is_never_written_is_never_read(self):
        for data, what in REFUSED:
            with self.subTest(what=what):
                with self.assertRaises(cbor.Malformed):
                    value_in(bytes.fromhex(data))
                with self.assertRaises(cbor.Malformed):
                    cbor.Reader(bytes.fromhex("07" + (data or "41"))).values(9)

    def test_every_first_byte_is_a_value_or_malformed(self):
        for first in range(256):
            with self.subTest(first=first):
                try:
                    value_in(bytes((first,)) + bytes(8))
                except cbor.Malformed:
                    pass

    def test_bytes_after_the_end_are_refused(self):
        with self.assertRaises(cbor.Malformed):
            value_in(b"\x00\x00")

    def test_more_values_than_were_asked_for_are_refused(self):
        self.assertEqual(cbor.Reader(bytes(4)).values(4), [0, 0, 0, 0])
        with self.assertRaises(cbor.Malformed):
            cbor.Reader(bytes(5)).values(4)

    def test_a_sequence_that_ends_within_a_value_is_refused(self):
        data = bytes.fromhex("18181910003901004161")
        whole = (0, 2, 5, 8, 10)
        for end in range(len(data)):
            with self.subTest(end=end):
                if end in whole:
                    self.assertEqual(len(cbor.Reader(data[:end]).values(9)), whole.index(end))
                    continue
                with self.assertRaises(cbor.Malformed):
                    cbor.Reader(data[:end]).values(9)

    def test_four_values_inside_each_other_are_read(self):
        self.assertEqual(value_in(bytes.fromhex("81818100")), (((0,),),))

    def test_an_array_of_64_is_read(self):
        self.assertEqual(len(value_in(b"\x98\x40" + bytes(64))), 64)

    def test_an_integer_beyond_64_bits_is_not_written(self):
        for value in (1 << 64, -(1 << 64) - 1):
            with self.assertRaises(ValueError):
                cbor.sequence(value)


if __name__ == "__main__":
    unittest.main()
