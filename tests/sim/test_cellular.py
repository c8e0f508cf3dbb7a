"""A Box whose IP road is a 4G module: calls and orders go by it, and it mends by itself."""

import json
import time
from collections.abc import Iterator

import pytest

from host_tools.demo.cast import Role, sim
from tests.sim.scene import NOTICE, PreparedStage, Scene, Settings
from tests.sim.waiting import until

_BAUD = 115_200


class _CellularStage(PreparedStage):
    """A stage with a 4G module, and a Box that has it in the place of a network stack."""

    def _cast(self) -> dict[str, Role]:
        files = "--line", self.folder / "lines/cellular", "--log", self.folder / "cellular.jsonl"
        others = super()._cast()
        box = others.pop("box")
        return {**others, "cellular": sim("cellular", *files), "box": box}


def _with_module(settings: Settings) -> None:
    board = settings["board"]
    board["roads"] = ["cellular", "sbd"]
    board["cellular"] = {"apn": "CMNET"}
    board["lines"]["cellular"] = {"path": "../lines/cellular", "baud": _BAUD}
    board["udp"]["host"] = "localhost"  # which the module has to look up


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("cellular") / "stage"
    with Scene(folder, stage=_CellularStage(folder, _with_module)) as scene:
        until("a Boot that knows its minute", scene.knows_the_time)
        yield scene


def bearer_of(scene: Scene, call: int) -> str:
    return scene.county.rows("SELECT bearer FROM messages WHERE id = ?", call)[0][0]


def called_and_answered(scene: Scene) -> None:
    """Press, and see the county's answer come back by the module."""
    scene.press(1)
    call = scene.call_arrived(1)
    assert bearer_of(scene, call) == "ip"
    scene.lamp(1, "delivered")
    scene.close(call)
    scene.lamp(1, "off")


def test_a_call_and_its_answer_go_by_the_module(scene: Scene):
    called_and_answered(scene)


def test_an_order_comes_by_the_module_and_sounds(scene: Scene):
    since = time.time()
    assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "18", "tone"]


@pytest.mark.parametrize("mishap", ["restart", "deactivate", "close", "echo"])
def test_whatever_befalls_the_module_the_road_comes_back(scene: Scene, mishap: str):
    scene.tell("cellular", mishap)
    until("the module to be set up again", lambda: _ready(scene))
    called_and_answered(scene)


def test_words_in_the_middle_of_every_answer_and_noise_change_nothing(scene: Scene):
    scene.tell("cellular", "chatter on")
    scene.tell("cellular", "garbage ff003e3e0d0a")
    try:
        called_and_answered(scene)
    finally:
        scene.tell("cellular", "chatter off")


def test_what_the_network_loses_behind_send_ok_is_sent_again(scene: Scene):
    scene.tell("iridium", "signal 0")
    scene.tell("cellular", "lose 3")
    try:
        called_and_answered(scene)
    finally:
        scene.tell("iridium", "signal 5")


def test_without_a_sim_card_a_call_goes_by_satellite_and_the_reason_is_in_the_journal(
    scene: Scene,
):
    scene.tell("cellular", "sim none")
    try:
        scene.press(1)
        call = scene.call_arrived(1)
        assert bearer_of(scene, call) == "sbd"
        scene.lamp(1, "delivered")
        journal = (scene.stage.folder / "box/journal.log").read_text()
        assert "there is no SIM card in the module" in journal
        scene.close(call)
    finally:
        scene.tell("cellular", "sim ready")
    scene.lamp(1, "off")
    until("the module to be set up again", lambda: _ready(scene), 90)


def _ready(scene: Scene) -> bool:
    return json.loads(scene.tell("cellular", "state"))["open"]
