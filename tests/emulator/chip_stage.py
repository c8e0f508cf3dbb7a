"""The demo's stage with a Pico Box in the Box's place: the real UF2, flashed and provisioned over
its USB port as a technician would, its wires on the same peers as ever.
"""

import json
import os
import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from host_tools.board import session, usb
from host_tools.build import boards, clips
from host_tools.demo.cast import IMEI, ROOT, Role
from host_tools.demo.stage import ADDRESS, BOX_SETTINGS, GROUP, Stage
from host_tools.provision import USUAL_SETTINGS
from tests.emulator import bench
from tests.emulator.pico_log import PicoLog

LAG = struct.Struct("d")
SLOWED = Path(__file__).with_name("slowed")
TONE_MS = 1000
TOOL_S = 300
JOURNAL = """
import rp2
from boards.rp2 import flash
from boards.pico_box.flash_map import FLASH_MAP
from drivers.flash_area import FlashArea
from drivers.flash_lines import FlashLines
start, size = flash.extent(FLASH_MAP, "journal")
for line in FlashLines(FlashArea(rp2.Flash(), start // 4096, size // 4096)).lines():
    print(line)
"""
RECORD = ("address", "name", "unique_id", "imei", "groups", "issue")
SITE = {
    **BOX_SETTINGS,
    "alert": {**BOX_SETTINGS["alert"], "tone_ms": TONE_MS},
    "board": {
        "name": bench.BOARD,
        "amplifier": {"map": "line_60w", "address": 1, "baud": 9600},
        "sbd": {"baud": 19200},
    },
}


class ChipStage(Stage):
    """As Stage; heap: how many bytes MicroPython gets, 0 for all there are.

    technician holds what `fengsui flash` and `fengsui provision` said of the board.
    """

    def __init__(self, folder: Path, heap: int = 0):
        super().__init__(folder, without=("road",))
        self._lag = self.folder.with_suffix(".lag")
        self._lag.parent.mkdir(parents=True, exist_ok=True)
        self._lag.write_bytes(LAG.pack(0))
        self._heap = heap
        self.image = bench.image()
        self.technician: dict[str, Any] = {}

    @property
    def usb(self) -> Path:
        return self.folder / "usb" / "port"

    @property
    def log(self) -> Path:
        return self.folder / "pico.jsonl"

    def now(self) -> float:
        """The chip's time, which may lag behind the wall's: see slowed/sitecustomize.py."""
        return time.time() - LAG.unpack(self._lag.read_bytes())[0]

    def write_down_the_board(self) -> None:
        """Add to the artefacts what only the board knows: when it hung, and its own journal."""
        board = PicoLog(self.log)
        self._write_stage("exited", [note.t for note in board.notes("hung")])
        self._write_stage("started", [note.t for note in board.notes("reset")])
        journal = self.folder / "box" / "journal.log"
        journal.write_text(self._read_journal())

    def _write_stage(self, event: str, times: list[float]) -> None:
        with (self.folder / "stage.jsonl").open("a") as log:
            for t in times:
                line = {"t": t, "process": "box", "event": event, "pid": 0}
                log.write(json.dumps(line) + "\n")

    def _read_journal(self) -> str:
        machine = usb.Usb()
        with session.opened(machine, str(self.usb)) as board:
            return board.run(JOURNAL)

    def _cast(self) -> dict[str, Role]:
        lines = self.folder / "lines"
        wires = (
            "--amplifier", lines / "amplifier", "--sbd", lines / "sbd", "--panel", lines / "panel",
            "--sound", self.ports["audio"],
        )  # fmt: skip
        box = self._pico("--lag", self._lag, "--log", self.log, *wires)
        cast = super()._cast() | {"box": box}
        for role in cast.values():
            role.environment["FENGSUI_LAG"] = str(self._lag)
            role.environment["PYTHONPATH"] = f"{SLOWED}:{ROOT}"
        del cast["box"].environment["FENGSUI_LAG"]  # it is the one that makes the others late
        return cast

    def _pico(self, *wires: object) -> Role:
        command = [sys.executable, "-m", "host_tools.sim.pico", "--usb", self.usb]
        command += ["--flash", self.folder / "box" / "flash.bin"]
        command += ["--elf", bench.elf(), "--heap", self._heap]
        return Role([str(word) for word in [*command, *wires]], {"PYTHONPATH": str(ROOT)})

    def _prepare(self) -> None:
        super()._prepare()
        self._put_in_clips()
        (self.folder / "road.jsonl").touch()  # the road that a Pico does not have yet

    def _provisioned(self, master: bytes) -> dict[str, Any]:
        """Flash a blank board and provision it, with the technician's own commands."""
        site = self.folder / "box" / "site.json"
        site.write_text(json.dumps(SITE))
        settings = {**USUAL_SETTINGS, **SITE}
        (self.folder / "box" / "settings.json").write_text(json.dumps(settings))
        with self._alone():
            drive = self.usb.with_name("RPI-RP2")
            self._fengsui("flash", "--image", self.image, "--drive", drive, self.usb)
            told = self._fengsui(
                "provision", self.usb, "--county", self.county, "--site", site,
                "--address", ADDRESS, "--name", "demo", "--imei", IMEI, "--group", hex(GROUP),
            )  # fmt: skip
        return {name: told[name] for name in RECORD}

    @contextmanager
    def _alone(self):
        """Have the board on the technician's table: USB, and no other wire."""
        role = self._pico("--log", self.folder / "table.jsonl")
        environment = {**os.environ, **role.environment}
        with (self.folder / "logs" / "table.log").open("ab") as log:
            board = subprocess.Popen(
                role.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env=environment,
            )  # fmt: skip
        try:
            assert board.stdout.readline() == b"ready\n"
            yield
        finally:
            board.terminate()
            board.wait()

    def _fengsui(self, verb: str, *arguments: object) -> dict[str, Any]:
        command = [sys.executable, "-m", "host_tools", "--json", verb, *map(str, arguments)]
        environment = {**os.environ, "FENGSUI_GATEWAY_PASSPHRASE": self.gateway_passphrase}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=TOOL_S, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"fengsui {verb}: {done.stderr.strip()}")
        self.technician[verb] = json.loads(done.stdout)
        return self.technician[verb]

    def _put_in_clips(self) -> None:
        row = boards.find(bench.BOARD).flash.row("clips")
        image = clips.image(self.folder / "box" / "clips")
        if len(image) > row.length:
            raise AssertionError(f"the clips have {len(image):,} bytes, their area {row.length:,}")
        with (self.folder / "box" / "flash.bin").open("r+b") as flash:
            flash.seek(row.start)
            flash.write(image)
