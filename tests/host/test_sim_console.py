"""What every simulator has in common: commands, endings, and words for what cannot be done."""

import signal
import socket
import subprocess
import sys

import pytest

from host_tools.sim import words
from tests.host import simulators
from tests.host.simulators import PATIENCE_S, ROOT, datagrams, wait_for

start, connect = simulators.start, simulators.connect

WRONG = {
    "jump": "no command 'jump'; there are down, lamps, press, up",
    "press": "expected press NAME [MS=300]",
    "down 1 2": "expected down NAME",
    "press 1 soon": "expected a whole number from 1 to 600000, not 'soon'",
    "down a/b": "no button can be called 'a/b'",
}


@pytest.fixture
def panel(start, tmp_path):
    return start("panel", "--line", tmp_path / "panel", "--log", tmp_path / "panel.jsonl")


def test_a_wrong_word_is_answered_with_a_sentence(panel):
    for typed, answer in WRONG.items():
        assert panel.tell(typed) == f"error: {answer}"
    assert panel.tell("lamps") == "ok {}"


def test_the_end_of_its_input_does_not_stop_a_simulator(panel, connect, tmp_path):
    panel.tell("down 1")
    panel.process.stdin.close()
    wire = connect(tmp_path / "panel")
    wire.write(b"state?\n")
    assert wire.read_to(b"down 1\ndown 1\n")


def test_a_simulator_that_is_told_to_stop_takes_its_link_away(panel, tmp_path):
    link = tmp_path / "panel"
    assert link.is_symlink()
    assert panel.end(signal.SIGTERM) == 0
    assert not link.is_symlink()


def test_a_stale_link_is_replaced(panel, connect, tmp_path):
    panel.kill()
    (tmp_path / "stale").touch()
    (tmp_path / "panel").unlink()
    (tmp_path / "panel").symlink_to(tmp_path / "stale")
    panel.begin()
    panel.tell("down 4")
    assert connect(tmp_path / "panel").read_to(b"\n") == b"down 4\n"


def test_a_box_that_was_killed_leaves_nothing_on_the_wire(panel, connect, tmp_path):
    box = connect(tmp_path / "panel")
    box.close()
    panel.tell("press 1 1")
    again = connect(tmp_path / "panel")
    wait_for(lambda: again.hears_nothing(0))


def test_a_full_wire_never_stops_a_simulator(panel, connect, tmp_path):
    for number in range(60):
        panel.tell(f"down {number}")
    box = connect(tmp_path / "panel")
    box.write(b"state?\n" * 500)  # 230 kB of answers that nobody reads
    for _ in range(20):
        assert panel.tell("press 1 1") == "ok"


def test_a_busy_port_is_named_in_one_sentence(tmp_path):
    with datagrams() as taken:
        port = taken.getsockname()[1]
        done = run("audio", "--listen", port, "--forward", 9, "--dir", tmp_path)
    assert done.returncode == 4
    assert done.stderr == f"error: 127.0.0.1:{port} (UDP): Address already in use\n"


def test_a_busy_tcp_port_is_named_too(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = ("--line", tmp_path / "sbd", "--imei", "3" * 15, "--mo", "127.0.0.1:9")
        done = run("iridium", *options, "--mt", port, "--log", tmp_path / "log")
    assert done.returncode == 4
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_queue_that_cannot_be_read_is_named(tmp_path):
    queue = tmp_path / "log.queue"
    queue.write_text("[]")
    options = ("--line", tmp_path / "sbd", "--imei", "3" * 15, "--mo", "127.0.0.1:9")
    done = run("iridium", *options, "--mt", 9, "--log", tmp_path / "log")
    assert done.returncode == 4
    assert done.stderr == f"error: {queue}: is not a queue of this simulator; remove it\n"
    assert queue.read_text() == "[]"


def test_a_wrong_option_says_what_was_expected(tmp_path):
    done = run("road", "--listen", 1, "--to", "nowhere", "--log", tmp_path / "log")
    assert done.returncode == 2
    assert "expected HOST:PORT" in done.stderr


@pytest.mark.parametrize("text", ["", "-1", "x", "²", "6", "1" * 5000])
def test_a_number_outside_its_bounds_is_refused(text):
    with pytest.raises(ValueError, match="from 0 to 5"):
        words.whole(text, 0, 5)


@pytest.mark.parametrize("text", ["", "0", "xy", "00" * 5])
def test_hexadecimal_is_bounded(text):
    with pytest.raises(ValueError, match="expected"):
        words.hex_bytes(text, 4)


def run(name, *options):
    """Run a simulator that ends by itself."""
    command = [sys.executable, "-m", f"host_tools.sim.{name}", *map(str, options)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
