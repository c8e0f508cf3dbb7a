"""A Box with BeiDou and no network: its card is not hurried, "Y" with a reason is no success."""

from collections.abc import Iterator
from typing import Any

import pytest

from host_tools.demo.roads import BEIDOU, UDP
from tests.audit import artefacts, run
from tests.audit.checks import (
    cards_are_not_hurried,
    county_keeps_what_came,
    nothing_is_doubled,
    refused_is_asked_again,
    terminals_are_told_well,
)
from tests.sim.logs import entries
from tests.sim.scene import FLOOD, PreparedStage, Scene
from tests.sim.waiting import until

REFUSED_BY_YES = "refuse box 1 4"
CHECKS = (
    cards_are_not_hurried,
    county_keeps_what_came,
    nothing_is_doubled,
    refused_is_asked_again,
    terminals_are_told_well,
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("beidou") / "stage"
    with Scene(folder, stage=PreparedStage(folder, roads=(UDP, BEIDOU))) as scene:
        until("a Boot that knows its minute", scene.knows_the_time)
        scene.tell("road", "cut")
        yield scene


def bearer_of(scene: Scene, call: int) -> str:
    return scene.county.rows("SELECT bearer FROM messages WHERE id = ?", call)[0][0]


def close_all(scene: Scene) -> None:
    """Close the open calls, by the network, which is cut again after that."""
    scene.tell("road", "restore")
    for button in (1, 2):
        for call, state in scene.county.calls(button):
            if state != "closed":
                scene.close(call)
                scene.lamp(button, "off")
    scene.tell("road", "cut")


def nothing_wrong(scene: Scene) -> bool:
    """Does the auditor, who reads the bytes on both lines, complain of nothing?"""
    found = run.understand(artefacts.read(scene.folder))
    assert [complaint for check in CHECKS for complaint in check.check(found).complaints] == []
    return True


def test_yes_with_a_reason_is_no_success_and_the_next_call_waits_its_turn(scene: Scene):
    scene.tell("beidou", REFUSED_BY_YES)
    for button in (1, 2):
        scene.press(button)
        assert bearer_of(scene, scene.call_arrived(button)) == "beidou"
        scene.lamp(button, "delivered")
    assert nothing_wrong(scene)


def test_a_box_that_was_killed_does_not_know_when_its_card_sent_and_lets_it_rest(scene: Scene):
    close_all(scene)
    sent = len(_sent(scene))
    scene.press(1)
    until("it to go by BeiDou", lambda: len(_sent(scene)) > sent)
    scene.kill_now("box")
    assert bearer_of(scene, scene.call_arrived(1)) == "beidou"
    scene.lamp(1, "delivered")
    assert nothing_wrong(scene)


def test_a_danger_order_comes_by_beidou_alone_in_pieces(scene: Scene):
    order = scene.order(FLOOD, "danger")
    assert scene.end_of(order, BEIDOU.patience_s)["outcome"] == "played"
    assert nothing_wrong(scene)


def _sent(scene: Scene) -> list[dict[str, Any]]:
    return [e for e in entries(scene.folder / "beidou.jsonl") if e.get("dir") == "mo"]
