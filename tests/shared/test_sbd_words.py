import unittest

from drivers.modems import sbd_status
from drivers.modems.sbd_words import (
    ERROR,
    LINE,
    MESSAGE,
    NUMBER,
    OK,
    READY,
    RING,
    SESSION,
    STATUS,
    Event,
    Parser,
    Session,
    Status,
    sum16,
)
from drivers.outcomes import REFUSED, SENT, UNKNOWN

HELLO = bytes.fromhex("000568656c6c6f0214")
NO_MESSAGE = bytes(4)
TALK = (
    b"AT\r\r\nOK\r\nAT+SBDD0\r\r\n0\r\n\r\nOK\r\n\r\nREADY\r\n\r\nSBDRING\r\n"
    b"\xff\xfe\x00\r\n+SBDIX: 0, 12, 1, 3, 5, 0\r\n\r\nERROR\r\n\r\n+CIEV:1,0\r\n"
    + b"x" * 300
    + b"\r\nOK\r\n"
)
HEARD = [
    Event(LINE, "AT"),
    Event(OK, None),
    Event(LINE, "AT+SBDD0"),
    Event(NUMBER, 0),
    Event(OK, None),
    Event(READY, None),
    Event(RING, None),
    Event(SESSION, Session(0, 12, 1, 3, 5, 0)),
    Event(ERROR, None),
    Event(LINE, "+CIEV:1,0"),
    Event(OK, None),
]


def heard(*pieces, message=False):
    parser = Parser()
    if message:
        parser.expect_message()
    events = []
    for piece in pieces:
        events += parser.feed(piece)
    return events


def each_byte(data):
    return [data[at : at + 1] for at in range(len(data))]


class TestLines(unittest.TestCase):
    def test_a_talk_with_echo_noise_and_a_line_without_end_is_understood(self):
        self.assertEqual(heard(TALK), HEARD)

    def test_it_is_understood_the_same_in_whatever_pieces_it_comes(self):
        self.assertEqual(heard(*each_byte(TALK)), HEARD)
        for at in range(len(TALK)):
            self.assertEqual(heard(TALK[:at], TALK[at:]), HEARD)

    def test_every_byte_of_garbage_is_survived(self):
        garbage = bytes((at * 89 + at // 7) % 256 for at in range(1_500))
        self.assertEqual(heard(garbage, b"\r\nOK\r\n")[-1], Event(OK, None))
        self.assertEqual(heard(*each_byte(garbage)), heard(garbage))

    def test_noise_in_front_of_a_word_is_dropped(self):
        self.assertEqual(heard(b"\xff\x00\x01OK\r"), [Event(OK, None)])

    def test_a_line_of_128_characters_is_the_longest(self):
        self.assertEqual(heard(b"y" * 128 + b"\r"), [Event(LINE, "y" * 128)])
        for pieces in ((b"y" * 129 + b"\r",), (b"y" * 128, b"y", b"\r"), (b"y" * 129, b"OK\r")):
            self.assertEqual(heard(*pieces), [])

    def test_a_damaged_byte_never_makes_another_status(self):
        for damaged in (b"1\xb3, 0, 0, 0, 0, 0", b"0, 0, 0", b",,,,,", b"0, 0, 0, 0, 0, 0, 0"):
            kinds = [event.kind for event in heard(b"+SBDIX: " + damaged + b"\r")]
            self.assertNotIn(SESSION, kinds)

    def test_the_status_of_the_buffers_is_read(self):
        line = b"+SBDSX: 1, 7, 0, -1, 1, 2\r"
        self.assertEqual(heard(line), [Event(STATUS, Status(1, 7, 0, -1, 1, 2))])

    def test_a_session_answer_that_has_begun_is_noticed(self):
        parser = Parser()
        for piece, begun in ((b"\r\n", False), (b"+SBDIX: 0", True), (b", 1\r", False)):
            parser.feed(piece)
            self.assertEqual(parser.breaks_off(), begun)

    def test_half_an_answer_is_forgotten_on_request(self):
        parser = Parser()
        parser.expect_message()
        parser.feed(HELLO[:4])
        parser.reset()
        self.assertEqual(parser.feed(b"OK\r"), [Event(OK, None)])


class TestMessages(unittest.TestCase):
    def test_the_hello_of_the_manual_is_read(self):
        self.assertEqual(heard(HELLO, message=True), [Event(MESSAGE, b"hello")])

    def test_no_message_is_an_empty_one(self):
        self.assertEqual(heard(NO_MESSAGE, message=True), [Event(MESSAGE, b"")])

    def test_a_message_is_read_the_same_in_whatever_pieces_it_comes(self):
        talk = b"AT+SBDRB\r\r\nSBDRING\r\n" + HELLO + b"\r\nOK\r\n"
        expected = [
            Event(LINE, "AT+SBDRB"),
            Event(RING, None),
            Event(MESSAGE, b"hello"),
            Event(OK, None),
        ]
        self.assertEqual(heard(*each_byte(talk), message=True), expected)
        for at in range(len(talk)):
            self.assertEqual(heard(talk[:at], talk[at:], message=True), expected)

    def test_a_message_may_look_like_lines(self):
        for payload in (b"\r\nOK\r\n", b"\r\n", b"SBDRING\r\n", b"\x00\x05hello"):
            framed = len(payload).to_bytes(2, "big") + payload + sum16(payload)
            self.assertEqual(heard(framed, message=True), [Event(MESSAGE, payload)])

    def test_a_wrong_sum_is_told_and_what_follows_is_read_right(self):
        for at in range(2, len(HELLO)):
            damaged = HELLO[:at] + bytes((HELLO[at] ^ 4,)) + HELLO[at + 1 :]
            events = heard(damaged + b"\r\nOK\r\n", message=True)
            self.assertEqual(events, [Event(MESSAGE, None), Event(OK, None)])

    def test_half_a_line_of_before_does_not_swallow_a_message(self):
        for half in (b"SBDR", b"z" * 300):
            parser = Parser()
            parser.feed(half)
            parser.expect_message()
            self.assertEqual(parser.feed(HELLO), [Event(MESSAGE, b"hello")])

    def test_only_one_message_is_expected(self):
        events = heard(HELLO + b"\x00\r\nOK\r\n" + bytes(20), message=True)
        self.assertEqual(events, [Event(MESSAGE, b"hello"), Event(OK, None)])

    def test_an_impossible_length_is_told_at_once(self):
        self.assertEqual(heard(b"\x01\x55", message=True), [Event(MESSAGE, None)])
        longest = b"\x01\x54" + b"\xff" * 340 + b"\x52\xac"
        self.assertEqual(heard(longest, message=True), [Event(MESSAGE, b"\xff" * 340)])

    def test_a_refusal_instead_of_a_message_is_heard(self):
        self.assertEqual(heard(b"\r\nERROR\r\n", message=True), [Event(ERROR, None)])

    def test_the_sum_of_the_longest_message_is_taken_modulo_65536(self):
        self.assertEqual(sum16(b"hello"), b"\x02\x14")
        self.assertEqual(sum16(b"\xff" * 340), b"\x52\xac")


class TestStatus(unittest.TestCase):
    SENT = (0, 1, 2, 3, 4)
    REFUSED = (5, 6, 7, 8, 11, 12, 14, 15, 16, 32, 33, 34, 35, 36, 37, 38, 64, 65)

    def test_every_status_has_its_outcome(self):
        for status in range(66):
            outcome = sbd_status.outcome(status)
            expected = UNKNOWN
            if status in self.SENT:
                expected = SENT
            elif status in self.REFUSED:
                expected = REFUSED
            self.assertEqual(outcome.word, expected, status)
            self.assertEqual(sbd_status.succeeded(status), outcome.word == SENT)

    def test_a_reason_gives_the_number_and_the_words(self):
        self.assertEqual(sbd_status.outcome(32).reason, "status 32: no network service")
        self.assertEqual(sbd_status.outcome(18).reason, "status 18: the radio link dropped")
        self.assertEqual(sbd_status.outcome(47).reason, "status 47: a failure without a name")
        self.assertEqual(sbd_status.outcome(0).reason, "")

    def test_no_number_from_outside_is_a_success_by_accident(self):
        for status in (-1, 66, 65_536):
            self.assertNotEqual(sbd_status.outcome(status).word, SENT)


if __name__ == "__main__":
    unittest.main()
