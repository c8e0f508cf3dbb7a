"""Simulators as real processes, and the Box's end of their wires.  Every wait has an end."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0  # for what comes at once on a machine that is not busy
Start = Callable[..., "Simulator"]


class Simulator:
    """One simulator process; it is ready when the constructor returns."""

    def __init__(self, name: str, *options: object):
        self._command = [sys.executable, "-m", f"host_tools.sim.{name}", *map(str, options)]
        self.begin()

    def begin(self) -> None:
        """Start it, or start it again with the same options."""
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._said = b""
        assert self.answer() == "ready"

    def tell(self, command: str) -> str:
        """Type one command and return the line it is answered with."""
        self.process.stdin.write(command.encode() + b"\n")
        return self.answer()

    def state(self, command: str = "state") -> Any:
        """Return the JSON behind the "ok" of a command that tells something."""
        done, _, told = self.tell(command).partition(" ")
        assert done == "ok"
        return json.loads(told)

    def answer(self) -> str:
        """Return the next line it prints."""
        descriptor = self.process.stdout.fileno()
        self._said += read_until(descriptor, lambda said: b"\n" in self._said + said)
        line, _, self._said = self._said.partition(b"\n")
        return line.decode()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as a technician would; return its exit code."""
        return self.end(signal.SIGTERM)

    def end(self, how: signal.Signals) -> int:
        """Send it a signal, unless it has ended already, and return its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        self.process.stdin.close()
        self.process.stdout.close()
        return code


class Wire:
    """The Box's end of a serial line."""

    def __init__(self, link: Path):
        self.descriptor = os.open(link, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.descriptor, termios.TCSANOW)
        self._heard = b""

    def write(self, data: bytes) -> None:
        os.write(self.descriptor, data)

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        return self._take(lambda heard: size if len(heard) >= size else 0)

    def read_to(self, end: bytes) -> bytes:
        """Return all bytes up to `end`, with it."""
        return self._take(lambda heard: heard.find(end) + len(end) if end in heard else 0)

    def hears_nothing(self, seconds: float = 0.3) -> bool:
        """Is there nothing left unread, and nothing coming for a moment?"""
        return not self._heard and not _readable(self.descriptor, seconds)

    def close(self) -> None:
        """Let go of the line, as a Box that is killed."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1

    def _take(self, enough: Callable[[bytes], int]) -> bytes:
        before = self._heard
        if not enough(before):
            before += read_until(self.descriptor, lambda new: enough(before + new) > 0)
        size = enough(before)
        self._heard = before[size:]
        return before[:size]


def read_until(descriptor: int, enough: Callable[[bytes], bool]) -> bytes:
    """Read until enough(what was read), or fail with what there was."""
    heard = b""
    ends = time.monotonic() + PATIENCE_S
    while not enough(heard):
        if not _readable(descriptor, ends - time.monotonic()):
            pytest.fail(f"waited in vain; heard {heard!r}")
        data = os.read(descriptor, 4096)
        if not data:
            pytest.fail(f"the other side is gone; heard {heard!r}")
        heard += data
    return heard


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until something has become true, or fail."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > ends:
            pytest.fail("waited in vain")
        time.sleep(0.02)


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Return the entries of a log."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Return a port of this machine that nobody has now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def datagrams() -> socket.socket:
    """Return a UDP socket of this machine that does not wait for ever."""
    heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    heard.bind(("127.0.0.1", 0))
    heard.settimeout(PATIENCE_S)
    return heard


@pytest.fixture
def start() -> Iterator[Start]:
    """Start simulators: start(name, *options); what still runs at the end is ended."""
    started: list[Simulator] = []

    def begin(name: str, *options: object) -> Simulator:
        started.append(Simulator(name, *options))
        return started[-1]

    yield begin
    for simulator in started:
        simulator.kill()


@pytest.fixture
def connect() -> Iterator[Callable[[Path], Wire]]:
    """Open lines as the Box does: connect(link)."""
    wires: list[Wire] = []

    def opened(link: Path) -> Wire:
        wires.append(Wire(link))
        return wires[-1]

    yield opened
    for wire in wires:
        wire.close()


def _readable(descriptor: int, seconds: float) -> bool:
    return bool(select.select([descriptor], [], [], max(0.0, seconds))[0])
