"""Power, roads and repeats: what was kept arrives, once."""

import time

from tests.sim.logs import entries
from tests.sim.scene import FLOOD, NOTICE, Scene
from tests.sim.waiting import until


def test_a_press_in_the_dark_survives_a_power_cut_and_arrives_once(scene: Scene):
    since = time.time()
    scene.darken()
    scene.tell("panel", "down 1")
    until("the lamp to light", lambda: scene.lamp_log(1).phases(since))
    scene.tell("panel", "up 1")
    scene.kill("box")
    scene.lamp(1, "calling")
    scene.lighten()
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    assert len(scene.county.calls(1)) == 1
    assert scene.conflicts() == 0
    scene.close(call)
    scene.lamp(1, "off")


def test_a_call_goes_by_satellite_alone_and_is_the_same_call_by_ip_later(scene: Scene):
    before = len(scene.county.calls(2))
    scene.tell("road", "cut")
    try:
        scene.press(2)
        call = scene.call_arrived(2)
        bearer = scene.county.rows("SELECT bearer FROM messages WHERE id = ?", call)[0][0]
        assert bearer == "sbd"
        scene.lamp(2, "delivered")
    finally:
        scene.tell("road", "restore")
    scene.take(call)
    scene.lamp(2, "taken")
    assert len(scene.county.calls(2)) == before + 1
    scene.close(call)
    scene.lamp(2, "off")


def test_what_the_satellite_loses_after_taking_it_is_sent_again(scene: Scene):
    scene.tell("road", "cut")
    scene.tell("iridium", "lose 9")
    try:
        since = time.time()
        scene.press(1)
        until("the satellite to lose it", lambda: _lost(scene, since))
        assert "open" not in dict(scene.county.calls(1)).values()
    finally:
        scene.tell("iridium", "lose 0")
        scene.tell("road", "restore")
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    scene.close(call)
    scene.lamp(1, "off")


def test_an_order_longer_than_a_satellite_message_comes_in_pieces_and_is_told(scene: Scene):
    """This Box speaks no text; that it was verified, and says so, is what is asked here."""
    longest = scene.signed(None, "danger", text="洪水" * 39)
    assert len(longest) > 270
    scene.tell("road", "cut")
    try:
        told = scene.end_of(scene.submit(longest), 90.0)
    finally:
        scene.tell("road", "restore")
    assert (told["outcome"], told["cause"]) == ("refused", "cannot_speak")


def test_what_the_road_brings_twice_is_kept_once_and_sounds_once(scene: Scene):
    before, since = len(scene.county.calls(1)), time.time()
    scene.tell("road", "duplicate on")
    try:
        scene.press(1)
        call = scene.call_arrived(1)
        order = scene.order(NOTICE, "notice")
        scene.end_of(order)
        until("the Call to have come twice", lambda: _receptions(scene, call) >= 2)
    finally:
        scene.tell("road", "duplicate off")
    assert len(scene.county.calls(1)) == before + 1
    assert scene.conflicts() == 0
    assert [told["stage"] for told in scene.county.stages(order)].count("finished") == 1
    assert scene.heard_since(since) == ["tone", "18", "tone"]
    scene.close(call)
    scene.lamp(1, "off")


def test_what_sounds_in_the_dark_is_told_once_when_the_roads_are_back(scene: Scene):
    since = time.time()
    danger = scene.order(FLOOD, "danger")
    scene.begun(danger)
    scene.darken()
    until("the end of the sound", lambda: scene.heard_since(since) == ["tone", "17", "tone"])
    scene.press(1)
    scene.lighten()
    assert scene.end_of(danger)["outcome"] == "played"
    scene.close(scene.call_arrived(1))
    stages = [told["stage"] for told in scene.county.stages(danger)]
    assert len(stages) == len(set(stages))
    scene.lamp(1, "off")


def test_a_number_is_never_used_twice_even_after_power_cuts(scene: Scene):
    newest = "SELECT max(id) FROM messages"
    for _ in range(2):
        known = scene.county.rows(newest)[0][0]
        scene.kill("box")
        until("new reports", lambda known=known: scene.county.rows(newest)[0][0] > known + 1)
    assert scene.conflicts() == 0


def _lost(scene: Scene, since: float) -> bool:
    log = entries(scene.folder / "iridium.jsonl")
    return any(e.get("event") == "mo lost" and e["t"] > since for e in log)


def _receptions(scene: Scene, message: int) -> int:
    query = "SELECT count(*) FROM receptions WHERE message_id = ?"
    return scene.county.rows(query, message)[0][0]
