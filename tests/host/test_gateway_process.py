"""The gateway as a real process on loopback: killed, stopped, started again, looked at."""

import contextlib
import json
import os
import pty
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import tty
from pathlib import Path

import httpx
import pytest

from host_tools.demo.stage import free_ports
from host_tools.gateway import database
from host_tools.gateway.service import Options, run
from host_tools.keys import store as keystore
from host_tools.problems import Problem
from protocol import acks, messages
from protocol import keys as wire_keys
from protocol.containers import KEEP_ALIVE
from tests.host import gateway_county
from tests.host.beidou_terminal import sentence
from tests.host.gateway_county import CARD, IMEI, NAME, PASSWORD, Box, record
from tests.host.simulators import wait_for

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


class Process:
    """A real gateway on loopback, with its own county on disk."""

    def __init__(self, folder):
        self.folder = folder
        public = keystore.init(folder / "county", "gateway words", "signing words", work=1 << 10)
        self.realm = public.realm
        self.master = keystore.load_master(folder / "county", "gateway words")
        self.database = folder / "county.db"
        self.ports = free_ports(4)
        engine = database.open_engine(self.database)
        database.register_box(engine, record())
        engine.dispose()

    def start(self, **more):
        code = (
            "import json, sys; from host_tools.gateway.service import Options, run;"
            "run(Options(**json.loads(sys.argv[1])))"
        )
        udp, mo, mt, http = self.ports
        options = {
            "county": str(self.folder / "county"), "db": str(self.database), "udp": udp, "mo": mo,
            "mt": f"127.0.0.1:{mt}", "http": http, "passphrase": "gateway words",
            **more,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, json.dumps(options)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == f"ready http://127.0.0.1:{http}/\n"

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        if self.process.stderr.closed:
            return ""
        with self.process.stdout, self.process.stderr:
            return self.process.stderr.read()

    def browser(self):
        url = f"http://127.0.0.1:{self.ports[3]}"
        return httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def process(tmp_path):
    gateway = Process(tmp_path)
    gateway.start()
    yield gateway
    gateway.end(signal.SIGKILL)


class Line:
    """A Box's socket: sends frames and collects what is acknowledged."""

    def __init__(self, process, monkeypatch, request):
        monkeypatch.setattr(gateway_county, "REALM", process.realm)
        self.box = Box()
        self.box.root = wire_keys.box_root(process.master, process.realm, 0x1234, 1)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        request.addfinalizer(self.socket.close)
        self.socket.connect(("127.0.0.1", process.ports[0]))
        self.acknowledged, self.down_seqs, self.told = set(), [], []

    def send(self, data):
        with contextlib.suppress(ConnectionRefusedError):
            self.socket.send(data)

    def collect(self, seconds):
        """Take in what comes until nothing came for so long."""
        while select.select([self.socket], [], [], seconds)[0]:
            with contextlib.suppress(ConnectionRefusedError):
                for header, message in self.box.opens(self.socket.recv(2_048)):
                    self.down_seqs.append(header.seq)
                    self.told.append(message)
                    if isinstance(message, messages.Ack):
                        self.acknowledged.update(acks.read(message.acknowledged))


def test_what_keeps_a_road_open_leaves_no_trace_and_moves_no_address(
    process, monkeypatch, request
):
    line = Line(process, monkeypatch, request)
    line.send(line.box.health())
    line.collect(1)
    shown = "SELECT ip_address, ip_heard_at FROM boxes"
    before = process.rows(shown), process.rows("SELECT * FROM journal")
    assert before[0][0][0] is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(50):
            stranger.sendto(KEEP_ALIVE, ("127.0.0.1", process.ports[0]))
        line.send(KEEP_ALIVE)
        stranger.sendto(KEEP_ALIVE * 2, ("127.0.0.1", process.ports[0]))  # and no such byte
        unreadable = "SELECT raw FROM unreadable"
        wait_for(lambda: (KEEP_ALIVE * 2,) in process.rows(unreadable))
    assert process.rows(shown) == before[0]
    assert process.rows(unreadable) == [(KEEP_ALIVE * 2,)]
    assert len(process.rows("SELECT * FROM journal")) == len(before[1]) + 1


def test_killed_in_the_middle_of_a_stream_it_has_lost_nothing_it_acknowledged(
    process, monkeypatch, request
):
    line = Line(process, monkeypatch, request)
    ends = time.monotonic() + PATIENCE_S
    while len(line.acknowledged) < 100 and time.monotonic() < ends:
        for _ in range(20):
            line.send(line.box.health())
        line.collect(0.005)
    for _ in range(200):
        line.send(line.box.calls())
    process.end(signal.SIGKILL)
    line.collect(0.1)
    kept = {seq for (seq,) in process.rows("SELECT seq FROM messages")}
    assert len(line.acknowledged) >= 100
    assert line.acknowledged <= kept
    assert process.rows("PRAGMA integrity_check") == [("ok",)]


def test_started_again_it_goes_on_with_new_numbers_and_the_same_messages(
    process, monkeypatch, request
):
    line = Line(process, monkeypatch, request)
    first = line.box.calls()
    line.send(first)
    line.collect(1)
    process.end(signal.SIGKILL)
    process.start()
    line.send(first)
    line.collect(1)
    assert line.acknowledged == {1}
    assert len(set(line.down_seqs)) == len(line.down_seqs) >= 2
    assert process.rows("SELECT count(*) FROM messages") == [(1,)]


def test_a_terminal_and_a_web_hook_bring_what_boxes_sent(process, monkeypatch, request):
    line = Line(process, monkeypatch, request)
    process.end(signal.SIGTERM)
    (hook,), (terminal, other_end) = free_ports(1), pty.openpty()
    tty.setraw(other_end)
    process.start(beidou=os.ttyname(other_end), rockblock=hook)
    form = {"imei": IMEI, "data": line.box.calls(elided=True).hex()}
    url = f"http://127.0.0.1:{hook}/"
    answer = httpx.post(url, data=form, timeout=PATIENCE_S, trust_env=False)
    assert answer.status_code == 200
    assert process.rows("SELECT seq, bearer FROM messages") == [(1, "sbd")]
    os.write(terminal, sentence(f"BDTXR,1,{CARD},2,,A4{line.box.calls().hex().upper()}"))
    ends = time.monotonic() + PATIENCE_S
    while len(process.rows("SELECT seq FROM messages")) < 2 and time.monotonic() < ends:
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 4096)
    assert process.rows("SELECT seq, bearer FROM messages") == [(1, "sbd"), (2, "beidou")]
    assert process.end(signal.SIGTERM) == ""
    assert process.process.returncode == 0
    for descriptor in (terminal, other_end):
        os.close(descriptor)


def test_told_to_stop_it_stops_without_a_word(process):
    assert process.end(signal.SIGTERM) == ""
    assert process.process.returncode == 0


@pytest.mark.parametrize("which", [0, 1, 3])
def test_a_busy_port_is_one_sentence(process, which):
    free = free_ports(4)
    free[which] = process.ports[which]
    udp, mo, mt, http = free
    options = Options(
        process.folder / "county", process.database, udp, mo, f"127.0.0.1:{mt}", http,
        "gateway words",
    )  # fmt: skip
    with pytest.raises(Problem, match=f"port {process.ports[which]} on 127.0.0.1 cannot be used"):
        run(options)


def test_a_call_appears_on_the_open_page_and_can_be_taken(process, monkeypatch, request):
    line = Line(process, monkeypatch, request)
    engine = database.open_engine(process.database)
    database.add_operator(engine, NAME, PASSWORD)
    engine.dispose()
    with process.browser() as http, http.stream("GET", "/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        states = states_in(stream)
        assert next(states)["calls"] == []
        line.send(line.box.calls())
        (call,) = next(state["calls"] for state in states if state["calls"])
        assert (call["state"], call["kind"]) == ("open", "help")
        http.post("/api/session", json={"name": NAME, "password": PASSWORD}).raise_for_status()
        http.post(f"/api/calls/{call['id']}/take", json={}).raise_for_status()
        (call,) = next(s["calls"] for s in states if s["calls"][0]["state"] == "taken")
        assert call["by"] == NAME
        line.collect(0.3)
        assert messages.CallTaken(1, 1) in line.told


def test_told_to_stop_it_ends_the_streams_of_open_pages(process):
    with process.browser() as http, http.stream("GET", "/api/events") as stream:
        states = states_in(stream)
        next(states)
        process.process.send_signal(signal.SIGTERM)
        assert list(states) == []
    assert process.end(signal.SIGTERM) == ""
    assert process.process.returncode == 0


def states_in(stream):
    """Yield each state that a stream of events brings."""
    event = ""
    for text in stream.iter_lines():
        if text.startswith("event: "):
            event = text.removeprefix("event: ")
        elif text.startswith("data: ") and event == "state":
            yield json.loads(text.removeprefix("data: "))
