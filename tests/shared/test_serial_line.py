import unittest

from protocol.serial_line import Deframer, framed

PAYLOAD = b"\x98\0\0\1" + bytes(range(60))


class TestDeframer(unittest.TestCase):
    def setUp(self):
        self.deframer = Deframer(100)

    def test_a_payload_has_zeros_around_it_and_none_inside(self):
        on_line = framed(PAYLOAD)
        self.assertEqual((on_line[0], on_line[-1]), (0, 0))
        self.assertEqual(on_line.count(b"\0"), 2)
        self.assertEqual(self.deframer.feed(on_line), [PAYLOAD])

    def test_the_check_is_ccitt_false_and_its_high_byte_goes_first(self):
        self.assertEqual(framed(b"123456789"), b"\0\x0c123456789\x29\xb1\0")

    def test_it_comes_byte_by_byte_or_many_at_once(self):
        stream = framed(PAYLOAD) + framed(b"two") + framed(b"three")
        expected = [PAYLOAD, b"two", b"three"]
        self.assertEqual(self.deframer.feed(stream), expected)
        found = []
        for at in range(len(stream)):
            found += self.deframer.feed(stream[at : at + 1])
        self.assertEqual(found, expected)
        self.assertEqual(self.deframer.spoiled, 0)

    def test_who_begins_to_listen_in_the_middle_is_right_at_the_next_zero(self):
        for missed in range(2, len(framed(PAYLOAD))):
            deframer = Deframer(100)
            self.assertEqual(deframer.feed(framed(PAYLOAD)[missed:] + framed(b"next")), [b"next"])

    def test_a_lost_byte_costs_one_payload(self):
        on_line = framed(PAYLOAD)
        for lost in range(1, len(on_line) - 1):
            deframer = Deframer(100)
            stream = on_line[:lost] + on_line[lost + 1 :] + framed(b"next")
            self.assertEqual(deframer.feed(stream), [b"next"])
            self.assertEqual(deframer.spoiled, 1)

    def test_a_lost_zero_costs_nothing_and_a_false_one_a_payload(self):
        on_line = framed(PAYLOAD)
        self.assertEqual(self.deframer.feed(on_line[:-1] + framed(b"next")), [PAYLOAD, b"next"])
        for at in range(2, len(on_line) - 1):
            stream = on_line[:at] + b"\0" + on_line[at:] + framed(b"next")
            self.assertEqual(Deframer(100).feed(stream), [b"next"])

    def test_noise_without_end_takes_no_memory(self):
        for _ in range(100):
            self.assertEqual(self.deframer.feed(b"noise" * 20), [])
        self.assertEqual(len(self.deframer._kept), 103)
        self.assertEqual(self.deframer.feed(framed(PAYLOAD)), [PAYLOAD])
        self.assertEqual(self.deframer.spoiled, 1)

    def test_the_longest_payload_is_taken_and_no_longer_one(self):
        for filler in (b"\0", b"\1"):
            self.assertEqual(self.deframer.feed(framed(filler * 100)), [filler * 100])
            self.assertEqual(self.deframer.feed(framed(filler * 101)), [])

    def test_silence_is_no_payload(self):
        self.assertEqual(self.deframer.feed(bytes(50) + framed(b"")), [])
        self.assertEqual(self.deframer.spoiled, 1)


if __name__ == "__main__":
    unittest.main()
