"""One board on a USB cable, from blank to a Box with keys: the real tool, image and chip."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
import serial

from boards.pico_box.flash_map import FLASH_MAP
from host_tools import provision
from host_tools.build.release import found_in
from host_tools.build.uf2 import load
from host_tools.problems import MISMATCH, UNREACHABLE
from host_tools.sim.chip.chip import UNIQUE_ID
from host_tools.text import area
from protocol import keyring_file
from tests.emulator import bench
from tests.host import small_county
from tests.host.fake_pico import image_file
from tests.host.processes import fengsui
from tests.host.simulators import Simulator

TOOL_S = 240
CELL_BYTES_AT = 256
STOPPED = "this console is yours"
KEYRINGS = ("keyring_a", "keyring_b")
SITE = {"site": {"address": 4660, "name": "村口", "area": 3}}


class Table:
    """A technician's table: the board, its cable, the tool, and the county's folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = folder / "usb" / "port"
        self.drive = folder / "usb" / "RPI-RP2"
        self.image = bench.image()
        self.log = folder / "pico.jsonl"
        self.flash = folder / "flash.bin"
        self.county = folder / "county"
        small_county.make(self.county)
        (folder / "site.json").write_text(json.dumps(SITE))
        self.board = Simulator(
            "pico", "--flash", self.flash, "--usb", self.port, "--log", self.log
        )

    def type(self, *words: object) -> tuple[int, str, str]:
        """Type a command; return its exit code and what it said."""
        done = subprocess.run(
            fengsui("--json", *words),
            capture_output=True,
            text=True,
            check=False,
            timeout=TOOL_S,
            env={**os.environ, "FENGSUI_GATEWAY_PASSPHRASE": small_county.GATEWAY},
        )
        return done.returncode, done.stdout, done.stderr

    def flashed(self, image: Path | None = None) -> tuple[int, str, str]:
        return self.type("flash", self.port, "--image", image or self.image, "--drive", self.drive)

    def provisioned(self, *more: object) -> tuple[int, str, str]:
        site = ("--county", self.county, "--site", self.folder / "site.json")
        return self.type("provision", self.port, *site, *more)

    def rings(self) -> list[keyring_file.Keyring]:
        """Return the keyrings that lie on the board's flash, as its file has them."""
        found, content = [], self.flash.read_bytes()
        for row, start, _ in FLASH_MAP:
            if row in KEYRINGS and content[start] != 0xFF:
                length = int.from_bytes(content[start + 4 : start + 8], "little")
                begin = start + CELL_BYTES_AT
                found.append(keyring_file.read(content[begin : begin + length]))
        return found

    def said(self) -> str:
        """Return everything the board has printed."""
        lines = self.log.read_text().splitlines()
        return "".join(json.loads(line).get("console", "") for line in lines)

    def until_said(self, words: str, times: int) -> None:
        end = time.monotonic() + TOOL_S
        while self.said().count(words) < times:
            assert time.monotonic() < end, f"the board never said {words!r}"
            time.sleep(0.05)

    def stop_the_box(self) -> None:
        """Press Ctrl-C: from now on the Box itself writes nothing to its flash."""
        stopped = self.said().count(STOPPED)
        with serial.Serial(str(self.port), exclusive=True) as console:
            console.write(b"\x03")
            self.until_said(STOPPED, stopped + 1)

    def restart_after_the_power_cut(self) -> None:
        self.board.process.wait(TOOL_S)
        self.board.kill()
        self.board.begin()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    table = Table(tmp_path_factory.mktemp("table"))
    yield table
    table.board.kill()


@pytest.fixture(scope="module")
def flashed(table):
    """What was said of flashing the blank board."""
    code, out, err = table.flashed()
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def box(table, flashed):
    """What was said of provisioning it for the first time."""
    code, out, err = table.provisioned()
    assert code == 0, err
    return json.loads(out)


def test_a_blank_board_runs_the_image_that_was_built(table, flashed):
    assert flashed["release"] == vars(found_in(load(table.image).content))
    assert (flashed["unique_id"], flashed["before"]) == (UNIQUE_ID.hex(), None)


def test_the_image_brings_the_text_tables_into_their_row_of_the_flash(table, flashed):
    (tables,) = load(table.image).further
    start, length = next((start, length) for row, start, length in FLASH_MAP if row == "tables")
    kept = table.flash.read_bytes()[start : start + length]
    assert kept == tables.content.ljust(length, b"\xff")
    assert area.names(kept) == ["zh/0", "ug/0", "kk-Arab/0"]


def test_it_becomes_a_box_with_keys_that_says_it_is_ready(table, box):
    assert (box["address"], box["issue"], box["unique_id"]) == (4660, 1, UNIQUE_ID.hex())
    assert box["formatted"] is True
    assert "ready\r\n" in table.said()
    assert {(ring.address, ring.issue) for ring in table.rings()} == {(4660, 1)}


def test_a_running_box_is_stopped_and_gets_new_keys_and_no_old_one_is_left(table, box):
    old = table.rings()[0].box_root
    code, out, err = table.provisioned()
    assert code == 0, err
    assert json.loads(out)["issue"] == provision.boxes(table.county)[4660]["issue"]
    assert json.loads(out)["formatted"] is False
    assert old not in table.flash.read_bytes()


def test_no_secret_ever_crosses_its_console(table, box):
    secret = table.rings()[0].box_root
    said = table.log.read_text()
    assert secret.hex() not in said
    assert repr(secret)[2:-1] not in said


def test_a_new_image_leaves_its_keys_and_settings(table, box):
    ready = table.said().count("ready\r\n")
    rings = {ring.issue for ring in table.rings()}
    code, out, err = table.flashed()
    assert code == 0, err
    assert json.loads(out)["before"]["release"] == json.loads(out)["release"]
    table.until_said("ready\r\n", ready + 1)
    assert {ring.issue for ring in table.rings()} == rings


def test_an_image_for_another_chip_is_refused_and_the_box_goes_on(table, box):
    ready = table.said().count("ready\r\n")
    release = found_in(load(table.image).content)
    other = image_file(table.folder / "other.uf2", release, chip="rp2350")
    code, _, err = table.flashed(other)
    assert code == MISMATCH
    assert "other.uf2 is for another chip: it says RP2350" in err
    assert err.count("\n") == 1
    table.until_said("ready\r\n", ready + 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"board": {"name": "pico2_box"}}, "the settings are for a pico2_box, and "),
        ({"heartbeat_s": 0}, "heartbeat_s: expected a number from 1 to 86400"),
        ({"board": {"amplifier": {"map": "line_6w"}}}, "board.amplifier.map: "),
        ({"call_points": [{"number": 3, "kind": "help"}]}, "a Pico has call points 1 and 2"),
    ],
)
def test_settings_it_would_not_start_with_never_reach_it(table, box, wrong, said):
    ready = table.said().count("ready\r\n")
    rings = table.rings()
    site = table.folder / "wrong.json"
    site.write_text(json.dumps({**SITE, **wrong}))
    code, _, err = table.provisioned("--site", site)
    assert code == MISMATCH
    assert said in err
    table.until_said("ready\r\n", ready + 1)
    assert [ring.issue for ring in table.rings()] == [ring.issue for ring in rings]


def test_a_port_that_another_program_uses_is_named(table, box):
    with serial.Serial(str(table.port), exclusive=True):
        code, _, err = table.provisioned()
    assert code == UNREACHABLE
    assert f"{table.port} cannot be opened as a serial port. Close the program" in err


@pytest.mark.parametrize("operation", [2, 6])
def test_cut_short_it_has_no_old_keys_and_can_be_provisioned_again(table, box, operation):
    """Operation 2, counted from 0, is the first after both old keyrings were erased."""
    table.stop_the_box()
    old = max(ring.issue for ring in table.rings())
    assert table.board.tell(f"cut {operation}") == "ok"
    code, _, err = table.provisioned()
    assert code == UNREACHABLE
    assert err.endswith("went away in the middle. Plug it in again and begin anew.\n")
    assert old not in [ring.issue for ring in table.rings()]
    table.restart_after_the_power_cut()
    code, out, err = table.provisioned()
    assert code == 0, err
    assert {ring.issue for ring in table.rings()} == {json.loads(out)["issue"]}
