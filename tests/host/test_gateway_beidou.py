"""BeiDou at the county: a command terminal on a serial line, one slot for all Boxes."""

import asyncio
import itertools
import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from host_tools.gateway import beidou, database
from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from host_tools.gateway.beidou import BeidouRoad
from host_tools.gateway.beidou_terminal import Line, Lost
from host_tools.gateway.turns import MOST_WAITING, Turns
from host_tools.problems import Problem
from protocol import acks, calendar, fragments, messages
from protocol.reassembly import Reassembly
from tests.host import beidou_terminal as terminal
from tests.host.beidou_terminal import PtyPeer, Wire, sentence, until
from tests.host.gateway_county import CARD, NOON, Clock, County, TurnRoad, play, settled, signed
from tests.host.gateway_web import Browser

SLOT_S = 62  # the card's 60 s, and 2 by which its own counter may be off
OTHER = "0242408"

FEEDBACK = (terminal.SENT_21, terminal.SENT_21_WAIT_40, terminal.FAILED_21)


class Stage:
    """A gateway with a BeiDou road whose terminal a test plays."""

    def __init__(self, county, link, peer):
        self.county, self.clock, self.peer = county, county.clock, peer
        self.road = BeidouRoad(str(link), 115_200, county.clock, county.noted.append)
        county.beidou = self.road
        self.opened = 0  # times

    async def run(self, script):
        async with self.county.gateway() as gateway:
            self.gateway = gateway
            self.road.open(gateway.offer)
            running = asyncio.create_task(self.road.run())
            await settled()
            await script(self)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def order(self, **more):
        frame = signed(**more)
        answer = await Browser(self.gateway.page).post("/api/orders", {"frame": frame.hex()})
        answer.raise_for_status()
        return frame


def on_a_wire(county, monkeypatch, script, **more):
    """Run script(stage) with a terminal that is there at the start, in virtual time; return it."""

    async def run():
        peer = terminal.Peer(county.clock, **more)
        monkeypatch.setattr(beidou, "Line", lambda _port, _baud: Wire(peer))
        await Stage(county, "terminal", peer).run(script)
        return peer

    return asyncio.run(run())


def on_a_pty(county, monkeypatch, folder, script, plugged_in=True, **more):
    """Run script(stage) with a terminal on a real serial line."""

    async def run():
        peer = PtyPeer(county.clock, folder / "terminal", **more)
        stage = Stage(county, peer.link, peer)

        def counted(port, baud):
            line = Line(port, baud)
            stage.opened += 1
            return line

        monkeypatch.setattr(beidou, "Line", counted)
        if plugged_in:
            peer.plug_in()
        await stage.run(script)
        peer.pull_out()

    asyncio.run(run())


def told(box, peer):
    """Return [(when, [messages])] of what went to a Box's card, each payload 77 bytes at most."""
    assert all(len(payload) <= 77 for _, _, payload in peer.asked)
    return [
        (when, [message for _, message in box.opens(payload)])
        for when, _, payload in peer.asked
    ]  # fmt: skip


def acknowledged(box, peer):
    return [
        acks.read(message.acknowledged)
        for _, said in told(box, peer)
        for message in said
        if isinstance(message, messages.Ack)
    ]


class TestOnTheLine:
    """A real pseudo-terminal: opened, read, written, pulled out."""

    @pytest.mark.parametrize(
        ("card", "feedback", "question"),
        [
            (terminal.CARD_21, terminal.SENT_21, "CCICA"),
            (terminal.CARD_REGIONAL, terminal.SENT_REGIONAL, "CCICR"),
        ],
    )
    def test_a_call_is_kept_and_acknowledged_in_the_next_slot(
        self, county, monkeypatch, tmp_path, card, feedback, question
    ):
        box = county.enter(card=CARD)

        async def script(stage):
            peer = stage.peer
            await known(stage, question)
            peer.say(b"\xff\x00 noise $BDTXR,1," + sentence("BDPWI,0,0"))
            peer.brings(box.calls(elided=True))
            await until(lambda: county.count("messages"))
            await stage.clock.advance(SLOT_S - 1)
            assert peer.asked == []
            await stage.clock.advance(1)
            await until(lambda: peer.asked)
            assert [to for _, to, _ in peer.asked] == [CARD]
            assert acknowledged(box, peer) == [[1]]

        on_a_pty(county, monkeypatch, tmp_path, script, card=card, feedback=feedback)
        (row,) = county.rows("SELECT bearer FROM messages")
        assert row["bearer"] == BEIDOU
        assert county.rows("SELECT beidou_heard_at IS NULL AS no FROM boxes") == [{"no": 0}]
        assert county.noted == []

    def test_pulled_out_and_put_back_it_goes_on_where_it_was(self, county, monkeypatch, tmp_path):
        county.enter(card=CARD)

        async def script(stage):
            peer = stage.peer
            await known(stage, "CCICA")
            await stage.order(rank="warning", text=b"\0a", template=None)
            peer.pull_out()
            await until(lambda: county.noted)
            await stage.clock.advance(600)
            assert len(county.noted) == 1
            peer.plug_in()
            await known(stage, "CCICA", opened=2)
            await until(lambda: peer.asked)

        on_a_pty(county, monkeypatch, tmp_path, script)
        begun, ended = county.noted
        assert begun.startswith("the line is broken")
        assert ended == "the BeiDou terminal is there again"

    def test_missing_at_the_start_it_is_one_line_until_it_is_there(
        self, county, monkeypatch, tmp_path
    ):
        box = county.enter(card=CARD)

        async def script(stage):
            await stage.clock.advance(3_600)
            assert len(county.noted) == 1
            stage.gateway.offer(county.arrival(box.calls(), BEIDOU))
            await stage.clock.advance(60)
            stage.peer.plug_in()
            await known(stage, "CCICA")
            await stage.clock.advance(SLOT_S)
            await until(lambda: stage.peer.asked)
            assert acknowledged(box, stage.peer) == [[1]]

        on_a_pty(county, monkeypatch, tmp_path, script, plugged_in=False)
        missing, there = county.noted
        assert "terminal cannot be opened" in missing
        assert there == "the BeiDou terminal is there again"

    def test_nobody_else_may_open_the_terminal_meanwhile(self, county, monkeypatch, tmp_path):
        async def script(stage):
            await known(stage, "CCICA")
            with pytest.raises(Lost, match="cannot be opened"):
                Line(str(stage.peer.link), 115_200)

        on_a_pty(county, monkeypatch, tmp_path, script)


class TestSlots:
    """The card's interval, to the second; all time is virtual."""

    def test_after_a_start_nothing_is_known_so_one_interval_passes(self, county, monkeypatch):
        county.enter(card=CARD)

        async def script(stage):
            begun = stage.clock.now()
            await stage.order()
            await stage.clock.advance(100)
            assert begun + 60 <= stage.peer.asked[0][0] <= begun + SLOT_S + 3

        for _ in range(3):  # it is started again and again, and the order waits still
            on_a_wire(county, monkeypatch, script)

    def test_of_a_thousand_slots_none_is_early_and_none_is_left_out(self, monkeypatch):
        chance, clock = random.Random(5), Clock()
        peer = terminal.Peer(clock)
        peer.feedback = [chance.choice(FEEDBACK) for _ in range(1_100)]
        monkeypatch.setattr(beidou, "Line", lambda _port, _baud: Wire(peer))

        async def run():
            road = BeidouRoad("terminal", 115_200, clock, print)
            running = asyncio.create_task(road.run())
            number = 0
            while len(peer.asked) < 1_000:
                for _ in range(100):
                    number += 1
                    road.send(CARD, b"\x92" + number.to_bytes(6, "big") + bytes(60))
                await clock.advance(100 * SLOT_S)
            running.cancel()

        asyncio.run(run())
        times = [when for when, _, _ in peer.asked]
        gaps = {later - earlier for earlier, later in itertools.pairwise(times)}
        assert min(gaps) >= 60
        assert max(gaps) <= SLOT_S

    def test_the_wait_that_a_terminal_tells_is_waited(self, county, monkeypatch):
        county.enter(card=CARD)
        too_early = sentence("BDFKI,TXA,N,Y,1,0300").decode().strip()

        async def script(stage):
            stage.peer.feedback = [too_early]
            await stage.order(rank="danger", template=None, text=b"\0a")
            await stage.clock.advance(SLOT_S + 3)
            await stage.clock.advance(300)
            assert len(stage.peer.asked) == 1
            await stage.clock.advance(10)

        peer = on_a_wire(county, monkeypatch, script)
        (first, _, sent), (again, _, sent_again) = peer.asked
        assert again - first >= 300
        assert sent_again == sent

    def test_another_card_has_a_slot_of_its_own(self, county, monkeypatch):
        county.enter(card=CARD)

        async def script(stage):
            await stage.order(rank="danger")
            await stage.clock.advance(SLOT_S + 4)
            assert len(stage.peer.asked) == 1
            stage.peer.card = terminal.CARD_21_40_S
            await stage.clock.advance(SLOT_S)
            assert len(stage.peer.asked) == 1
            await stage.clock.advance(43)
            assert len(stage.peer.asked) == 2

        on_a_wire(county, monkeypatch, script)


class TestRefusals:
    @pytest.mark.parametrize(
        ("card", "feedback", "why"),
        [
            (terminal.CARD_REGIONAL, terminal.YES_WITH_A_REASON, "there is no card"),
            (terminal.CARD_21, terminal.NO_SIGNAL_21, "no signal is locked"),
            (terminal.CARD_21, terminal.FAILED_21, "it does not say why"),
        ],
    )
    def test_what_surely_was_not_sent_is_asked_again(
        self, county, monkeypatch, card, feedback, why
    ):
        box = county.enter(card=CARD)
        usual = terminal.SENT_REGIONAL if card.startswith("$BDICP") else terminal.SENT_21

        async def script(stage):
            stage.peer.feedback = [feedback] * 2
            stage.gateway.offer(county.arrival(box.calls(), BEIDOU))
            await stage.clock.advance(5 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script, card=card, feedback=usual)
        assert acknowledged(box, peer) == [[1]] * 3
        assert county.noted == [
            f"the BeiDou terminal does not send: {why}", "the BeiDou terminal sends again"
        ]  # fmt: skip

    def test_what_is_refused_for_ever_stands_in_nobodys_way(self, county, monkeypatch):
        boxes = [county.enter(address=n, imei=None, card=f"{n:07d}") for n in (1, 2)]

        async def script(stage):
            stage.peer.feedback = [terminal.FAILED_21] * 3
            for box in boxes:
                stage.gateway.offer(county.arrival(box.calls(), BEIDOU, card_of(box)))
            await stage.clock.advance(6 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        assert [to for _, to, _ in peer.asked] == ["0000001"] * 3 + ["0000002"]

    def test_a_terminal_that_says_nothing_of_a_message_is_one_line(self, county, monkeypatch):
        boxes = [county.enter(address=n, imei=None, card=f"{n:07d}") for n in (1, 2, 3)]

        async def script(stage):
            stage.peer.feedback = [None, None]
            for box in boxes:
                stage.gateway.offer(county.arrival(box.calls(), BEIDOU, card_of(box)))
            await stage.clock.advance(6 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        assert [to for _, to, _ in peer.asked] == [card_of(box) for box in boxes]
        assert county.noted == [
            "the BeiDou terminal does not say what became of a message",
            "the BeiDou terminal sends again",
        ]

    def test_a_terminal_that_fell_silent_is_asked_until_it_answers(self, county, monkeypatch):
        box = county.enter(card=CARD)

        async def script(stage):
            await stage.clock.advance(100)
            stage.peer.silent = True
            stage.gateway.offer(county.arrival(box.calls(), BEIDOU))
            await stage.clock.advance(3_600)
            assert county.noted == ["the BeiDou terminal does not answer"]
            assert len(stage.peer.questions) < 200
            assert stage.peer.asked == []
            stage.peer.silent = False
            await stage.clock.advance(100)

        peer = on_a_wire(county, monkeypatch, script)
        assert acknowledged(box, peer) == [[1]]
        assert county.noted[1:] == ["the BeiDou terminal is there again"]

    def test_a_terminal_without_a_card_is_asked_until_it_has_one(self, county, monkeypatch):
        box = county.enter(card=CARD)

        async def script(stage):
            stage.gateway.offer(county.arrival(box.calls(), BEIDOU))
            await stage.clock.advance(600)
            assert county.noted == ["the BeiDou terminal has no card"]
            assert stage.peer.asked == []
            stage.peer.card = terminal.CARD_REGIONAL
            await stage.clock.advance(200)

        usual = {"card": terminal.NO_CARD_REGIONAL, "feedback": terminal.SENT_REGIONAL}
        peer = on_a_wire(county, monkeypatch, script, **usual)
        assert acknowledged(box, peer) == [[1]]


class TestTurns:
    def test_danger_goes_before_acks_and_acks_before_the_rest(self, county, monkeypatch):
        boxes = [county.enter(address=n, imei=None, card=f"{n:07d}") for n in (1, 2, 3)]

        async def script(stage):
            await stage.order(target=1, seq=1, rank="notice", priority=2)
            stage.gateway.offer(county.arrival(boxes[1].calls(), BEIDOU, "0000002"))
            await stage.clock.advance(20)
            await stage.order(target=3, seq=2)
            await stage.clock.advance(9 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        order = [to for _, to, _ in peer.asked]
        assert order[:7] == ["0000003"] * 5 + ["0000002", "0000001"]

    def test_every_fourth_turn_is_for_what_is_neither(self, county, monkeypatch):
        boxes = [county.enter(address=n, imei=None, card=f"{n:07d}") for n in range(1, 21)]

        async def script(stage):
            await stage.order(target=1, rank="notice", priority=2)
            for box in boxes[1:]:
                stage.gateway.offer(county.arrival(box.calls(), BEIDOU, card_of(box)))
            await stage.clock.advance(13 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        ordered = [n for n, (_, to, _) in enumerate(peer.asked) if to == "0000001"]
        assert ordered == [3, 7, 11]

    def test_one_ack_says_all_that_came_until_its_boxs_turn(self, county, monkeypatch):
        box = county.enter(card=CARD)

        async def script(stage):
            for _ in range(6):
                stage.gateway.offer(county.arrival(box.health(elided=True), BEIDOU))
                await stage.clock.advance(10)
            await stage.clock.advance(10)

        peer = on_a_wire(county, monkeypatch, script)
        assert acknowledged(box, peer) == [[1, 2, 3, 4, 5, 6]]

    def test_small_frames_for_one_box_ride_in_one_message(self, county, monkeypatch):
        box = county.enter(card=CARD)
        frames = [box.calls(seq=seq) for seq in (1, 2, 200, 201, 60_000)]
        time_asked = box.calls(seq=3, minute=-5)

        async def script(stage):
            for frame in [*frames, time_asked]:
                stage.gateway.offer(county.arrival(frame, BEIDOU))
            await stage.clock.advance(3 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        said = told(box, peer)
        assert [len(together) for _, together in said] == [3, 1]
        assert sorted(itertools.chain(*acknowledged(box, peer))) == [
            1, 2, 3, 200, 201, 60_000
        ]  # fmt: skip

    def test_the_time_told_is_the_time_of_sending(self, county, monkeypatch):
        box = county.enter(card=CARD)

        async def script(stage):
            stage.gateway.offer(county.arrival(box.boots(), BEIDOU))
            await stage.clock.advance(2 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        ((when, said),) = told(box, peer)
        (time,) = [message for message in said if isinstance(message, messages.Time)]
        assert calendar.ZERO_UNIX + time.second == int(when)

    def test_a_long_order_goes_in_pieces_and_once_while_it_waits(self, county, monkeypatch):
        county.enter(card=CARD)

        async def script(stage):
            order = await stage.order(template=None, text=b"\0" + b"a" * 100)
            await stage.clock.advance(SLOT_S * 5 + 10)
            stage.peer.silent = True  # and the lane's next tries find the pieces waiting
            await stage.clock.advance(3_600)
            assert len(stage.road._turns._queues[0]) <= 6
            sent = [fragments.read(payload) for _, _, payload in stage.peer.asked]
            assert len(sent) == len({piece.index for piece in sent}) == 5
            assert rebuilt(sent[-sent[0].k :]) == [order]

        peer = on_a_wire(county, monkeypatch, script)
        assert all(len(payload) <= 77 for _, _, payload in peer.asked)

    def test_a_box_that_told_it_has_the_order_gets_no_more_pieces(self, county, monkeypatch):
        box, other = county.enter(card=CARD), county.enter(address=2, imei=None, card=OTHER)

        async def script(stage):
            await stage.order()
            stage.gateway.offer(county.arrival(other.calls(), BEIDOU, OTHER))
            await stage.clock.advance(2 * SLOT_S + 10)
            played = box.plays("verified", bytes((1, 0, 0, 1)), ack_wanted=False)
            stage.gateway.offer(county.arrival(played, BEIDOU))
            await stage.clock.advance(3 * SLOT_S)

        peer = on_a_wire(county, monkeypatch, script)
        assert [to for _, to, _ in peer.asked] == [CARD, CARD, OTHER]

    def test_an_order_that_is_over_is_not_sent_when_its_turn_comes(self, county, monkeypatch):
        county.enter(card=CARD)

        async def script(stage):
            stage.peer.silent = True
            await stage.order(valid_10min=1)
            await stage.clock.advance(700)
            stage.peer.silent = False
            await stage.clock.advance(300)

        assert on_a_wire(county, monkeypatch, script).asked == []

    def test_what_waits_is_bounded_and_danger_finds_room(self, county):
        turns = Turns(77, county.clock)
        for number in range(2_000):
            turns.add(f"{number:07d}", signed(seq=number, priority=3))
        turns.add(CARD, signed())
        assert len(turns._queues) == MOST_WAITING
        load = asyncio.run(turns.next())
        assert (load.to, load.payload) == (CARD, signed())


class TestWhoseItIs:
    def test_an_address_left_out_is_believed_only_from_the_boxs_own_card(self, county):
        box = county.enter(card=CARD)
        county.enter(address=0x2222, imei=None, card=OTHER)
        county.beidou = TurnRoad(county.clock)

        async def script(gateway):
            await county.brings(gateway, box.calls(elided=True), BEIDOU, OTHER)
            await county.brings(gateway, box.calls(elided=True), BEIDOU, "0999999")
            assert county.count("messages") == 0
            assert county.beidou.sent == []
            await county.brings(gateway, box.calls(elided=True), BEIDOU)

        play(county, script)
        assert county.count("messages") == 1
        assert county.count("unreadable") == 2
        assert any("(from card 0999999)" in row["reason"] for row in county.rows(
            "SELECT reason FROM unreadable"
        ))  # fmt: skip

    def test_a_changed_card_is_answered_where_it_is(self, county):
        box = county.enter(card=CARD)
        county.beidou = TurnRoad(county.clock)

        async def script(gateway):
            await county.brings(gateway, box.calls(), BEIDOU, OTHER)

        play(county, script)
        assert [to for _, to, _ in county.beidou.sent] == [OTHER]

    def test_one_message_by_three_roads_is_one_row_and_three_receptions(self, county):
        box = county.enter(card=CARD)
        county.beidou = TurnRoad(county.clock)
        call = box.calls()

        async def script(gateway):
            for bearer in (IP, SBD, BEIDOU):
                await county.brings(gateway, call, bearer)

        play(county, script)
        assert county.count("messages") == 1
        assert county.count("receptions") == 3

    def test_the_page_says_when_it_was_heard_by_beidou(self, county):
        box = county.enter(card=CARD)
        county.enter(address=2, imei=None)
        county.beidou = TurnRoad(county.clock)

        async def script(gateway):
            await county.brings(gateway, box.calls(), BEIDOU)
            without, heard = json.loads(await gateway.state())["boxes"]
            assert (without["beidou"], without["beidou_heard_at"]) == (False, None)
            assert heard["beidou"]
            assert heard["beidou_heard_at"] == NOON

        play(county, script)

    def test_without_a_terminal_nothing_is_sent_there_and_the_gateway_rests(self, county):
        county.enter(card=CARD, imei=None)

        async def script(gateway):
            frame = signed()
            await Browser(gateway.page).post("/api/orders", {"frame": frame.hex()})
            await county.clock.advance(600)

        play(county, script)
        assert county.rows("SELECT beidou_tries FROM deliveries") == [{"beidou_tries": 0}]


class TestRegister:
    def test_a_card_belongs_to_one_box(self, county):
        county.enter(card=CARD)
        with pytest.raises(Problem, match=f"the BeiDou card {CARD} already belongs to"):
            county.enter(address=2, imei=None, card=CARD)

    def test_a_database_from_before_beidou_is_brought_along_with_all_it_holds(self, tmp_path):
        path = tmp_path / "county.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(Path(__file__).with_name("database_3.sql").read_text())
            connection.execute(
                "INSERT INTO boxes (address, issue, name, imei, groups, epoch)"
                " VALUES (4660, 1, 'Upper village', '300234010000001', '[61441]', 3)"
            )
            connection.commit()
        with County(tmp_path) as county:
            box = county.enter(issue=1, card=CARD)
            county.beidou = TurnRoad(county.clock)

            async def script(gateway):
                await Browser(gateway.page).post("/api/orders", {"frame": signed().hex()})
                await county.brings(gateway, box.calls(epoch=3, elided=True), BEIDOU)

            play(county, script)
            assert county.rows("SELECT epoch, beidou_card FROM boxes") == [
                {"epoch": 3, "beidou_card": CARD}
            ]
            assert county.count("messages") == 1
            with pytest.raises(Problem, match="already belongs"):
                county.enter(address=2, imei=None, card=CARD)
        database.open_engine(path).dispose()  # and it is opened again like any other


async def known(stage, question, opened=1):
    """Let the terminal be opened, asked for its card in its dialect, and answer."""
    while stage.opened < opened:
        stage.peer.questions.clear()
        await stage.clock.advance(1)
    if question != "CCICR":
        await until(lambda: "CCICR" in stage.peer.questions)
        await stage.clock.advance(3)  # in the other dialect there is no answer
    await until(lambda: question in stage.peer.questions)
    await until(lambda: stage.road._number is not None and not stage.road._away._is_there)


def card_of(box):
    return f"{box.address:07d}"


def rebuilt(sent):
    reassembly, found = Reassembly(3), []
    for piece in sent:
        made = reassembly.put("beidou", piece)
        if made is not None:
            reassembly.judged(made, True)
            found.append(made.frame)
    return found
