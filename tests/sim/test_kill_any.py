"""Kill any one process at any moment of traffic: nothing kept is lost, nothing sounds twice."""

import os
import random
import time

import pytest

from tests.sim.scene import FLOOD, NOTICE, Scene

PROCESSES = ("gateway", "signer", "road", "audio", "amplifier", "iridium", "panel", "box")
SEED = int(os.environ.get("FENGSUI_SEED", time.time_ns() % 1_000_000))
TRAFFIC_S = 4.0  # a call and an order, from the press to the last tone


@pytest.mark.parametrize("name", PROCESSES)
def test_whatever_is_killed_nothing_kept_is_lost_and_nothing_sounds_twice(scene: Scene, name):
    moment_s = random.Random(f"{SEED} {name}").uniform(0, TRAFFIC_S)
    print(f"FENGSUI_SEED={SEED}: {name} is killed after {moment_s:.2f} s")
    before = len(scene.county.calls(1))
    scene.press(1)
    order = scene.order(FLOOD, "danger")
    time.sleep(moment_s)
    scene.kill(name)

    end = scene.end_of(order, 60)
    ended_at = time.time()
    assert end["outcome"] == "played" or name in ("audio", "amplifier")  # then nobody heard it
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    scene.close(call)
    scene.lamp(1, "off")
    assert len(scene.county.calls(1)) == before + 1
    assert scene.conflicts() == 0
    assert [told["stage"] for told in scene.county.stages(order)].count("finished") == 1
    assert scene.heard_since(ended_at) == []


def test_all_is_as_before_when_everybody_was_killed(scene: Scene):
    since = time.time()
    for name in PROCESSES:
        scene.kill(name)
    assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "18", "tone"]
