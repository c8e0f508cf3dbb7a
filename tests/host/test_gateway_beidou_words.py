"""The sentences of a BeiDou command terminal: recorded ones, wrong ones, and noise between."""

import random

import pytest

from host_tools.gateway import beidou_words
from host_tools.gateway.beidou_words import Card, Feedback, Message
from tests.host import beidou_terminal as terminal
from tests.host.beidou_terminal import sentence

RECORDED = {
    terminal.CARD_21: Card("0242286", 60, False),
    terminal.CARD_21_40_S: Card("0166166", 40, False),
    terminal.CARD_REGIONAL: Card("4216930", 60, True),
    "$BDICP,15240507,2032472,1,3,0,N,1,Y,1,0,0,3,1,1,5,1,1,2,2,500,100,10,10*65": Card(
        "15240507", 1, True
    ),
    terminal.SENT_21_WAIT_40: Feedback(True, 0, 40),
    terminal.FAILED_21: Feedback(False, 0, 0),
    terminal.SENT_REGIONAL: Feedback(True, 0, 0),
    terminal.YES_WITH_A_REASON: Feedback(True, 5, 0),
    "$BDTXR,1,0166166,1,,3132333433333335*46": Message("0166166", b"12343335", ""),
    "$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*40": (
        Message("4204986", bytes.fromhex("3A642B500000000000000A01F35B41EC036542EE74F5"), "")
    ),
    "$CCICA,0,00*7B": None,
    "$CCRMO,BSI,2,10*17": None,
    "$BDPWI,000000.00,00,01,51,40,33,0*7B": None,
}
NOISE = (
    b"\x00\xff*7B$$$", b"$BDFKI,TXA,Y,Y,0,00", b"$BDICI*38\r\n", b"*\r\n$,,,,*00", b"$" * 3000,
    b"$BDTXR," + b"1" * 3000,
)  # fmt: skip


def heard(data):
    return [beidou_words.meaning(s) for s in beidou_words.Reader().feed(data)]


@pytest.mark.parametrize("line", RECORDED)
def test_a_recorded_sentence_means_what_its_manual_says(line):
    assert heard(line.encode() + b"\r\n") == [RECORDED[line]]


def test_a_wrong_checksum_is_not_heard():
    wrong = b"$CCTXA,0123456,1,2,,A4BF1000200155512738F99088CBE27A916CB179732B33295183*35\r\n"
    assert heard(wrong) == []
    assert heard(wrong.replace(b"*35", b"*2A")) == [None]


@pytest.mark.parametrize("wait", ["-040", "4_0", " 40", "+40", "4O"])
def test_a_wait_that_is_no_number_opens_no_slot_early(wait):
    assert beidou_words.meaning(b"BDFKI,TXA,Y,Y,0," + wait.encode()) is None


@pytest.mark.parametrize("noise", NOISE)
def test_what_comes_between_is_dropped_and_nothing_after_it_is_lost(noise):
    reader = beidou_words.Reader()
    line = terminal.SENT_21.encode() + b"\r\n"
    assert reader.feed(noise)[1:] == []
    assert reader.feed(line + noise + line)[-1:] == [line[1:-5]]
    assert len(reader._held) <= beidou_words.MOST_SENTENCE


def test_a_line_in_crumbs_is_a_line():
    reader = beidou_words.Reader()
    found = [s for byte in terminal.SENT_21.encode() for s in reader.feed(bytes((byte,)))]
    assert [beidou_words.meaning(s) for s in found] == [Feedback(True, 0, 0)]


def test_a_sentence_spoiled_in_any_way_raises_nothing_and_is_not_hoarded():
    chance, reader = random.Random(5), beidou_words.Reader()
    lines = [line.encode() for line in RECORDED]
    for _ in range(20_000):
        spoiled = bytearray(chance.choice(lines))
        for _ in range(chance.randint(1, 4)):
            spoiled[chance.randrange(len(spoiled))] = chance.choice(b"$*,\r\nY0A\xff")
        if chance.random() < 0.5:
            spoiled = bytearray(sentence(spoiled[1:-3].decode("latin-1", "ignore"))[:-2])
        for found in reader.feed(bytes(spoiled)):
            beidou_words.meaning(found)
        assert len(reader._held) <= beidou_words.MOST_SENTENCE


def test_what_is_asked_for_is_written_as_recorded():
    data = bytes.fromhex("B9E3D6DDBAA3C1C4BFC6BCBCD3D0CFDEB9ABCBBE")
    assert beidou_words.request(Card("0242286", 60, False), "0242407", data) == (
        b"$CCTXA,0242407,1,2,A4B9E3D6DDBAA3C1C4BFC6BCBCD3D0CFDEB9ABCBBE*0F\r\n"
    )
    assert (sentence("CCICR,0,00"), sentence("CCICA,0,00")) == beidou_words.ASK_CARD


def test_a_card_is_one_card_however_many_zeros_lead():
    (message,) = heard(sentence("BDTCI,04207733,4207733,2,023242,2,0,90AB"))
    assert message == Message("4207733", b"\x90\xab", "")


@pytest.mark.parametrize("data", ["", "0G", "ABC", "北斗"])
def test_characters_are_no_payload(data):
    (message,) = heard(sentence(f"BDTXR,1,0166166,1,,{data}"))
    assert message.broken
    (message,) = heard(sentence("BDTXR,1,0166166,0,,3031"))
    assert message.broken
