import unittest

from firmware.recent import Recent


def key(number):
    return number.to_bytes(2, "big")


class TestRecent(unittest.TestCase):
    def setUp(self):
        self.recent = Recent(4, 2, 1)

    def test_nothing_came_yet_not_even_zeros(self):
        self.assertFalse(key(0) in self.recent)
        self.assertIsNone(self.recent.get(key(1)))

    def test_the_last_four_are_there_with_what_belongs_to_them(self):
        for number in range(1, 8):
            self.recent.put(key(number), bytes((10 * number,)))
        found = [self.recent.get(key(number)) for number in range(1, 8)]
        self.assertEqual(found, [None, None, None] + [bytes((10 * n,)) for n in range(4, 8)])

    def test_bytes_of_two_neighbours_are_no_key(self):
        self.recent.put(b"ab", b"c")
        self.recent.put(b"de", b"f")
        for across in (b"bc", b"cd", b"ef"):
            self.assertFalse(across in self.recent)
        self.assertTrue(b"de" in self.recent)

    def test_a_key_whose_bytes_stand_across_others_too_is_found_at_its_own_place(self):
        self.recent.put(b"xa", b"b")
        self.recent.put(b"ab", b"!")
        self.assertEqual(self.recent.get(b"ab"), b"!")

    def test_what_is_forgotten_may_come_again(self):
        self.recent.put(b"ab", b"1")
        self.recent.forget(b"ab")
        self.recent.forget(b"zz")
        self.assertFalse(b"ab" in self.recent)
        self.recent.put(b"ab", b"2")
        self.assertEqual(self.recent.get(b"ab"), b"2")

    def test_keys_may_have_no_value(self):
        seen = Recent(2, 2)
        seen.put(b"ab")
        self.assertTrue(b"ab" in seen)
        self.assertEqual(seen.get(b"ab"), b"")


if __name__ == "__main__":
    unittest.main()
