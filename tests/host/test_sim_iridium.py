"""The satellite modem and the gateway behind it, as a Box and as a county meet them."""

import contextlib
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.sim import iridium_directip as directip
from host_tools.sim.artefacts import Log
from host_tools.sim.iridium_directip import Mo
from host_tools.sim.iridium_gateway import Gateway
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.iridium_modem import Modem
from host_tools.sim.iridium_sky import Sky
from host_tools.sim.words import Address
from tests.host import simulators
from tests.host.county import IMEI, REFUSED, County
from tests.host.simulators import free_port, lines_of, wait_for

start, connect = simulators.start, simulators.connect

HELLO = bytes.fromhex("68656C6C6F")
HELLO_WRITTEN = bytes.fromhex("68656C6C6F0214")  # as the AT reference prints it
HELLO_READ = bytes.fromhex("000568656C6C6F0214")
SESSION_MS = 50

ANSWERS = {
    "AT&K0": [],
    "AT&D0": [],
    "AT+CGSN": [IMEI],
    "AT+GMM": ["IRIDIUM 9600 Family SBD Transceiver"],
    "AT+CSQ": ["+CSQ:5"],
    "AT+CRIS": ["+CRIS:000,000"],
    "AT+SBDMTA=0": [],
    "AT+SBDMTA?": ["+SBDMTA:0"],
    "AT+SBDD0": ["0"],
    "AT+SBDD2": ["0"],
    "AT+SBDC": ["0"],
    "AT+SBDWB=0": ["3"],
    "AT+SBDWB=341": ["3"],
    "AT+SBDSX": ["+SBDSX: 0, 0, 0, -1, 0, 0"],
}
UNKNOWN = ("AT+SBDWT=hi", "ATD112", "AT+SBDWB=x", "AT+SBDMTA=2", "AT" + "0" * 200)

# What a county may wish, and the status it is answered with.
WISHES = (
    ({"payload": HELLO, "imei": "30023401000000x"}, -1),
    ({"payload": HELLO, "imei": "300234010000002"}, -2),
    ({"payload": bytes(271)}, -3),
    ({"payload": None}, -4),
    ({"payload": HELLO, "flags": 32, "client_id": bytes(4)}, -11),
    ({"payload": None, "flags": 1}, 0),
    ({"payload": None, "flags": 2}, 0),
    ({"payload": bytes(270)}, 1),
    ({"payload": HELLO}, 2),
)
MALFORMED = (b"", b"\x41", b"\x41\x00\x15short", b"\x42\x00\x01A")


class Box:
    """A Box that speaks AT over the wire."""

    def __init__(self, wire):
        self.wire = wire
        self.wire.write(b"ATE0\r")
        self.wire.read_to(b"\r\nOK\r\n")

    def ask(self, command, end="OK"):
        """Send a command and return the texts before its result code."""
        self.wire.write(command.encode() + b"\r")
        return self.texts(end)

    def texts(self, end="OK"):
        heard = self.wire.read_to(f"\r\n{end}\r\n".encode()).decode()
        *texts, last = heard.replace("\r", "").strip("\n").split("\n\n")
        assert last == end
        return texts

    def load(self, payload):
        """Write a message into the MO buffer; return the result."""
        self.wire.write(b"AT+SBDWB=%d\r" % len(payload))
        self.wire.read_to(b"\r\nREADY\r\n")
        self.wire.write(payload + (sum(payload) % 65536).to_bytes(2, "big"))
        return self.texts()

    def session(self, command="AT+SBDIX"):
        """Run a session; return its six numbers."""
        (answer,) = self.ask(command)
        name, _, numbers = answer.partition(": ")
        assert name == "+SBDIX"
        return tuple(int(number) for number in numbers.split(","))

    def read_mt(self):
        self.wire.write(b"AT+SBDRB\r")
        head = self.wire.read(2)
        rest = self.wire.read(int.from_bytes(head, "big") + 2)
        self.texts()
        return head + rest


@pytest.fixture
def county():
    listening = County(free_port(socket.SOCK_STREAM))
    yield listening
    listening.close()


@pytest.fixture
def modem(start, county, tmp_path):
    files = ("--line", tmp_path / "sbd", "--log", tmp_path / "iridium.jsonl")
    county_at = ("--mo", f"127.0.0.1:{county.port}", "--mt", county.mt_port)
    return start("iridium", *files, *county_at, "--imei", IMEI, "--session-ms", SESSION_MS)


@pytest.fixture
def box(modem, connect, tmp_path):
    return Box(connect(tmp_path / "sbd"))


def payloads(tmp_path, direction):
    lines = lines_of(tmp_path / "iridium.jsonl")
    return [bytes.fromhex(line["hex"]) for line in lines if line.get("dir") == direction]


def test_it_echoes_until_it_is_told_not_to(modem, connect, tmp_path):
    wire = connect(tmp_path / "sbd")
    wire.write(b"AT\r")
    assert wire.read_to(b"OK\r\n") == b"AT\r\r\nOK\r\n"
    wire.write(b"ate0&d0&k0\r")
    assert wire.read_to(b"OK\r\n") == b"ate0&d0&k0\r\r\nOK\r\n"
    wire.write(b"AT\r")
    assert wire.read_to(b"OK\r\n") == b"\r\nOK\r\n"


def test_known_commands_are_answered_and_others_are_errors(box):
    for command, texts in ANSWERS.items():
        assert box.ask(command) == texts, command
    for command in UNKNOWN:
        assert box.ask(command, end="ERROR") == [], command
    assert box.ask("AT") == []


def test_a_message_reaches_the_county_with_its_header(box, county, tmp_path):
    box.wire.write(b"AT+SBDWB=5\r")
    assert box.wire.read(9) == b"\r\nREADY\r\n"
    box.wire.write(HELLO_WRITTEN)
    assert box.texts() == ["0"]
    assert box.session() == (0, 0, 0, 0, 0, 0)
    taken = county.take()
    reference, imei, status, momsn, mtmsn, at = struct.unpack(">I15sBHHI", taken[0x01])
    assert (imei.decode(), status, momsn, mtmsn) == (IMEI, 0, 0, 0)
    assert reference > 0
    assert at > 1_700_000_000
    assert taken[0x02] == HELLO
    assert payloads(tmp_path, "mo") == [HELLO]


def test_the_sum_of_a_full_message_is_taken_modulo_65536(box, county):
    for size, total in ((200, "c738"), (340, "52ac")):
        box.wire.write(b"AT+SBDWB=%d\r" % size)
        box.wire.read_to(b"READY\r\n")
        box.wire.write(b"\xff" * size + bytes.fromhex(total))
        assert box.texts() == ["0"]
    box.session()
    assert county.take()[0x02] == b"\xff" * 340


def test_a_wrong_sum_is_refused_and_the_old_message_stays(box, modem):
    box.load(HELLO)
    box.wire.write(b"AT+SBDWB=5\r")
    box.wire.read_to(b"READY\r\n")
    box.wire.write(b"world\x00\x00")
    assert box.texts() == ["2"]
    assert modem.state()["mo_buffer"] == HELLO.hex()


def test_a_message_stays_in_its_buffer_and_is_sent_again_by_the_next_session(box, county):
    box.load(HELLO)
    assert [box.session()[1], box.session("AT+SBDIXA")[1]] == [0, 1]
    assert [county.take()[0x02], county.take()[0x02]] == [HELLO, HELLO]
    box.ask("AT+SBDD0")
    assert box.session() == (0, 2, 0, 0, 0, 0)
    assert box.ask("AT+SBDSX") == ["+SBDSX: 0, 3, 0, -1, 0, 0"]


def test_what_the_county_does_not_confirm_comes_again(box, county, modem):
    box.load(HELLO)
    box.session()
    assert county.take(answer=b"")[0x02] == HELLO  # killed before it committed
    assert county.take(answer=REFUSED)[0x02] == HELLO
    assert modem.state()["mo_waiting"] == 1
    assert county.take()[0x02] == HELLO
    wait_for(lambda: modem.state()["mo_waiting"] == 0)
    modem.kill()
    modem.begin()
    assert modem.state()["mo_waiting"] == 0


def test_messages_wait_for_a_county_that_is_down_even_through_a_power_cut(
    box, county, modem, connect, tmp_path
):
    county.close()
    for text in (b"first", b"second"):
        box.load(text)
        box.session()
    modem.kill()
    modem.begin()
    county.open(county.port)
    assert [county.take()[0x02], county.take()[0x02]] == [b"first", b"second"]
    again = Box(connect(tmp_path / "sbd"))
    assert again.session()[1] == 2


def test_a_message_for_the_box_rings_and_is_fetched(box, county, tmp_path):
    assert county.bring(HELLO) == (b"Msg1", IMEI.encode(), 1, 1)
    box.wire.read_to(b"\r\nSBDRING\r\n")
    assert box.ask("AT+CRIS") == ["+CRIS:000,001"]
    assert box.session("AT+SBDIXA") == (0, 0, 1, 1, 5, 0)
    assert box.ask("AT+SBDSX") == ["+SBDSX: 0, 1, 1, 1, 0, 0"]
    assert box.read_mt() == HELLO_READ
    assert box.read_mt() == HELLO_READ  # reading does not empty the buffer
    assert box.ask("AT+SBDD1") == ["0"]
    assert box.read_mt() == bytes(4)
    assert payloads(tmp_path, "mt") == [HELLO]


def test_one_session_fetches_one_message_and_tells_how_many_wait(box, county):
    box.ask("AT+SBDMTA=0")
    assert [county.bring(text)[3] for text in (b"one", b"two", b"\r\nOK")] == [1, 2, 3]
    box.load(HELLO)
    assert [box.session()[2:] for _ in range(4)] == [
        (1, 1, 3, 2),
        (1, 2, 3, 1),
        (1, 3, 4, 0),
        (0, 0, 0, 0),
    ]
    assert box.read_mt() == bytes(4)  # a session empties the buffer
    assert len([county.take() for _ in range(4)]) == 4


def test_the_gateway_says_what_becomes_of_a_message(modem, county):
    for wish, status in WISHES:
        client_id, imei, reference, answered = county.bring(**wish)
        assert client_id == wish.get("client_id", b"Msg1")
        assert imei.decode() == wish.get("imei", IMEI)
        assert (answered, reference > 0) == (status, status >= 0), wish


def test_what_is_not_directip_is_a_violation(modem, county):
    for body in MALFORMED:
        answer = county.ask(b"\x01" + len(body).to_bytes(2, "big") + body)
        assert answer[-2:] == (-7).to_bytes(2, "big", signed=True)
    assert county.ask(b"\x02\xff\xff") == answer
    assert modem.state()["mt_waiting"] == 0


def test_fifty_messages_may_wait_for_a_box_and_the_queue_can_be_flushed(modem, county):
    assert [county.bring(b"%d" % number)[3] for number in range(50)] == list(range(1, 51))
    assert county.bring(b"one too many")[3] == -5
    assert county.bring(b"instead of all", flags=1)[3] == 1


def test_an_urgent_message_goes_to_the_head_with_the_number_it_was_given(box, county):
    box.ask("AT+SBDMTA=0")
    county.bring(b"notice")
    assert county.bring(b"danger", flags=16 | 32, client_id=(777).to_bytes(4, "big"))[3] == 1
    assert box.session()[2:] == (1, 777, 6, 1)


def test_messages_for_a_box_outlive_the_gateway(modem, county, connect, tmp_path):
    county.bring(HELLO)
    modem.tell("signal 0")
    county.bring(b"behind it")
    modem.kill()
    modem.begin()
    box = Box(connect(tmp_path / "sbd"))
    assert box.ask("AT+CRIS") == ["+CRIS:000,001"]
    assert box.session()[2:] == (1, 1, 5, 1)
    assert county.bring(HELLO)[2:] == (3, 2)


def test_without_signal_nothing_goes_and_nothing_rings(box, county, modem):
    box.load(HELLO)
    assert modem.tell("signal 0") == "ok"
    assert county.bring(HELLO)[3] == 1
    assert box.ask("AT-MSSTM") == ["-MSSTM: no network service"]
    assert box.session() == (32, 0, 2, 0, 0, 0)
    modem.tell("signal 3")
    assert box.ask("AT+CSQ") == ["+CSQ:3"]
    assert box.ask("AT-MSSTM")[0].startswith("-MSSTM: ")
    assert box.session() == (0, 0, 1, 1, 5, 0)


def test_service_lost_and_won_is_reported_to_who_asks(box, modem):
    assert box.ask("AT+CIER=1,0,1") == []
    box.wire.read_to(b"\r\n+CIEV:1,1\r\n")
    modem.tell("signal 0")
    modem.tell("signal 4")
    modem.tell("signal 5")
    assert box.wire.read_to(b"+CIEV:1,1\r\n") == b"\r\n+CIEV:1,0\r\n\r\n+CIEV:1,1\r\n"
    assert box.ask("AT+CIER?") == ["+CIER:1,0,1,0,0"]


def test_a_failed_session_delivers_nothing_and_keeps_its_number(box, county, modem):
    box.load(HELLO)
    modem.tell("fail 2 17")
    assert [box.session()[:3] for _ in range(3)] == [(17, 0, 2), (17, 0, 2), (0, 0, 0)]
    county.take()
    assert modem.state()["mo_waiting"] == 0


def test_a_lost_message_is_told_as_carried_and_never_arrives(box, county, modem, tmp_path):
    box.load(HELLO)
    modem.tell("lose 1")
    assert box.session()[:2] == (0, 0)
    assert modem.state()["mo_waiting"] == 0
    assert payloads(tmp_path, "mo") == []
    assert box.session()[:2] == (0, 1)
    assert county.take()[0x02] == HELLO


def test_an_answer_may_break_off_behind_a_message_that_went(box, county, modem):
    box.load(HELLO)
    modem.tell("unknown 1")
    box.wire.write(b"AT+SBDIX\r")
    assert box.wire.read(13) == b"\r\n+SBDIX: 0, "
    assert county.take()[0x02] == HELLO
    assert box.wire.hears_nothing()
    assert box.ask("AT+SBDSX") == ["+SBDSX: 1, 1, 0, -1, 0, 0"]


def test_a_deaf_modem_says_nothing_until_it_answers_again(box, modem, county):
    modem.tell("deaf")
    box.wire.write(b"AT\r")
    county.bring(HELLO)
    assert box.wire.hears_nothing()
    modem.tell("answer")
    assert box.ask("AT") == []


def test_garbage_is_heard_as_it_is(box, modem):
    assert modem.tell("garbage 00ff41") == "ok"
    assert box.wire.read(3) == b"\x00\xffA"
    assert modem.tell("garbage xyz") == "error: expected hexadecimal, not 'xyz'"


def test_the_log_has_every_byte_and_every_mishap(box, modem, tmp_path):
    box.ask("AT")
    modem.tell("signal 0")
    lines = lines_of(tmp_path / "iridium.jsonl")
    assert [line.get("hex") for line in lines[-3:-1]] == [b"AT\r".hex(), b"\r\nOK\r\n".hex()]
    assert [line.get("dir") for line in lines[-3:-1]] == [">", "<"]
    assert lines[-1]["event"] == "signal 0"


class TestModemOnItsOwn:
    """The modem under a clock that only the test moves."""

    @pytest.fixture(autouse=True)
    def modem(self, tmp_path):
        self.said = b""
        self.due = []
        self.log = Log(tmp_path / "log")
        self.kept = Kept(tmp_path / "queue")
        self.gateway = Gateway(IMEI, Address("127.0.0.1", 9), self.kept, self.log)
        self.sky = Sky(self.gateway, self.kept, self.log, 0.8, self.later)
        self.device = Modem(IMEI, self.hear, self.sky, self.kept, self.later)
        self.device.receive(b"ATE0\r")
        self.said = b""
        yield
        self.log.close()

    def hear(self, data):
        self.said += data

    def later(self, seconds, call):
        self.due.append((seconds, call))
        return Timer()

    def pass_time(self):
        """Let everything come that is due; return after how many seconds each came."""
        due, self.due = self.due, []
        for _, call in due:
            call()
        return [seconds for seconds, _ in due]

    def test_a_message_that_stops_half_way_times_out_after_a_minute(self):
        self.device.receive(b"AT+SBDWB=5\r" + HELLO)
        assert self.pass_time() == [60.0]
        assert self.said.endswith(b"\r\n1\r\n\r\nOK\r\n")
        self.device.receive(b"AT\r")
        assert self.said.endswith(b"\r\n1\r\n\r\nOK\r\n\r\nOK\r\n")

    def test_a_ring_waits_until_the_answer_has_been_said(self):
        self.device.receive(b"AT+SBDIX\r")
        self.device.indicators.ring()
        self.device.receive(b"AT\rAT+CSQ\r")  # not heard during a session
        assert self.said == b""
        assert self.pass_time() == [0.8]
        answer = b"\r\n+SBDIX: 0, 0, 0, 0, 0, 0\r\n\r\nOK\r\n"
        assert self.said == answer + b"\r\nSBDRING\r\n"

    def test_a_signal_that_goes_during_a_session_drops_it(self):
        self.device.receive(b"AT+SBDIX\r")
        self.sky.signal = 0
        self.pass_time()
        assert self.said.startswith(b"\r\n+SBDIX: 18, 0, 2, ")

    def test_a_gateway_that_can_keep_no_more_says_so(self):
        for number in range(1000):
            self.kept.mo.append(Mo(number, IMEI, number, 0, 0, b"x"))
        self.device.receive(b"AT+SBDWB=5\r" + HELLO_WRITTEN + b"AT+SBDIX\r")
        self.due = self.due[1:]  # the minute is not over
        self.pass_time()
        assert b"+SBDIX: 11, 0, 2, " in self.said
        assert len(self.kept.mo) == 1000

    def test_numbers_wrap_where_the_air_interface_does(self):
        self.kept.momsn, self.kept.mtmsn = 65535, 65535
        assert (self.kept.end_session(), self.kept.momsn) == (65535, 0)
        assert self.kept.next_mtmsn() == 1


class Timer:
    def cancel(self):
        pass


@given(st.dictionaries(st.integers(0, 255), st.binary(max_size=300), max_size=8))
def test_any_elements_survive_a_directip_message(elements):
    data = directip.message(elements)
    assert directip.elements_of(data[3:]) == elements


@given(st.binary(max_size=200))
def test_no_bytes_can_do_more_than_be_malformed(data):
    with contextlib.suppress(directip.Malformed):
        assert directip.message(directip.elements_of(data))[3:] == data


def test_a_message_of_seventy_bytes_is_as_long_as_in_the_guide():
    header = struct.pack(">4s15sH", b"Msg1", b"300034010123450", 0)
    data = directip.message({directip.MT_HEADER: header, directip.MT_PAYLOAD: bytes(70)})
    assert data[:3] == bytes([1, 0, 97])
