"""Orders: what is genuine sounds and is told as it was; nothing else sounds."""

import time
from collections.abc import Iterator

import pytest

from host_tools import orders
from tests.sim.scene import FLOOD, NOTICE, RAIN, Scene
from tests.sim.waiting import until


@pytest.fixture(autouse=True)
def off_in_the_end(scene: Scene) -> Iterator[None]:
    """Whatever was ordered and however it ended: nothing may be left switched on."""
    yield
    assert not scene.amplifier()["enabled"]


def test_an_order_sounds_tone_voice_tone_and_is_proven(scene: Scene):
    since = time.time()
    end = scene.end_of(scene.order(NOTICE, "notice"))
    assert end["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "18", "tone"]
    assert end["volts_mv"] > 10_000
    assert 1_500 < end["ohms_tenths"] < 1_800  # 166.7 ohm
    assert end["microphone_db"] > 65
    amplifier = scene.amplifier()  # it was told to be off, and not only left alone
    assert (amplifier["enabled"], amplifier["tripped"]) == (False, False)


def test_a_danger_order_cuts_into_a_notice_and_both_are_told(scene: Scene):
    since = time.time()
    notice = scene.order(NOTICE, "notice", repeats=3)
    until("the notice's voice", lambda: "18" in scene.heard_since(since))
    danger = scene.order(FLOOD, "danger", emergency=True)
    assert scene.end_of(danger)["outcome"] == "played"
    end = scene.end_of(notice)
    assert (end["outcome"], end["cause"]) == ("cut", "higher_rank")
    heard = scene.heard_since(since)
    assert heard[:2] == ["tone", "18"]
    assert heard[-3:] == ["tone", "17", "tone"]
    assert heard.count("18") < 3


def test_forgeries_one_bit_from_a_true_order_stay_silent_and_the_true_one_sounds(scene: Scene):
    genuine = scene.signed(RAIN, "warning")
    thief = scene.thief
    since = time.time()
    for place in (6, len(genuine) - 64, len(genuine) - 24):  # its number, R and S
        scene.refused(thief.carried(flipped(genuine, place)))
    assert scene.end_of(scene.submit(genuine))["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "19", "tone"]


def test_a_replay_stays_silent_even_after_a_restart(scene: Scene):
    genuine = scene.signed(RAIN, "warning")
    since = time.time()
    scene.end_of(scene.submit(genuine))
    thief = scene.thief
    scene.refused(thief.carried(genuine))
    scene.kill("box")
    scene.refused(thief.carried(genuine))
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "19", "tone", "tone", "18", "tone"]


def test_a_late_order_stays_silent_and_one_valid_for_longer_sounds(scene: Scene):
    issued = orders.minute(time.time()) - 20
    late = scene.signed(RAIN, "warning", valid_min=10, issued=issued)
    in_time = scene.signed(RAIN, "warning", valid_min=30, issued=issued)
    since = time.time()
    scene.refused(scene.thief.carried(late))
    assert scene.end_of(scene.submit(in_time))["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "19", "tone"]


def test_a_signed_frame_outside_a_carry_stays_silent_on_ip(scene: Scene):
    genuine = scene.signed(RAIN, "danger")
    since = time.time()
    scene.refused(genuine)
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "18", "tone"]


def test_a_drill_says_so_first_and_last(scene: Scene):
    since = time.time()
    end = scene.end_of(scene.order(FLOOD, "danger", key="drill"))
    assert end["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "drill", "17", "drill", "tone"]


def test_the_drill_key_cannot_sign_for_the_live_key(scene: Scene):
    live = scene.public.named("live").number
    order = orders.compose(slot=live, rank="danger", template=FLOOD, repeats=1)
    since = time.time()
    scene.refused(scene.thief.carried(scene.thief.signed(order, scene.signer("drill").sign)))
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "18", "tone"]


@pytest.mark.parametrize(
    ("broken", "mended", "cause"),
    [
        ("line open", "line ok", "line_open"),
        ("line short", "line ok", "line_short"),
        ("silent", "answer", "amplifier_silent"),
    ],
)
def test_what_cannot_have_been_heard_is_told_as_failed(scene: Scene, broken, mended, cause):
    scene.tell("amplifier", broken)
    try:
        end = scene.end_of(scene.order(NOTICE, "notice"))
    finally:
        scene.tell("amplifier", mended)
    assert (end["outcome"], end["cause"]) == ("failed", cause)
    until("the Fault at the county", lambda: scene.fault(cause) == 1)


def test_right_registers_and_a_silent_loudspeaker_are_a_fault_until_it_is_heard_again(scene):
    scene.tell("amplifier", "mute")
    try:
        end = scene.end_of(scene.order(NOTICE, "notice"))
    finally:
        scene.tell("amplifier", "unmute")
    assert (end["outcome"], end["cause"]) == ("failed", "no_output")
    until("the Fault at the county", lambda: scene.fault("no_output") == 1)
    assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"
    until("the Fault to clear", lambda: scene.fault("no_output") == 0)


def test_a_cancel_stops_what_sounds(scene: Scene):
    since = time.time()
    notice = scene.order(NOTICE, "notice", repeats=5)
    scene.begun(notice)
    scene.submit(scene.cancelled(notice))
    end = scene.end_of(notice)
    assert (end["outcome"], end["cause"]) == ("cancelled", "withdrawn")
    assert scene.heard_since(since).count("18") < 5


def test_an_order_withdrawn_before_it_comes_never_sounds(scene: Scene):
    genuine = scene.signed(RAIN, "warning")
    since = time.time()
    cancel = scene.submit(scene.cancelled(orders.id_in(genuine)))
    until("the Cancel to be proven", lambda: scene.county.stages(cancel))
    scene.refused(scene.thief.carried(genuine))
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "18", "tone"]


def test_a_finished_order_never_sounds_again_after_a_power_cut(scene: Scene):
    since = time.time()
    scene.end_of(scene.order(FLOOD, "danger"))
    scene.kill("box")
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "17", "tone", "tone", "18", "tone"]


def test_an_interrupted_danger_order_sounds_again_after_a_power_cut(scene: Scene):
    since = time.time()
    danger = scene.order(FLOOD, "danger")
    scene.begun(danger)
    scene.kill("box")
    assert scene.end_of(danger)["outcome"] == "played"
    stages = [(told["stage"], told.get("outcome")) for told in scene.county.stages(danger)]
    assert ("queued", "interrupted") in stages
    assert stages.count(("finished", "played")) == 1
    assert scene.heard_since(since)[-3:] == ["tone", "17", "tone"]


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)
