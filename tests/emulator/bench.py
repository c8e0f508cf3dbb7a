"""A board on the bench: the emulated chip with our image, and its raw REPL in a test's hands.

The same words would do for a real board on a real port; only the clock is the chip's own.
"""

import functools
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from host_tools.build import firmware
from host_tools.sim.chip.chip import Chip

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "build" / "firmware"
BOARD = "pico_box"
GREETING = b"Fengsui "  # the first words of a Box that starts
_CHUNK_BYTES = 128  # typed a millisecond apart, as USB would bring them
_ENUMERATED_MS = 3_000
_PROMPT_MS = 10_000
# A watchdog that runs is not stopped any more, a technician has 15 minutes, and a test may
# take an hour.
_FEED = """
import machine
from boards.rp2 import technician
technician.leave()
_watchdog = machine.WDT(timeout=8000)
_feeding = machine.Timer(-1, period=1000, callback=lambda _: _watchdog.feed())
"""


class Said(NamedTuple):
    """What code printed, its traceback if it raised, and how long it took on the chip."""

    output: str
    error: str
    took_ms: float


class NoAnswer(AssertionError):
    """The board did not come to an end in its time."""


class Bench:
    """exec(code) runs code on the chip over the raw REPL, after the Box was stopped."""

    def __init__(self, chip: Chip):
        self.chip = chip
        self.said = bytearray()
        self._begun_ms = 0.0
        chip.console.on_data = self.said.extend
        self._await(lambda: chip.console.connected, _ENUMERATED_MS, "no USB port")

    def stop_the_box(self) -> None:
        """Ctrl-C, then a clean interpreter in raw mode, in which main.py does not start."""
        self._type(b"\r\x03\x03")
        self._await(lambda: self.said.endswith(b">>> "), _PROMPT_MS, "no prompt")
        self.fresh()

    def fresh(self) -> None:
        """A soft reset: nothing of what ran before is left in memory."""
        self._type(b"\x01\x04")
        self.said.clear()
        self._await(lambda: self.said.endswith(b"raw REPL; CTRL-B to exit\r\n>"), _PROMPT_MS)
        self.exec(_FEED)

    def exec(self, code: str, most_ms: float = 60_000) -> Said:
        """Run code to its end; NoAnswer if it has not ended within most_ms on the chip."""
        self.begin(code)
        return self.end(most_ms)

    def begin(self, code: str) -> None:
        """Start code, and return while it runs."""
        self._begun_ms = self.chip.now_ms
        self.said.clear()
        self._type(code.encode() + b"\x04")

    def until_said(self, words: bytes, most_ms: float) -> None:
        """Let what was begun run on until it has printed these words."""
        self._await(lambda: words in self.said, most_ms, f"no {words!r}")

    def end(self, most_ms: float) -> Said:
        """Let what was begun run to its end."""
        self._await(lambda: self._ended() or GREETING in self.said, most_ms, "no end")
        if not self._ended():
            raise NoAnswer(f"the board was reset; it said {bytes(self.said)[-300:]!r}")
        output, error, *_ = bytes(self.said).removeprefix(b"OK").split(b"\x04")
        return Said(output.decode(), error.decode(), self.chip.now_ms - self._begun_ms)

    def _ended(self) -> bool:
        return self.said.count(b"\x04") >= 2

    def _type(self, data: bytes) -> None:
        for at in range(0, len(data), _CHUNK_BYTES):
            self.chip.console.write(data[at : at + _CHUNK_BYTES])
            self.chip.run_ms(1)

    def _await(self, fact, most_ms: float, missing: str = "no raw REPL") -> None:
        if not self.chip.run_until(fact, most_ms):
            raise NoAnswer(
                f"{missing} within {most_ms:.0f} ms; it said {bytes(self.said)[-300:]!r}"
            )


@functools.cache
def image() -> Path:
    """Return our UF2, built from what the sources are now; once, for others may be reading it."""
    command = (sys.executable, "-m", "host_tools.build", "firmware", BOARD)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return IMAGES / f"{BOARD}.uf2"


def elf() -> Path:
    return firmware.symbols_of(BOARD, IMAGES)
