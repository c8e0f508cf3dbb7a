import unittest

from drivers.modems import beidou_status
from drivers.modems.beidou_sentences import Parser, sentence
from drivers.modems.beidou_words import (
    ASK_CARD,
    BDS_2,
    BDS_3,
    REPORT_BEAMS,
    Beams,
    Card,
    Feedback,
    Message,
    carries,
    meaning,
    number,
    request,
)
from drivers.outcomes import REFUSED, SENT, UNKNOWN

# Recorded in public manuals and repositories; what each means to a Box.
RECORDED = (
    (b"$CCICA,0,00*7B", None),
    (b"$CCICI,0,00*73", None),
    (b"$CCRMO,BSI,2,0*26", None),
    (b"$CCRMO,BSI,2,10*17", None),
    (b"$CCBSS,,*42", None),
    (b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38", Card(BDS_2, "242286", 60, 3)),
    (b"$BDICI,0166166,02097151,0000011,6,40,3,N,000*33", Card(BDS_2, "166166", 40, 3)),
    (b"$BDICI,0000000,00000000,0000000,0,0,0,N,0*0B", Card(BDS_2, "", 0, 0)),
    (b"$CCTXA,0247718,1,1,3132333435*70", None),
    (b"$CCTXA,244883,1,0,\xd2\xbb*24", None),
    (b"$CCTXA,0242407,1,2,A4B9E3D6DDBAA3C1C4BFC6BCBCD3D0CFDEB9ABCBBE*0F", None),
    (b"$BDFKI,TXA,Y,Y,0,0040*17", Feedback(BDS_2, "YY", 0, 40)),
    (b"$BDFKI,TXA,N,Y,0,0000*04", Feedback(BDS_2, "NY", 0, 0)),
    (b"$BDTXR,1,0166166,1,,3132333433333335*46", Message("166166", b"12343335")),
    (
        b"$BDICP,15240507,2032472,1,3,0,N,1,Y,1,0,0,3,1,1,5,1,1,2,2,500,100,10,10*65",
        Card(BDS_3, "15240507", 1, 5),
    ),
    (
        b"$BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0*4E",
        Card(BDS_3, "4216930", 60, 2),
    ),
    (b"$BDFKI,082920,TCQ,Y,0,0*70", Feedback(BDS_3, "Y", 0, 0)),
    (b"$BDFKI,000000,TCQ,Y,5,0*74", Feedback(BDS_3, "Y", 5, 0)),
    (b"$BDPWI,000000.00,00,01,51,40,33,0*7B", Beams(((51, 40),))),
    (b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54", Beams(((2, 3), (8, 3)))),
    (
        b"$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*40",
        Message("4204986", bytes.fromhex("3a642b500000000000000a01f35b41ec036542ee74f5")),
    ),
)
WRONG = b"$CCTXA,0123456,1,2,,A4BF1000200155512738F99088CBE27A916CB179732B33295183*35"
TALK = (
    b"AT\r\nOK\r\n\xff\x00,*\r\n*7B\r\n"
    + b"\r\n".join(line for line, _ in RECORDED)
    + b"\r\n$BDFKI,TXA,Y,Y,$BDFKI,TXA,Y,Y,0,0040*17\r\n$"
    + b"x" * 400
    + b"*00\r\n$BDFKI,TXA\r\n"
)


def heard(*pieces):
    parser = Parser()
    sentences = []
    for piece in pieces:
        sentences += parser.feed(piece)
    return sentences


def each_byte(data):
    return [data[at : at + 1] for at in range(len(data))]


def meant(body):
    """Return what a sentence with this body means, given a right checksum."""
    fields = body.split(b",")
    (read,) = heard(sentence(fields))
    assert read == fields
    return meaning(read)


class TestSentences(unittest.TestCase):
    def test_every_recorded_sentence_is_whole_and_can_be_written(self):
        for line, _ in RECORDED:
            (fields,) = heard(line + b"\r\n")
            self.assertEqual(fields, line[1:-3].split(b","))
            self.assertEqual(sentence(fields), line + b"\r\n")

    def test_the_wrong_one_that_was_recorded_is_dropped_and_counted(self):
        parser = Parser()
        self.assertEqual(parser.feed(WRONG + b"\r\n"), [])
        self.assertEqual(parser.damaged, 1)
        true = WRONG[:-2] + b"2A\r\n"
        self.assertEqual(parser.feed(true), [WRONG[1:-3].split(b",")])

    def test_a_talk_with_noise_halves_and_a_line_without_end_is_understood(self):
        expected = [line[1:-3].split(b",") for line, _ in RECORDED]
        parser = Parser()
        self.assertEqual(parser.feed(TALK)[:-1], expected)
        self.assertEqual(parser.damaged, 3)

    def test_it_is_understood_the_same_in_whatever_pieces_it_comes(self):
        expected = heard(TALK)
        self.assertEqual(heard(*each_byte(TALK)), expected)
        for at in range(0, len(TALK), 7):
            self.assertEqual(heard(TALK[:at], TALK[at:]), expected)

    def test_no_damaged_byte_makes_another_sentence(self):
        line = b"$BDFKI,000000,TCQ,Y,5,0*74\r\n"
        for at in range(len(line)):
            for bit in range(8):
                damaged = line[:at] + bytes((line[at] ^ 1 << bit,)) + line[at + 1 :]
                for fields in heard(damaged + b"\r\n"):
                    self.assertEqual(fields, line[1:-5].split(b","))

    def test_a_checksum_is_two_hexadecimal_digits_and_nothing_else(self):
        for given in (b"*+7", b"* 7", b"*7", b"*", b"*0x7", b"*007", b"07", b"*_7", b"*\xb2\xb3"):
            self.assertEqual(heard(b"$\x07" + given + b"\r\n"), [], given)
        self.assertEqual(heard(b"$\x07*07\r\n"), [[b"\x07"]])
        self.assertEqual(heard(b"$CCICA,0,00*7b\n"), heard(b"$CCICA,0,00*7B\r\n"))

    def test_a_sentence_of_300_bytes_is_the_longest(self):
        for size, count in ((297, 1), (298, 0)):
            self.assertEqual(len(heard(sentence((b"B" * size,)))), count)

    def test_every_byte_of_garbage_is_survived(self):
        garbage = bytes((at * 89 + at // 7) % 256 for at in range(1_500))
        self.assertEqual(heard(*each_byte(garbage)), heard(garbage))
        self.assertEqual(heard(garbage, b"$CCICA,0,00*7B\r\n")[-1][0], b"CCICA")

    def test_half_a_sentence_is_forgotten_on_request(self):
        parser = Parser()
        parser.feed(b"$CCICA,0,")
        parser.reset()
        self.assertEqual(parser.feed(b"00*7B\r\n"), [])
        self.assertEqual(parser.damaged, 0)


class TestMeanings(unittest.TestCase):
    def test_every_recorded_sentence_means_what_it_meant(self):
        for line, meaning_of in RECORDED:
            self.assertEqual(meaning(heard(line + b"\r\n")[0]), meaning_of, line)

    def test_the_data_stand_behind_the_last_comma(self):
        hello = Message("4204986", b"hello")
        for body in (
            b"BDTCI,4204986,4204990,2,142204,3,0,A468656C6C6F",
            b"BDTCI,04204986,4204990,2,142204,3,A468656C6C6F",
            b"BDTCI,4204986,4204990,2,142204,2,0,,68656c6c6f",
            b"BDTXR,1,4204986,2,,A468656C6C6F",
            b"BDTXR,1,4204986,2,,,A468656C6C6F",
            b"BDTXR,2,4204986,1,1337,68656C6C6F",
        ):
            self.assertEqual(meant(body), hello, body)

    def test_data_that_are_no_bytes_of_ours_come_without_a_payload(self):
        for body in (
            b"BDTXR,1,0166166,0,,\xd2\xbb",
            b"BDTXR,1,0166166,2,,68656C6C6F",
            b"BDTXR,1,0166166,2,,A4",
            b"BDTXR,1,0166166,2,,A46",
            b"BDTXR,1,0166166,1,,xy",
            b"BDTXR,1,0166166,,,3132",
            b"BDTCI,166166,4204990,2,142204,4,0,A431",
            b"BDTCI,166166,4204990,2,142204,1,0,A431",
        ):
            self.assertEqual(meant(body), Message("166166", None), body)

    def test_fields_that_are_not_as_expected_mean_nothing(self):
        for body in (
            b"BDICI",
            b"BDICI,0242286,00242286,0000011,6,60",
            b"BDICI,0242286,00242286,0000011,6,,3,N,0",
            b"BDICI,02422x6,00242286,0000011,6,60,3,N,0",
            b"BDICI,0242286,00242286,0000011,6,-60,3,N,0",
            b"BDICI,0242286,00242286,0000011,6,600000,3,N,0",
            b"BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60",
            b"BDFKI,TXA,Y,Y,0",
            b"BDFKI,TXA,Y,,0,0040",
            b"BDFKI,TXA,Y,1,0,0040",
            b"BDFKI,TXA,Y,Y,x,0040",
            b"BDFKI,TXA,Y,Y,0,0x40",
            b"BDFKI,082920,TCQ,YY,0,0",
            b"BDFKI,082920,TCQ,Y,0,0,0",
            b"BDFKI,RMO,Y,Y,0,0000",
            b"BDTXR,1,0166166,1,3132",
            b"BDTXR,1,card,1,,3132",
            b"BDTCI,4204986,4204990,2,142204,3132",
            b"BDBSI,02,08",
            b"BDBSI,02,08,x",
            b"BDPWI,000000.00",
            b"BDPWI,000000.00,99,01,51,40,33,0",
            b"BDPWI,000000.00,00,02,51,40,33,0",
            b"BDPWI,000000.00,00,01,51,x,33,0",
            b"BDPWI,000000.00,00,00,51",
            b"BDZDA,1,2",
            b"",
        ):
            self.assertEqual(meant(body), None, body)

    def test_beams_are_told_with_or_without_those_of_before(self):
        old = b"BDPWI,023628.00,01,3,44,40,02,2,51,44,0,16,43,36,0"
        self.assertEqual(meant(old), Beams(((2, 51), (16, 43))))
        self.assertEqual(meant(b"BDPWI,023628.00,00,02,2,51,44,16,43,36"), meant(old))
        self.assertEqual(meant(b"BDPWI,023628.00,00,00"), Beams(()))
        self.assertEqual(meant(b"BDBSI,00,00,0,0,0,0,0,0,0,0,0,0"), Beams(()))

    def test_a_card_must_take_77_bytes(self):
        for dialect, levels in ((BDS_2, (0, 3, 4, 5)), (BDS_3, (0, 2, 3, 4, 5))):
            taking = tuple(at for at in range(6) if carries(Card(dialect, "1", 60, at)))
            self.assertEqual(taking, levels)

    def test_a_card_number_is_the_same_with_zeros_in_front(self):
        self.assertEqual(number(b"0242286"), number(b"242286"))
        self.assertEqual(number(b"00"), "")
        self.assertEqual(number(b"24x"), None)


class TestRequests(unittest.TestCase):
    def test_questions_are_as_recorded(self):
        self.assertEqual(ASK_CARD[BDS_2], b"$CCICA,0,00*7B\r\n")
        self.assertEqual(ASK_CARD[BDS_3], b"$CCICR,0,00*68\r\n")
        self.assertEqual(REPORT_BEAMS[BDS_2], b"$CCRMO,BSI,2,10*17\r\n")

    def test_the_message_recorded_is_written_byte_for_byte(self):
        payload = bytes.fromhex("B9E3D6DDBAA3C1C4BFC6BCBCD3D0CFDEB9ABCBBE")
        written = request(BDS_2, "0242407", payload)
        self.assertEqual(written, RECORDED[10][0] + b"\r\n")

    def test_any_payload_goes_as_mixed_data_and_comes_back(self):
        payload = bytes(range(179, 256))
        for dialect, head in ((BDS_2, b"$CCTXA,7,1,2,A4B3"), (BDS_3, b"$CCTCQ,7,2,1,3,A4B3")):
            written = request(dialect, "7", payload)
            self.assertTrue(written.startswith(head), written)
            self.assertLess(len(written), 200)


class TestOutcomes(unittest.TestCase):
    TABLE = (
        (BDS_2, "YY", 0, SENT),
        (BDS_3, "Y", 0, SENT),
        (BDS_3, "Y", 5, REFUSED),
        (BDS_2, "YY", 1, REFUSED),
        (BDS_3, "N", 1, REFUSED),
        (BDS_3, "N", 11, REFUSED),
        (BDS_3, "N", 0, REFUSED),
        (BDS_3, "N", None, REFUSED),
        (BDS_2, "NY", 0, REFUSED),
        (BDS_2, "NN", 0, REFUSED),
        (BDS_2, "NY", 4, REFUSED),
        (BDS_3, "Y", None, UNKNOWN),
        (BDS_2, "YN", 0, UNKNOWN),
        (BDS_3, "Y", 7, UNKNOWN),
        (BDS_3, "N", 9, UNKNOWN),
        (BDS_2, "NN", 8, UNKNOWN),
    )

    def test_only_a_yes_without_a_reason_is_a_success(self):
        for dialect, went, reason, word in self.TABLE:
            outcome = beidou_status.outcome(Feedback(dialect, went, reason, 0))
            self.assertEqual(outcome.word, word, (dialect, went, reason))
            self.assertEqual(outcome.reason == "", word == SENT)

    def test_every_reason_from_1_to_6_is_a_refusal_whatever_else_it_says(self):
        for dialect, yes, no in ((BDS_2, "YY", "NN"), (BDS_3, "Y", "N")):
            for went in (yes, no):
                for reason in range(1, 7):
                    outcome = beidou_status.outcome(Feedback(dialect, went, reason, 0))
                    self.assertEqual(outcome.word, REFUSED)
                    self.assertIn("reason %d: " % reason, outcome.reason)
