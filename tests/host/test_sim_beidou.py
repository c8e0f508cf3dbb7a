"""BeiDou terminals and the satellites between them, as a Box and as a county meet them."""

import functools
import operator

import pytest

from host_tools.sim import beidou_recorded
from host_tools.sim.artefacts import Log
from host_tools.sim.beidou_air import Air
from host_tools.sim.beidou_dialects import New, Old
from host_tools.sim.beidou_kept import Kept
from host_tools.sim.beidou_terminal import Terminal
from host_tools.sim.beidou_words import Card
from tests.host import simulators
from tests.host.simulators import lines_of, wait_for

start, connect = simulators.start, simulators.connect

OWN, COUNTY = "0242286", "0242407"
CARD = b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38\r\n"  # as it was recorded
NO_CARD = b"$BDICI,0000000,00000000,0000000,0,0,0,N,0*0B\r\n"
HELLO = b"A468656C6C6F"


def said(text):
    """Return a sentence with this body; the checksum is worked out here."""
    body = text if isinstance(text, bytes) else text.encode()
    return b"$%b*%02X\r\n" % (body, functools.reduce(operator.xor, body))


def to(card, data=HELLO):
    return said(b"CCTXA,%b,1,2,%b" % (card.encode(), data))


def sent(interval_s=60):
    return said(f"BDFKI,TXA,Y,Y,0,{interval_s:04}")


class Stage:
    """The simulator as a process, and both lines."""

    def __init__(self, start, connect, folder):
        self._start, self._connect, self._folder = start, connect, folder
        self.log = folder / "beidou.jsonl"

    def begin(self, *options):
        lines = (
            "--box",
            f"{OWN}={self._folder}/box",
            "--county",
            f"{COUNTY}={self._folder}/county",
        )
        times = ("--sending-ms", 20, "--delay-ms", 50)
        self.process = self._start("beidou", *lines, "--log", self.log, *times, *options)
        self.box, self.county = (self._connect(self._folder / name) for name in ("box", "county"))
        return self

    def entries(self, key, value):
        return [line for line in lines_of(self.log) if line.get(key) == value]


@pytest.fixture
def stage(start, connect, tmp_path):
    return Stage(start, connect, tmp_path)


def test_a_card_is_told_byte_for_byte_as_it_was_recorded(stage):
    stage.begin().box.write(b"$CCICA,0,00*7B\r\n$CCICI,0,00*73\r\n$CCICI,0,00*43\r\n")
    assert stage.box.read(2 * len(CARD)) == 2 * CARD
    stage.county.write(b"$CCICA,0,00*7B\r\n")
    told = said("BDICI,0242407,00242407,0000011,0,1,3,N,1")
    assert stage.county.read_to(b"\r\n") == told
    stage.box.write(b"$CCICR,0,00*68\r\nAT\r\n$CCICA,0,00*7C\r\n$CCICA,0,00*7B")
    assert stage.box.hears_nothing()


def test_a_message_reaches_the_county_and_an_answer_the_box(stage):
    stage.begin().box.write(to(COUNTY))
    assert stage.box.read_to(b"\r\n") == sent()
    assert stage.county.read_to(b"\r\n") == said("BDTXR,1,0242286,2,,A468656C6C6F")
    stage.county.write(to(OWN, b"A46F72646572"))
    assert stage.county.read_to(b"\r\n") == sent(1)
    assert stage.box.read_to(b"\r\n") == said("BDTXR,1,0242407,2,,A46F72646572")
    up, down = stage.entries("dir", "mo"), stage.entries("dir", "mt")
    assert [bytes.fromhex(line["hex"]) for line in up + down] == [b"hello", b"order"]


def test_who_asks_before_the_interval_is_over_hears_no_and_is_counted(stage):
    stage.begin().box.write(to(COUNTY) + to(COUNTY) + to(COUNTY))
    early = said("BDFKI,TXA,N,N,0,0060")
    assert stage.box.read(2 * len(early) + len(sent())) == 2 * early + sent()
    assert stage.process.state()["box"]["early"] == 2
    assert [line["card"] for line in stage.entries("event", "early")] == [OWN, OWN]
    stage.county.read_to(b"\r\n")
    assert stage.county.hears_nothing()


def test_a_killed_simulator_knows_when_a_card_last_sent_and_what_is_in_the_air(
    stage, connect, tmp_path
):
    stage.begin("--delay-ms", 1500).box.write(to(COUNTY))
    stage.box.read_to(b"\r\n")
    stage.process.kill()
    stage.process.begin()
    county, box = connect(tmp_path / "county"), connect(tmp_path / "box")
    assert county.read_to(b"\r\n") == said("BDTXR,1,0242286,2,,A468656C6C6F")
    box.write(to(COUNTY))
    assert box.read_to(b"\r\n").startswith(b"$BDFKI,TXA,N,N,0,00")
    assert stage.process.state()["box"]["early"] == 1


def test_bds_3_is_spoken_as_it_was_recorded(stage, tmp_path):
    stage.begin("--protocol", "3")
    stage.box.write(b"$CCICA,0,00*7B\r\n$CCICR,0,00*68\r\n")
    told = said("BDICP,0242286,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0")
    assert stage.box.read_to(b"\r\n") == told
    stage.box.write(said(b"CCTCQ,0242407,2,1,3,%b,0" % HELLO))
    time, feedback = stage.box.read_to(b"\r\n")[7:13], b",TCQ,Y,0,0*"
    assert time.isdigit()
    (told,) = (bytes.fromhex(line["hex"]) for line in stage.entries("dir", "<")[1:])
    assert feedback in told
    arrived = stage.county.read_to(b"\r\n")
    assert arrived.startswith(b"$BDTCI,0242286,0242407,2,")
    assert b",3,0,A468656C6C6F*" in arrived


def test_a_terminal_without_a_card_says_yes_and_yet_reason_5(stage):
    stage.begin("--protocol", "3").process.tell("card box off")
    stage.box.write(said(b"CCTCQ,0242407,2,1,3,%b,0" % HELLO))
    assert stage.box.read_to(b"\r\n") == b"$BDFKI,000000,TCQ,Y,5,0*74\r\n"
    stage.box.write(b"$CCICR,0,00*68\r\n")
    assert stage.box.read_to(b"\r\n").startswith(b"$BDICP,0,0,0,3,")


def test_everything_recorded_is_said_on_demand_the_wrong_one_included(stage):
    assert stage.begin().process.tell("recorded box") == "ok"
    heard = stage.box.read(len(beidou_recorded.everything()))
    lines = heard.split(b"\r\n")[:-1]
    wrong = [line for line in lines if said(line[1:-3])[:-2] != line]
    assert len(lines) == 12
    assert wrong == [
        b"$CCTXA,0123456,1,2,,A4BF1000200155512738F99088CBE27A916CB179732B33295183*35"
    ]


def test_beams_are_told_once_or_again_and_again(stage):
    beams, none = b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54\r\n", b"$BDBSI,00,00" + b",0" * 10
    stage.begin().box.write(b"$CCRMO,BSI,2,0*26\r\n")
    assert stage.box.read_to(b"\r\n") == beams
    stage.process.tell("signal box off")
    stage.box.write(said("CCRMO,BSI,2,1"))
    assert stage.box.read_to(b"\r\n").startswith(none)
    stage.process.tell("signal box on")
    assert stage.box.read_to(b"\r\n") == beams
    stage.process.tell("power box off")
    stage.process.tell("power box on")
    assert stage.box.hears_nothing(1.2)


def test_states_that_keep_a_terminal_from_sending(stage):
    stage.begin()
    for trouble, told in (
        ("signal box off", "BDFKI,TXA,N,Y,4,0000"),
        ("suppressed box on", "BDFKI,TXA,N,Y,1,0000"),
        ("silence box on", "BDFKI,TXA,N,Y,3,0000"),
        ("card box off", "BDFKI,TXA,N,Y,0,0000"),
    ):
        stage.process.tell(trouble)
        stage.box.write(to(COUNTY))
        assert stage.box.read_to(b"\r\n") == said(told), trouble
    stage.box.write(b"$CCICA,0,00*7B\r\n")
    assert stage.box.read_to(b"\r\n") == NO_CARD
    assert stage.county.hears_nothing()


def test_a_yes_with_a_reason_sends_nothing_and_costs_no_interval(stage):
    stage.begin().process.tell("refuse box 1 6")
    stage.box.write(to(COUNTY) + to(COUNTY))
    assert stage.box.read_to(b"\r\n") == said("BDFKI,TXA,Y,Y,6,0000")
    assert stage.box.read_to(b"\r\n") == sent()
    stage.county.read_to(b"\r\n")
    assert stage.county.hears_nothing()


@pytest.mark.parametrize(
    ("mishap", "told"),
    [("mute", b""), ("half", sent(1)[:13]), ("wrong", sent(1)[:-4] + b"0D\r\n")],
)
def test_a_message_may_go_without_a_feedback_that_can_be_believed(stage, mishap, told):
    stage.begin("--interval-s", 1).process.tell(f"{mishap} box 1")
    stage.box.write(to(COUNTY))
    assert stage.county.read_to(b"\r\n") == said("BDTXR,1,0242286,2,,A468656C6C6F")
    assert not told or stage.box.read(len(told)) == told
    assert stage.box.hears_nothing()
    wait_for(lambda: not stage.process.state()["in_the_air"])
    assert stage.process.state()["box"]["troubles"][mishap] == 0


def test_a_success_may_be_told_and_never_arrive(stage):
    stage.begin().process.tell("lose box 1")
    stage.box.write(to(COUNTY))
    assert stage.box.read_to(b"\r\n") == sent()
    assert stage.county.hears_nothing()
    assert len(stage.entries("event", "mo lost")) == 1
    assert stage.entries("dir", "mo") == []


def test_what_arrives_may_arrive_twice_or_find_nobody(stage):
    stage.begin().process.tell("duplicate county on")
    stage.process.tell("signal box off")
    stage.county.write(to(OWN))
    stage.county.read_to(b"\r\n")
    wait_for(lambda: stage.entries("event", "nobody hears"))
    assert stage.entries("dir", "mt") == []
    stage.process.tell("signal box on")
    stage.box.write(to(COUNTY))
    twice = 2 * said("BDTXR,1,0242286,2,,A468656C6C6F")
    assert stage.county.read(len(twice)) == twice


def test_a_deaf_terminal_and_one_without_power_say_nothing(stage):
    stage.begin()
    for off, on in (("answers box off", "answers box on"), ("power box off", "power box on")):
        stage.process.tell(off)
        stage.box.write(b"$CCICA,0,00*7B\r\n")
        assert stage.box.hears_nothing()
        stage.process.tell(on)
        stage.box.write(b"$CCICA,0,00*7B\r\n")
        assert stage.box.read_to(b"\r\n") == CARD


def test_garbage_is_heard_as_it_is_and_wrong_commands_are_told(stage):
    assert stage.begin().process.tell("garbage box 00ff24") == "ok"
    assert stage.box.read(3) == b"\x00\xff$"
    told = stage.process.tell("lose bow 1")
    assert told == "error: expected one of county, box, not 'bow'"
    assert stage.process.tell("power box maybe").startswith("error: expected on or off")


def test_the_log_has_every_byte_and_every_trouble(stage):
    stage.begin().box.write(b"$CCICA,0,00*7B\r\n")
    stage.box.read_to(b"\r\n")
    stage.process.tell("signal box off")
    asked, told, event = lines_of(stage.log)
    assert (asked["dir"], told["dir"]) == (">", "<")
    assert (asked["terminal"], told["terminal"]) == ("box", "box")
    assert bytes.fromhex(told["hex"]) == CARD
    assert event["event"] == "signal box off"


class TestTerminalsOnTheirOwn:
    """Terminals under a clock that only the test moves."""

    @pytest.fixture(autouse=True)
    def sky(self, tmp_path):
        self.now, self.due = 1000.0, []
        self.log = Log(tmp_path / "log")
        self.kept = Kept(tmp_path / "queue")
        self.air = Air(self.kept, self.log, 2.0, self.later, lambda: self.now)
        yield
        self.log.close()

    def later(self, seconds, call):
        self.due.append((self.now + seconds, call))
        return Timer()

    def pass_time(self, seconds):
        end = self.now + seconds
        while self.due and min(self.due, key=lambda one: one[0])[0] <= end:
            first = min(self.due, key=lambda one: one[0])
            self.due.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end

    def terminal(self, card, dialect=None):
        heard = []
        terminal = Terminal(card, dialect or Old(), self.air, self.later, 0.8, heard.append)
        self.air.add(terminal)
        return terminal, heard

    def test_a_card_may_send_to_the_second_when_its_interval_is_over(self):
        box, heard = self.terminal(Card(OWN, 60, 3))
        box.receive(to(COUNTY))
        self.pass_time(59.5)
        box.receive(to(COUNTY))
        self.pass_time(0.5)
        box.receive(to(COUNTY))
        self.pass_time(1)
        assert heard == [sent(), said("BDFKI,TXA,N,N,0,0001"), sent()]

    def test_the_command_terminal_hears_its_subordinates_whomever_they_speak_to(self):
        county = self.terminal(Card(COUNTY, 1, 3, True, 2))[1]
        box, own = self.terminal(Card(OWN, 60, 3))
        other = self.terminal(Card("0166166", 60, 3))[1]
        box.receive(to("166166"))
        self.pass_time(5)
        assert county == other == [said("BDTXR,1,0242286,2,,A468656C6C6F")]
        assert own == [sent()]

    def test_what_is_too_long_for_the_card_is_not_sent(self):
        box, heard = self.terminal(Card(OWN, 60, 3))
        box.receive(to(COUNTY, b"A4" + b"00" * 78))
        box.receive(to(COUNTY, b"A4" + b"00" * 77))
        self.pass_time(1)
        assert heard == [said("BDFKI,TXA,N,Y,0,0000"), sent()]

    def test_the_card_recorded_of_bds_3_is_told_byte_for_byte(self):
        box, heard = self.terminal(Card("4216930", 60, 2), New())
        box.receive(b"$CCICR,0,00*68\r\n")
        assert heard == [beidou_recorded.SAID[5] + b"\r\n"]

    def test_power_lost_while_sending_loses_the_feedback_and_not_the_message(self):
        county = self.terminal(Card(COUNTY, 1, 3, True, 1))[1]
        box, heard = self.terminal(Card(OWN, 60, 3))
        box.receive(to(COUNTY))
        box.switch(False)
        self.pass_time(5)
        assert (heard, len(county)) == ([], 1)

    def test_a_flood_without_a_line_end_does_no_harm(self):
        box, heard = self.terminal(Card(OWN, 60, 3))
        box.receive(b"$" * 100_000)
        box.receive(b"\n$CCICA,0,00*7B\r\n")
        assert heard == [CARD]


class Timer:
    def cancel(self):
        pass
