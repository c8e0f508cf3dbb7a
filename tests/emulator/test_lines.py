"""Everything on the chip at once: four serial lines, a clip on the loudspeaker, pages on flash."""

import functools
import hashlib
import json
from pathlib import Path
from random import Random

import pytest

from host_tools.sim.chip import flash_file
from host_tools.sim.chip.board import PicoBox
from host_tools.sim.chip.chip import Chip
from tests.emulator import bench
from tests.emulator.bench import Bench

ON_CHIP = Path(__file__).with_name("on_chip") / "lines.py"
BITS_A_BYTE = 10
STREAM_MS = 2500
BAUD = {"rs485": 9600, "satellite": 115_200, "fourg": 115_200, "speech": 9600}


class Ran:
    """The board after it; sent and got are the bytes of each line, at its other end."""

    def __init__(self) -> None:
        self.board = Bench(Chip(flash_file.fresh(bench.image())))
        self.box = PicoBox(self.board.chip, lambda **_: None)
        self.got = {name: bytearray() for name in BAUD}
        self.sound = bytearray()
        self.sent: dict[str, bytes] = {}
        for name, wire in self.wires().items():
            wire.on_byte = self.got[name].append
        self.board.stop_the_box()
        self.told = self._run()

    def wires(self):
        box = self.box
        return {
            "rs485": box.rs485,
            "satellite": box.satellite,
            "fourg": box.fourg,
            "speech": box.speech,
        }

    def _run(self):
        """Let the streams begin when the chip says that it is ready for them."""
        chance = Random(485)
        for name, baud in BAUD.items():
            share = 0.1 if name == "rs485" else 0.95  # one pair of wires has two speakers
            self.sent[name] = chance.randbytes(int(baud / BITS_A_BYTE * STREAM_MS / 1000 * share))
        self.board.begin(ON_CHIP.read_text())
        self.board.until_said(b"begin", 10_000)
        for name, wire in self.wires().items():
            wire.arrive(self.sent[name])
        said = self.board.end(60_000)
        assert not said.error, said.error
        return json.loads(said.output.splitlines()[-1])


@functools.cache
def ran():
    """Return what all tests look at; a board that gets stuck is a test that fails."""
    return Ran()


@pytest.mark.parametrize("line", BAUD)
def test_every_byte_that_comes_is_read(line):
    told = ran().told["lines"][line]
    wanted = ran().sent[line]
    assert told["heard"] == len(wanted)
    assert told["sha256"] == hashlib.sha256(wanted).hexdigest()


@pytest.mark.parametrize("line", BAUD)
def test_every_byte_that_is_written_reaches_the_other_end(line):
    word = line.encode() + b"\n"
    assert ran().told["lines"][line]["wrote"] >= 10 * len(word)
    got = bytes(ran().got[line])  # the last word may be cut short: its writer was
    assert got == (word * len(got))[: len(got)]
    assert len(got) >= ran().told["lines"][line]["wrote"]


def test_the_loudspeaker_plays_and_pages_are_programmed_meanwhile():
    assert ran().told["failure"] is None
    assert ran().told["pages"] > 50
