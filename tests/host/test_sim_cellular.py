"""The 4G module, as a Box meets it on its wire and a county at its socket."""

import pytest

from tests.host import simulators
from tests.host.simulators import lines_of, wait_for

start, connect = simulators.start, simulators.connect

OK = b"\r\nOK\r\n"
OPENED = b"\r\n+QIOPEN: 0,0\r\n"
RECEIVED = b'\r\n+QIURC: "recv",0\r\n'
CHATTER = b'\r\n+QIND: "csq",20,99\r\n'
OPEN = 'AT+QIOPEN=1,0,"UDP SERVICE","127.0.0.1",0,3030,0'

ANSWERS = {
    "AT": b"",
    "AT+CMEE=1": b"",
    'AT+QICFG="qisend/timeout",5': b"",
    "AT+CPIN?": b"\r\n+CPIN: READY\r\n",
    "AT+CEREG?": b"\r\n+CEREG: 0,1\r\n",
    "AT+CGREG?": b"\r\n+CGREG: 0,0\r\n",
    "AT+QIACT?": b"",
    "AT+QIDEACT=1": b"",
}
UNKNOWN = (
    "AT+NETOPEN", "AT+QIRD=0", "AT+QICLOSE=0", 'AT+QISEND=0,5,"127.0.0.1",1', "AT+QISDE=2",
    'AT+QIDNSGIP=1,"localhost"', 'AT+QIOPEN=1,0,"TCP","127.0.0.1",0,3030,0',
)  # fmt: skip


class Box:
    """A Box that speaks AT over the wire."""

    def __init__(self, wire):
        self.wire = wire
        self.ask("ATE0")
        self.ask("AT+QISDE=0")

    def ask(self, command, end=OK):
        """Send a command and return what comes before the end of its answer."""
        self.wire.write(command.encode() + b"\r")
        return self.wire.read_to(end)[: -len(end)]

    def opens(self):
        assert self.ask("AT+QIACT=1") == b""
        assert self.ask(OPEN) == b""
        assert self.wire.read_to(OPENED) == OPENED

    def sends(self, data, port, end=b"\r\nSEND OK\r\n"):
        self.wire.write(b'AT+QISEND=0,%d,"127.0.0.1",%d\r' % (len(data), port))
        self.wire.read_to(b"\r\n> ")
        self.wire.write(data)
        return self.wire.read_to(end)


@pytest.fixture
def county():
    heard = simulators.datagrams()
    yield heard
    heard.close()


@pytest.fixture
def module(start, tmp_path):
    files = ("--line", tmp_path / "cellular", "--log", tmp_path / "cellular.jsonl")
    return start("cellular", *files, "--network-ms", 20, "--boot-ms", 50)


@pytest.fixture
def box(module, connect, tmp_path):
    return Box(connect(tmp_path / "cellular"))


@pytest.fixture
def online(box):
    box.opens()
    return box


def port_of(county):
    return county.getsockname()[1]


def test_it_echoes_commands_and_data_until_it_is_told_not_to(module, connect, tmp_path, county):
    wire = connect(tmp_path / "cellular")
    wire.write(b"AT\r")
    assert wire.read_to(OK) == b"AT\r" + OK
    wire.write(b"ATE0\r")
    assert wire.read_to(OK) == b"ATE0\r" + OK
    for command, end in (("AT+QIACT=1", OK), (OPEN, OPENED)):
        wire.write(command.encode() + b"\r")
        wire.read_to(end)
    wire.write(b'AT+QISEND=0,4,"127.0.0.1",%d\r' % port_of(county))
    wire.read_to(b"> ")
    wire.write(b"AAAA")
    assert wire.read_to(b"SEND OK\r\n") == b"AAAA\r\nSEND OK\r\n"


def test_known_commands_are_answered_and_others_are_errors(box):
    for command, answer in ANSWERS.items():
        assert box.ask(command) == answer, command
    for command in UNKNOWN:
        assert box.ask(command, b"\r\nERROR\r\n") == b"", command
    assert box.ask("AT") == b""


def test_the_example_of_the_manual_a_udp_service(online, county, tmp_path):
    assert online.sends(b"1234567890", port_of(county)) == b"\r\nSEND OK\r\n"
    data, module_at = county.recvfrom(2048)
    assert data == b"1234567890"
    county.sendto(b"AAAA", module_at)
    assert online.wire.read_to(RECEIVED) == RECEIVED
    head = b'\r\n+QIRD: 4,"127.0.0.1",%d\r\n' % port_of(county)
    assert online.ask("AT+QIRD=0") == head + b"AAAA\r\n"
    assert online.ask("AT+QIRD=0") == b"\r\n+QIRD: 0\r\n"
    assert online.ask("AT+QICLOSE=0") == b""
    logged = [line for line in lines_of(tmp_path / "cellular.jsonl") if "to" in line]
    assert [line["hex"] for line in logged] == [b"1234567890".hex()]


def test_only_the_first_of_the_datagrams_that_wait_is_told_of(online, county, module):
    online.sends(b"x", port_of(county))
    _, module_at = county.recvfrom(2048)
    for data in (b"one", b"\r\nOK\r\n", bytes(1200)):
        county.sendto(data, module_at)
    wait_for(lambda: module.state()["waiting"] == 3)
    assert online.wire.read_to(RECEIVED) == RECEIVED
    assert online.ask("AT+QIRD=0").endswith(b"\r\none\r\n")
    assert online.ask("AT+QIRD=0").startswith(b'\r\n+QIRD: 6,"127.0.0.1",')
    online.wire.read_to(OK)  # that one was within the datagram
    assert online.ask("AT+QIRD=0").endswith(bytes(1200) + b"\r\n")
    assert online.wire.hears_nothing()


def test_a_name_is_told_by_itself_behind_the_answer(box):
    box.ask("AT+QIACT=1")
    box.ask('AT+QIDNSGIP=1,"localhost"')
    said = b'\r\n+QIURC: "dnsgip",0,1,600\r\n\r\n+QIURC: "dnsgip","127.0.0.1"\r\n'
    assert box.wire.read(len(said)) == said
    box.ask('AT+QIDNSGIP=1,"nobody.example"')
    assert box.wire.read_to(b"565\r\n") == b'\r\n+QIURC: "dnsgip",565\r\n'


def test_without_a_card_or_a_network_there_is_no_context(box, module):
    module.tell("sim none")
    assert box.ask("AT+CPIN?", b"\r\n+CME ERROR: 10\r\n") == b""
    module.tell("sim pin")
    assert box.ask("AT+CPIN?") == b"\r\n+CPIN: SIM PIN\r\n"
    assert box.ask("AT+CEREG?") == b"\r\n+CEREG: 0,2\r\n"
    assert box.ask("AT+QIACT=1", b"\r\nERROR\r\n") == b""
    module.tell("sim ready")
    module.tell("network off")
    assert box.ask("AT+QIACT=1", b"\r\nERROR\r\n") == b""
    module.tell("network on")
    box.opens()
    assert module.tell("sim gold") == "error: expected ready or pin or none, not 'gold'"


def test_what_the_network_takes_away_is_told(online, module):
    module.tell("close")
    assert online.wire.read_to(b"0\r\n") == b'\r\n+QIURC: "closed",0\r\n'
    assert online.ask("AT+QIRD=0", b"\r\nERROR\r\n") == b""
    module.tell("deactivate")
    assert online.wire.read_to(b"1\r\n") == b'\r\n+QIURC: "pdpdeact",1\r\n'
    online.opens()


def test_a_restart_forgets_everything_and_says_so(online, module):
    module.tell("restart")
    assert online.wire.read_to(b"DONE\r\n").startswith(b"\r\nRDY\r\n\r\n+CFUN: 1\r\n")
    online.wire.write(b"AT+QIRD=0\r")
    assert online.wire.read_to(b"ERROR\r\n") == b"AT+QIRD=0\r\r\nERROR\r\n"


def test_a_datagram_may_be_lost_behind_its_send_ok(online, county, module):
    module.tell("lose 1")
    online.sends(b"lost", port_of(county))
    online.sends(b"next", port_of(county))
    assert county.recv(2048) == b"next"


def test_an_answer_may_break_off_behind_a_datagram_that_went(online, county, module):
    module.tell("unknown 1")
    assert online.sends(b"gone", port_of(county), b"SEND") == b"\r\nSEND"
    assert county.recv(2048) == b"gone"
    assert online.wire.hears_nothing()
    assert online.ask("AT+QIRD=0") == b"\r\n+QIRD: 0\r\n"


def test_any_answer_may_break_off(online, module):
    module.tell("half 1")
    online.wire.write(b"AT+QIRD=0\r")
    whole = b"\r\n+QIRD: 0\r\n" + OK
    assert online.wire.read(len(whole) // 2) == whole[: len(whole) // 2]
    assert online.wire.hears_nothing()
    assert online.ask("AT") == b""


def test_it_may_speak_by_itself_inside_every_answer(online, county, module):
    module.tell("chatter on")
    assert online.ask("AT") == CHATTER
    assert online.ask("AT+CPIN?") == CHATTER + b"\r\n+CPIN: READY\r\n" + CHATTER
    assert online.sends(b"x", port_of(county)).startswith(CHATTER)
    module.tell("chatter off")
    assert online.ask("AT") == b""


def test_bytes_that_stop_half_way_are_given_up_after_5_s(online, county):
    online.wire.write(b'AT+QISEND=0,5,"127.0.0.1",%d\r' % port_of(county))
    online.wire.read_to(b"> ")
    online.wire.write(b"hal")
    assert online.wire.read_to(b"ERROR\r\n") == b"\r\nERROR\r\n"
    assert online.ask("AT") == b""


def test_a_deaf_module_garbage_and_an_echo_that_came_back(online, module):
    module.tell("deaf")
    online.wire.write(b"AT\r")
    assert online.wire.hears_nothing()
    module.tell("answer")
    assert module.tell("garbage 00ff41") == "ok"
    assert online.wire.read(3) == b"\x00\xffA"
    module.tell("echo")
    assert online.ask("AT") == b"AT\r"


def test_killed_it_is_a_module_after_power_up_behind_the_same_link(
    online, module, connect, tmp_path
):
    module.kill()
    module.begin()
    assert module.state()["open"] is False
    Box(connect(tmp_path / "cellular")).opens()
    assert module.stop() == 0
