"""What provisioning got wrong is named in one sentence; a Box without keys stays a siren."""

import json
import time
from pathlib import Path

import pytest

from tests.sim import box_alone
from tests.sim.logs import entries
from tests.sim.scene import FLOOD, NOTICE, Scene
from tests.sim.waiting import until

WRONG_SETTINGS = 2
MISSING = object()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("board", [], "board."),
        ("board.lines.amplifier.path", MISSING, "board.lines.amplifier.path: expected a text"),
        ("board.lines.sbd.baud", "19200", "board.lines.sbd.baud: expected a number"),
        ("board.lines", "ttyUSB0", "board.lines."),
        ("board.roads", "udp", "board.roads: expected a list"),
        ("board.roads", ["udp", "pigeon"], "board.roads: expected some of beidou, cellular,"),
        ("board.roads", ["beidou"], "board.lines.beidou.path: expected a text"),
        ("board.udp.port", MISSING, "board.udp.port: expected a number"),
        ("board.audio.host", 1, "board.audio.host: expected a text"),
        ("board.amplifier.map", "loud_9000", "board.amplifier.map: "),
        ("board.amplifier.address", 0, "board.amplifier.address: "),
        ("board.store", 5, "board.store: expected a text"),
        ("board.store", "no/such/folder/store.bin", "store.bin"),
        ("board.journal", MISSING, "board.journal: expected a text"),
        ("board.keyring", "keyring.a", "board.keyring: expected a list"),
        ("board.keyring", [1, 2], "board.keyring: "),
        ("board.watchdog_ms", True, "board.watchdog_ms: expected a number"),
        ("board.unique_id", "not hexadecimal!", "board.unique_id: "),
        ("call_points", 2, "call_points: expected a list"),
        ("call_points", [1], "call_points[0]: expected a table"),
        ("call_points", [{"number": 1}], "call_points[0].kind: expected a text"),
    ],
)
def test_wrong_wiring_is_one_sentence_with_file_and_key(tmp_path: Path, path, value, told):
    settings = box_alone.right_settings()
    *tables, key = path.split(".")
    table = settings
    for name in tables:
        table = table[name]
    table[key] = value
    if value is MISSING:
        del table[key]
    _check_sentence(box_alone.write(tmp_path, settings), told)


@pytest.mark.parametrize(
    ("text", "told"),
    [("heartbeat_s: 5", "is not JSON"), ("[1, 2]", "expected one JSON object"), ("{}", "board.")],
)
def test_a_file_that_holds_something_else_is_one_sentence(tmp_path: Path, text, told):
    _check_sentence(box_alone.write(tmp_path, text), told)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    _check_sentence(str(tmp_path / "settings.json"), "cannot be read")


def test_a_box_that_was_not_provisioned_says_so_and_goes_into_safe_mode(tmp_path: Path):
    path = box_alone.write(tmp_path, box_alone.right_settings())
    with box_alone.running(box_alone.MAIN, path) as said:
        assert said.startswith(f"safe mode: {path}: not provisioned: ")


def test_a_box_whose_site_is_wrong_says_which_key_and_goes_into_safe_mode(tmp_path: Path):
    settings = box_alone.right_settings()
    settings["site"]["area"] = "seven"
    path = box_alone.write(tmp_path, settings)
    with box_alone.running(box_alone.MAIN, path) as said:
        assert said == f"safe mode: {path}: site.area: expected a number from 0 to 255\n"


def test_a_box_with_the_keys_of_another_board_is_a_siren_and_tells_nobody(tmp_path: Path):
    def in_another_board(settings):
        settings["board"]["unique_id"] = "00" * 8

    with Scene(tmp_path / "stage", in_another_board) as scene:
        assert scene.starts("box") == 1
        order = scene.order(FLOOD, "danger")
        until("the order at the satellite", lambda: _at_the_satellite(scene))
        scene.press(1)
        scene.lamp(1, "failed")
        until("the siren", lambda: scene.amplifier()["volts"] > 10)
        until("its end", lambda: not scene.amplifier()["enabled"])
        assert set(scene.heard_since(0)) <= {"tone cut", "?"}
        assert scene.road("up", 0) == []
        assert not [e for e in entries(scene.folder / "iridium.jsonl") if e.get("dir") == "mo"]
        assert scene.county.stages(order) == []


def test_a_box_goes_on_once_its_lines_appear(scene: Scene):
    peers = ("panel", "amplifier", "iridium")
    for name in peers:
        scene.stop(name)
    scene.kill("box")
    since = time.time()
    for name in peers:
        scene.start_again(name)
    until("the Box to find its panel", lambda: _told_lamps(scene, since))
    scene.press(1)
    scene.close(scene.call_arrived(1))
    assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"


def _check_sentence(settings_path: str, told: str) -> None:
    """The Box must say which file and which key, in one line, and end."""
    box = box_alone.ended(box_alone.MAIN, settings_path)
    assert box.returncode == WRONG_SETTINGS, box
    assert box.stdout == ""
    (sentence,) = box.stderr.splitlines()
    assert told in sentence
    assert str(Path(settings_path).parent) in sentence


def _at_the_satellite(scene: Scene) -> bool:
    """Return whether an order waits above the Box, or its modem was given one."""
    waits = json.loads(scene.tell("iridium", "state"))["mt_waiting"]
    given = [e for e in entries(scene.folder / "iridium.jsonl") if e.get("dir") == "mt"]
    return bool(waits or given)


def _told_lamps(scene: Scene, since: float) -> bool:
    log = entries(scene.folder / "panel.jsonl")
    return any("lamp" in entry and entry["t"] > since for entry in log)
