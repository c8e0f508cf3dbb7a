"""A village whose Box is the emulated chip: everybody lives in the chip's own time."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools.build import boards, clips
from host_tools.demo.stage import BOX_SETTINGS
from host_tools.provision import USUAL_SETTINGS
from host_tools.sim import voices
from host_tools.sim.chip import flash_file
from host_tools.sim.chip.board import PicoBox
from host_tools.sim.chip.chip import UNIQUE_ID, Chip
from host_tools.sim.chip.fram import Fram
from host_tools.sim.chip.probe import Probe, Symbols, shrink_heap
from protocol import keyring_file
from tests.emulator import bench
from tests.emulator.bench import Bench
from tests.emulator.neighbours import AmplifierAt, ChipClock, ModemAt, SignedCounty

TONE_MS = 1000
SETTINGS = {
    **USUAL_SETTINGS,
    **BOX_SETTINGS,
    "site": {**BOX_SETTINGS["site"], "name": "on a chip"},
    "alert": {"tone_hz": 800, "tone_ms": TONE_MS},
    "heartbeat_s": 60,
    "board": {
        "name": bench.BOARD,
        "amplifier": {"map": "line_60w", "address": 1, "baud": 9600},
        "sbd": {"baud": 19200},
    },
}
PROVISION = """
from boards.rp2.bench import Bench
from boards.pico_box.flash_map import FLASH_MAP
bench = Bench(FLASH_MAP)
bench.make_files()
bench.write_settings({settings!r})
for name in ("keyring_a", "keyring_b"):
    bench.write_keyring(name, {keyring!r})
"""


class VillageOnChip:
    """flash is what the chip holds, of a Box that this county knows; if None, a fresh one,
    provisioned with SETTINGS and this change; modem is what stands at the satellite's line,
    fram the memory beside the chip, if there is one.
    notes: [(ms, fact)].
    """

    def __init__(
        self,
        flash: bytes | None = None,
        county: SignedCounty | None = None,
        heap: int = 0,
        change: dict | None = None,
        modem: Callable[[PicoBox, SignedCounty, Path], Any] = ModemAt,
        fram: Fram | None = None,
    ):
        self.county = county or SignedCounty(None, UNIQUE_ID)
        self._folder = tempfile.TemporaryDirectory()
        self._heap = heap
        self._fram = fram
        self._new_modem = modem
        self.modem: Any = None
        self.start(flash or provisioned(self.county.ring, {**SETTINGS, **(change or {})}))

    def start(self, flash: bytes) -> None:
        """Give the board power, with this in its flash."""
        self.chip = Chip(flash)
        self.notes: list[tuple[float, dict[str, Any]]] = []
        self.said = bytearray()
        self.chip.console.on_data = self.said.extend
        symbols = Symbols(bench.elf())
        if self._heap:
            shrink_heap(self.chip, symbols, self._heap)
        self.probe = Probe(self.chip, symbols)
        self.box = PicoBox(self.chip, self._note, self._fram)
        self.county.clock = ChipClock(self.chip)
        self.amplifier = AmplifierAt(self.box)
        if self.modem is not None:
            self.modem.close()
        self.modem = self._new_modem(self.box, self.county, Path(self._folder.name))

    def __enter__(self) -> "VillageOnChip":
        return self

    def __exit__(self, *_: object) -> None:
        self.modem.close()
        self._folder.cleanup()

    def until(self, what: str, fact: Callable[[], object], most_s: float = 60) -> None:
        """Let time pass until this is so."""
        if not self.chip.run_until(fact, most_s * 1000):
            raise AssertionError(
                f"{most_s:.0f} s passed on the chip without {what}: {self.said!r}"
            )

    def pass_s(self, seconds: float) -> None:
        self.chip.run_ms(1000 * seconds)

    def line(self, begin: str) -> str:
        """Wait until the console has said a whole line that begins so, and return it."""
        whole = re.compile(b"^" + re.escape(begin.encode()) + b"[^\\r]*(?=\\r\\n)", re.MULTILINE)
        self.until(f"a line {begin!r}", lambda: whole.search(self.said))
        return whole.search(self.said)[0].decode()

    def up(self) -> None:
        """Wait until the Box runs and knows the time."""
        self.until("ready", lambda: b"ready" in self.said)
        self.until("a Boot that knows its minute", self._knows_the_time)

    def order(self, template: int | None = 18, rank: str = "notice", **more: Any) -> Any:
        """Have the county sign this order and send it by satellite."""
        signed = self.county.order(rank=rank, template=template, **more)
        self.county.send(signed.frame)
        return signed

    def outcome(self, signed: Any) -> str | None:
        ends = [fate for fate in self.county.fate(signed) if fate[0] == "finished"]
        return ends[-1][1] if ends else None

    def end_of(self, signed: Any, most_s: float = 60) -> str:
        """Wait for the closing report and return how it ended."""
        self.until("the order's end", lambda: self.outcome(signed), most_s)
        return str(self.outcome(signed))

    def press(self, button: str = "1", held_ms: float = 300) -> None:
        self.box.panel.arrive(f"down {button}\n".encode())
        self.chip.run_ms(held_ms)
        self.box.panel.arrive(f"up {button}\n".encode())

    def first(self, name: str, since_ms: float = 0, **wanted: Any) -> float | None:
        """Return when this was first noted since then, in ms, or None."""
        for ms, fact in self.notes:
            if ms >= since_ms and name in fact and all(fact[k] == v for k, v in wanted.items()):
                return ms
        return None

    def _note(self, **fact: Any) -> None:
        self.notes.append((self.chip.now_ms, fact))

    def _knows_the_time(self) -> bool:
        return any(boot.started is not None for boot in self.county.said("Boot"))


def provisioned(ring: keyring_file.Keyring, settings: dict[str, Any]) -> bytes:
    """Return a flash chip with our image, clips, this keyring and these settings."""
    flash = bytearray(flash_file.fresh(bench.image()))
    row = boards.find(bench.BOARD).flash.row("clips")
    spoken = _spoken()
    flash[row.start : row.start + len(spoken)] = spoken
    board = Bench(Chip(bytes(flash)))
    board.stop_the_box()
    keyring = keyring_file.write(ring)
    told = json.dumps(settings).encode()
    said = board.exec(PROVISION.format(settings=told, keyring=keyring))
    assert not said.error, said.error
    return board.chip.flash_image()


def _spoken() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("17", "18", "drill"):
            voices.save(Path(folder), name)
        return clips.image(Path(folder))
