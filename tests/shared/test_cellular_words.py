import unittest

from drivers.modems.cellular_words import (
    ADDRESS,
    ARRIVED,
    CLOSED,
    DATAGRAM,
    DEACTIVATED,
    EMPTY,
    ERROR,
    LINE,
    OK,
    OPENED,
    PROMPT,
    REGISTRATION,
    RESTARTED,
    SEND_FAIL,
    SEND_OK,
    SIM,
    Datagram,
    Event,
    Parser,
)

AAAA = b'+QIRD: 4,"10.7.76.34",7687\r\nAAAA\r\n'  # as the manual prints it
TALK = (
    b"AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n\r\nRDY\r\n\r\n+CME ERROR: 10\r\n\r\nERROR\r\n"
    b"\xff\xfe\x00\r\n+CEREG: 0,5\r\n\r\n+QIOPEN: 0,0\r\n\r\nSEND OK\r\n\r\nSEND FAIL\r\n"
    b'\r\n+QIURC: "recv",0\r\n\r\n+QIURC: "closed",0\r\n\r\n+QIURC: "pdpdeact",1\r\n'
    b'\r\n+QIURC: "dnsgip",0,1,600\r\n\r\n+QIURC: "dnsgip","192.0.2.9"\r\n'
    + b"x" * 300
    + b"\r\n+QIND: PB DONE\r\n"
)
HEARD = [
    Event(LINE, "AT+CPIN?"),
    Event(SIM, "READY"),
    Event(OK, None),
    Event(RESTARTED, None),
    Event(ERROR, 10),
    Event(ERROR, None),
    Event(REGISTRATION, 5),
    Event(OPENED, (0, 0)),
    Event(SEND_OK, None),
    Event(SEND_FAIL, None),
    Event(ARRIVED, 0),
    Event(CLOSED, 0),
    Event(DEACTIVATED, 1),
    Event(LINE, '+QIURC: "dnsgip",0,1,600'),
    Event(ADDRESS, "192.0.2.9"),
    Event(LINE, "+QIND: PB DONE"),
]


def heard(*pieces, due=None):
    parser = Parser()
    parser.expect(due)
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
        for due in (None, PROMPT, DATAGRAM):
            self.assertEqual(heard(garbage, b"\r\nOK\r\n", due=due)[-1], Event(OK, None))
            self.assertEqual(heard(*each_byte(garbage), due=due), heard(garbage, due=due))

    def test_a_line_of_128_characters_is_the_longest(self):
        self.assertEqual(heard(b"y" * 128 + b"\r"), [Event(LINE, "y" * 128)])
        for pieces in ((b"y" * 129 + b"\r",), (b"y" * 128, b"y", b"\r"), (b"y" * 129, b"OK\r")):
            self.assertEqual(heard(*pieces), [])

    def test_what_is_said_in_half_is_no_word(self):
        for line in (
            "+QIOPEN: 0",
            "+QIOPEN: 0,x",
            "+QIOPEN:",
            "+CEREG: x,1",
            '+QIURC: "recv"',
            '+QIURC: "recv",x',
            '+QIURC: "incoming full"',
            "SEND O",
            "RD",
        ):
            self.assertEqual(heard(line.encode() + b"\r"), [Event(LINE, line)])

    def test_an_error_is_one_whatever_follows_it(self):
        self.assertEqual(heard(b"+CME ERROR: SIM not inserted\r"), [Event(ERROR, None)])

    def test_a_change_of_registration_is_not_taken_for_an_answer(self):
        for line in ("+CEREG: 1", '+CEREG: 1,"1813","23C3",7'):
            self.assertEqual(heard(line.encode() + b"\r"), [Event(LINE, line)])
        full = b'+CEREG: 2,1,"1813","23C3",7\r+CGREG: 0,3\r'
        self.assertEqual(heard(full), [Event(REGISTRATION, 1), Event(REGISTRATION, 3)])

    def test_a_name_without_an_address_is_told(self):
        self.assertEqual(heard(b'+QIURC: "dnsgip",565\r'), [Event(ADDRESS, 565)])


class TestPrompt(unittest.TestCase):
    def test_a_prompt_has_no_end_of_line(self):
        self.assertEqual(heard(b"\r\n> ", due=PROMPT), [Event(PROMPT, None)])
        self.assertEqual(
            heard(b'\r\n+QIURC: "recv",0\r\n\r\n> \r\nSEND OK\r\n', due=PROMPT),
            [Event(ARRIVED, 0), Event(PROMPT, None), Event(SEND_OK, None)],
        )

    def test_only_one_prompt_is_expected_and_only_where_one_is_due(self):
        self.assertEqual(heard(b"> > \r", due=PROMPT), [Event(PROMPT, None), Event(LINE, ">")])
        self.assertEqual(heard(b"\r\n> "), [])
        self.assertEqual(heard(b"\r\n> ", due=DATAGRAM), [])


class TestDatagrams(unittest.TestCase):
    def test_the_example_of_the_manual_is_read(self):
        expected = [Event(DATAGRAM, Datagram(b"AAAA", "10.7.76.34", 7687)), Event(OK, None)]
        self.assertEqual(heard(AAAA + b"\r\nOK\r\n", due=DATAGRAM), expected)
        self.assertEqual(heard(b"\r\n+QIRD: 0\r\n", due=DATAGRAM), [Event(EMPTY, None)])

    def test_a_datagram_is_read_the_same_in_whatever_pieces_it_comes(self):
        talk = b'AT+QIRD=0\r\r\n+QIURC: "recv",0\r\n\r\n' + AAAA + b"\r\nOK\r\n"
        expected = [
            Event(LINE, "AT+QIRD=0"),
            Event(ARRIVED, 0),
            Event(DATAGRAM, Datagram(b"AAAA", "10.7.76.34", 7687)),
            Event(OK, None),
        ]
        self.assertEqual(heard(*each_byte(talk), due=DATAGRAM), expected)
        for at in range(len(talk)):
            self.assertEqual(heard(talk[:at], talk[at:], due=DATAGRAM), expected)

    def test_a_datagram_may_look_like_lines(self):
        for data in (b"\r\nOK\r\n", b"\n", b"\r\nRDY\r\n", b"> ", b'+QIRD: 9,"a",1\r\n', bytes(9)):
            head = b'+QIRD: %d,"192.0.2.9",4700\r\n' % len(data)
            events = heard(head + data + b"\r\n\r\nOK\r\n", due=DATAGRAM)
            self.assertEqual(
                events, [Event(DATAGRAM, Datagram(data, "192.0.2.9", 4700)), Event(OK, None)]
            )

    def test_the_longest_is_1500_bytes_and_a_longer_one_is_not_waited_for(self):
        head = b'+QIRD: %d,"192.0.2.9",4700\r\n'
        events = heard(head % 1500 + b"\xff" * 1500, due=DATAGRAM)
        self.assertEqual(events[0].value.data, b"\xff" * 1500)
        self.assertEqual(heard(head % 1501, due=DATAGRAM), [Event(DATAGRAM, None)])

    def test_a_header_without_its_line_feed_is_damage_and_what_follows_is_read_right(self):
        events = heard(b'+QIRD: 4,"10.7.76.34",7687\rAAAA\r\n\r\nOK\r\n', due=DATAGRAM)
        self.assertEqual(events, [Event(DATAGRAM, None), Event(LINE, "AAAA"), Event(OK, None)])

    def test_only_one_datagram_is_expected_and_only_where_one_is_due(self):
        line = '+QIRD: 4,"10.7.76.34",7687'
        self.assertEqual(heard(AAAA), [Event(LINE, line), Event(LINE, "AAAA")])
        twice = heard(AAAA + AAAA, due=DATAGRAM)
        self.assertEqual([event.kind for event in twice], [DATAGRAM, LINE, LINE])

    def test_a_header_in_half_swallows_nothing(self):
        for head in (b"+QIRD: 4", b'+QIRD: 4,"10.7.76.34"', b'+QIRD: x,"10.7.76.34",7687'):
            events = heard(head + b"\r\nOK\r\n", due=DATAGRAM)
            self.assertEqual(events, [Event(LINE, head.decode()), Event(OK, None)])

    def test_a_datagram_that_has_begun_is_noticed_and_forgotten_on_request(self):
        parser = Parser()
        parser.expect(DATAGRAM)
        parser.feed(AAAA[:-4])
        self.assertTrue(parser.breaks_off())
        parser.reset()
        self.assertFalse(parser.breaks_off())
        self.assertEqual(parser.feed(b"OK\r"), [Event(OK, None)])


if __name__ == "__main__":
    unittest.main()
