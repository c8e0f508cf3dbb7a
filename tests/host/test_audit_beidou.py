"""The auditor reads BeiDou terminals: what they carried, and whether they were used rightly."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import fragments, frame
from protocol.schema import UP
from tests.audit import pieces, sentences, wire
from tests.host.judging import Judge
from tests.host.staged_beidou import BeidouVillage, dressed, packed, sentence
from tests.host.staged_village import ADDRESS

FAULT = {"code": "no_output", "open": True, "minute": 1}


@pytest.fixture
def village():
    return BeidouVillage()


@pytest.fixture
def complaints(tmp_path):
    return Judge(tmp_path / "run")


def sealed(village, seq):
    return village.sealed(UP, "Fault", seq, **FAULT)


def sounded(village, t, signed):
    village.ends(village.plays(t, "17") + 0.3, signed, "played")


# What the road carried.


def test_a_report_by_beidou_is_kept_and_acknowledged_that_way(village, complaints):
    _, data = village.report(5, "Fault", road="beidou", acked=False, **FAULT)
    village.rows[-1][9] += 1
    village.acknowledges(7, frame.read(data)[0].seq)
    assert complaints(village) == {}


def test_reports_in_one_message_are_reports(village, complaints):
    both = [sealed(village, seq) for seq in (1, 2)]
    village.sends(5, "box", packed(*both))
    for seq, data in enumerate(both, 1):
        village.keep(6.5, data, "Fault", seq, "beidou", **FAULT)
    assert complaints(village) == {}


@pytest.mark.parametrize("road", ["beidou", "sbd", "ip"])
def test_a_row_says_that_it_came_by_a_road_where_it_never_was(village, complaints, road):
    village.report(5, "Fault", road="ip" if road == "beidou" else "beidou", **FAULT)
    village.rows[-1][10] = road
    assert list(complaints(village)) == ["county_keeps_what_came"]


def test_a_report_that_only_the_terminal_was_given_and_then_forgotten(village, complaints):
    village.report(2, "Fault", kept=False, passed=False, road="beidou", **FAULT)
    village.down(20, "Time", answers=1, second=1)
    assert list(complaints(village)) == ["nothing_is_lost"]


def test_what_another_card_sends_is_not_the_box(village, complaints):
    data = sealed(village, 1)
    told = dressed(data).hex().upper()
    village.line(5, "county", "<", f"BDTXR,1,0300009,2,,A4{told}")
    village.keep(5.5, data, "Fault", 1, "beidou", **FAULT)
    assert list(complaints(village)) == ["county_keeps_what_came"]


@pytest.mark.parametrize("indexes", [(0, 1), (1, 0), (0, 3), (2, 4), (0, 0, 1, 2, 3)])
def test_an_order_in_enough_pieces_is_an_order(village, complaints, indexes):
    signed = village.signed(rank="danger")
    assert village.in_pieces(4, signed, indexes) == 2
    sounded(village, 6 * len(indexes) + 4, signed)
    assert complaints(village) == {}


@pytest.mark.parametrize("indexes", [(0,), (3,), (1, 1)])
def test_an_order_sounds_of_which_too_few_pieces_came(village, complaints, indexes):
    signed = village.signed(rank="danger")
    village.in_pieces(4, signed, indexes)
    sounded(village, 20, signed)
    assert "nothing_unproven_sounds" in complaints(village)


def test_a_forged_order_in_pieces_sounds(village, complaints):
    signed = bytearray(village.signed(rank="danger"))
    signed[-1] ^= 1
    village.in_pieces(4, bytes(signed), (0, 1))
    sounded(village, 20, bytes(signed))
    assert "nothing_unproven_sounds" in complaints(village)


def test_an_outage_begins_when_the_last_road_is_cut(village, complaints):
    village.log("road", 10, event="cut")
    village.log("beidou", 12, event="signal box off")
    village.log("beidou", 20, event="signal box on")
    village.log("road", 25, event="restore")
    assert complaints(village) == {}
    assert complaints.verdict["outage"]["seconds"] == 8.0


def test_the_log_of_a_road_that_the_box_has_must_be_there(village, complaints, tmp_path):
    del village.logs["beidou"]
    complaints(village)
    assert "beidou.jsonl" in complaints.verdict["why"][0]


# How the terminals were used.


@pytest.mark.parametrize(("later_s", "honest"), [(4.9, False), (5.6, True)])
@pytest.mark.parametrize("name", ["box", "county"])
@pytest.mark.parametrize("answer", ["Y,Y,0,0000", None])
def test_a_card_is_asked_early(village, complaints, later_s, honest, name, answer):
    payload = dressed(sealed(village, 1))
    village.keep(6.2, sealed(village, 1), "Fault", 1, "beidou", **FAULT)
    village.sends(5, "box", payload)
    village.sends(20, name, payload, answer)
    village.sends(20 + later_s, name, payload, answer)
    assert list(complaints(village)) == ([] if honest else ["cards_are_not_hurried"])


@pytest.mark.parametrize(("later_s", "honest"), [(3.4, False), (3.6, True)])
def test_a_card_that_says_how_long_to_wait_is_asked_early(village, complaints, later_s, honest):
    data = sealed(village, 1)
    village.sends(5, "box", dressed(data), answer="N,N,0,0003", arrives=False)
    village.sends(5 + later_s, "box", dressed(data))
    village.keep(10, data, "Fault", 1, "beidou", **FAULT)
    assert list(complaints(village)) == ([] if honest else ["cards_are_not_hurried"])


def test_a_card_is_asked_that_told_nothing_of_itself(village, complaints):
    del village.logs["beidou"][:2]
    village.report(5, "Fault", road="beidou", **FAULT)
    assert "cards_are_not_hurried" in complaints(village)


@pytest.mark.parametrize("answer", ["Y,Y,4,0000", "N,Y,4,0000", "Y,N,0,0000"])
@pytest.mark.parametrize(
    ("again_s", "honest"), [(8, True), (60, True), (120, False), (None, False)]
)
def test_yes_with_a_reason_is_taken_as_sent(village, complaints, answer, again_s, honest):
    data = sealed(village, 1)
    village.sends(5, "box", dressed(data), answer, arrives=False)
    if again_s:
        village.sends(5 + again_s, "box", dressed(data))
        village.keep(7 + again_s, data, "Fault", 1, "beidou", **FAULT)
    village.log("stage", 200, process="box", event="exited")
    assert ("refused_is_asked_again" not in complaints(village)) == honest


def test_what_was_refused_and_went_by_ip_need_not_be_asked_for_again(village, complaints):
    data = sealed(village, 1)
    village.sends(5, "box", dressed(data), "Y,Y,4,0000", arrives=False)
    village.up(9, data)
    village.keep(9.2, data, "Fault", 1, **FAULT)
    village.down(9.4, "Ack", acknowledged=b"\0\0\1")
    village.log("stage", 200, process="box", event="exited")
    assert complaints(village) == {}


@pytest.mark.parametrize(
    "payload",
    [b"", b"hello", b"\x98\x40" + bytes(30), bytes(78), "a stranger's", "twice as long"],
)
def test_the_terminal_is_given_what_is_no_frame_of_the_box(village, complaints, payload):
    if payload == "a stranger's":
        payload = dressed(village.sealed(UP, "Fault", 1, key_epoch=40, **FAULT))
    elif payload == "twice as long":
        payload = packed(*(sealed(village, seq) for seq in range(1, 6)))
    village.sends(5, "box", payload, arrives=False)
    assert "terminals_are_told_well" in complaints(village)


def test_the_terminal_is_to_send_to_another_card(village, complaints):
    village.report(5, "Fault", **FAULT)
    village.sends(8, "box", dressed(sealed(village, 1)), arrives=False, to="0300009")
    assert list(complaints(village)) == ["terminals_are_told_well"]


@pytest.mark.parametrize(("pieces_sent", "honest"), [(1, True), (2, False)])
def test_the_first_piece_alone_does_not_tell_whose_it_is(village, complaints, pieces_sent, honest):
    header = frame.Header(frame.SEALED, UP, 14, 3, True, ADDRESS, 9)
    cut = fragments.Cut(header, bytes(100), 77, elided=True)
    for index in range(pieces_sent):
        village.sends(5 + 6 * index, "box", cut.fragment(index))
    assert list(complaints(village)) == ([] if honest else ["terminals_are_told_well"])


@pytest.mark.parametrize("name", ["box", "county"])
@pytest.mark.parametrize(
    "said",
    [b"AT\r\n", b"$CCICA,0,00*7C\r\n", b"$CCICA,0,00*7b\r\n", b"$CCICA,0,00*7B\n", b"$CCICA,0,0",
     b"$CCIC$CCICA,0,00*7B\r\n"],
)  # fmt: skip
def test_the_terminal_is_told_what_is_no_sentence(village, complaints, name, said):
    village.says(5, name, b"$CCICA,0,00*7B\r\n" + said)
    assert list(complaints(village)) == ["terminals_are_told_well"]


# The sentences, as they were recorded of real terminals.


def heard(way, *said):
    return [
        {"t": t, "terminal": "box", "dir": way, "hex": f"{line}\r\n".encode().hex()}
        for t, line in enumerate(said)
    ]


def test_recorded_sentences_mean_what_their_makers_say():
    log = heard(
        "<",
        "$BDICI,0242286,00242286,0000011,6,60,3,N,0*38",
        "$BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0*4E",
        "$BDTXR,1,0166166,1,,3132333433333335*46",
        "$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*40",
        "$BDTCI,4204986,4204990,2,142204,2,0,3A642B500000000000000A01F35B41EC036542EE74F5*41",
    )
    assert sentences.cards(log, "box") == [(0, "242286", 60), (1, "4216930", 60)]
    old, new = sentences.arrivals(log, "box")
    assert old == (2, "166166", b"12343335")
    assert (new.sender, new.payload[:4].hex()) == ("4204986", "3a642b50")


TXA = "$CCTXA,0247718,1,1,3132333435*70"
TCQ = sentence("CCTCQ,0247718,2,1,2,3132333435,0").decode().strip()


@pytest.mark.parametrize(
    ("request_", "answer", "went"),
    [
        (TXA, "$BDFKI,TXA,Y,Y,0,0040*17", True),
        (TXA, sentence("BDFKI,TXA,Y,N,0,0040").decode().strip(), False),
        (TCQ, "$BDFKI,082920,TCQ,Y,0,0*70", True),
        (TCQ, "$BDFKI,000000,TCQ,Y,5,0*74", False),
        (TCQ, "$BDFKI,082920,TCQ,Y,0,0*71", None),
    ],
)
def test_a_request_went_only_where_the_terminal_says_yes_without_a_reason(request_, answer, went):
    log = heard(">", request_) + [{**heard("<", answer)[0], "t": 0.5}]
    (asking,) = sentences.askings(log, "box")
    assert (asking.to, asking.payload, asking.went) == ("247718", b"12345", went)


@given(
    body=st.binary(min_size=60, max_size=300),
    seq=st.integers(0, 0xFFFFFF),
    elided=st.booleans(),
    chance=st.randoms(),
)
def test_the_auditor_rebuilds_every_frame_that_the_project_cuts(body, seq, elided, chance):
    header = frame.Header(frame.SIGNED, 1, 4, 2, False, ADDRESS, seq)
    cut = fragments.Cut(header, body + bytes(64), 77, elided)
    indexes = chance.sample(range(fragments.INDEXES), cut.k)
    assembly = pieces.Assembly()
    add = functools.partial(wire.read_piece, carrier_names=ADDRESS)
    *none, whole = [assembly.add(add(cut.fragment(index))) for index in indexes]
    assert not any(none)
    assert whole.whole == frame.write(header, body + bytes(64))
