"""Calls: from the button to a person, and a lamp that never says more than is so."""

import time

from protocol import messages
from protocol.schema import UP
from tests.sim.datagrams import named
from tests.sim.scene import Scene
from tests.sim.waiting import until


def test_the_lamp_tells_each_step_and_no_earlier_than_it_happened(scene: Scene):
    since = time.time()
    scene.press(1)
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    scene.take(call)
    scene.lamp(1, "taken")
    lamp = scene.lamp_log(1)
    assert lamp.said(since)[-2:] == ["delivered", "taken"]
    arrived, taken = scene.county.rows(
        "SELECT received_at, changed_at FROM calls JOIN messages ON id = message_id"
        " WHERE message_id = ?", call
    )[0]  # fmt: skip
    assert lamp.first("delivered", since) > arrived
    assert lamp.first("taken", since) > taken
    scene.close(call)
    scene.lamp(1, "off")


def test_a_call_is_not_delivered_while_the_roads_are_cut(scene: Scene):
    since = time.time()
    scene.darken()
    scene.press(1)
    lamp = scene.lamp_log(1)
    until("the call to be sent in vain", lambda: len(_calls_sent(scene, since)) >= 2)
    until("ten blinks", lambda: len(lamp.phases(since)) > 10)
    assert lamp.said(since) == ["calling"]
    scene.lighten()
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    assert len(set(_calls_sent(scene, since))) == 1  # each time the same frame
    scene.close(call)
    scene.lamp(1, "off")


def test_an_answer_to_another_call_changes_no_lamp(scene: Scene):
    scene.press(2)
    call = scene.call_arrived(2)
    scene.lamp(2, "delivered")
    query = "SELECT epoch, seq FROM calls WHERE message_id = ?"
    epoch, seq = scene.county.rows(query, call)[0]
    since, acks = time.time(), len(scene.county.fields("Ack"))
    for answer in (
        messages.CallTaken(epoch, seq + 1),
        messages.CallTaken(epoch + 1, seq),
        messages.CallClosed(epoch, seq - 1, "helped"),
    ):
        scene.inject(scene.thief.sealed(answer, ack_wanted=True))
    until("the Box to have read them", lambda: len(scene.county.fields("Ack")) >= acks + 3)
    until("three blinks", lambda: len(scene.lamp_log(2).phases(since)) > 3)
    assert scene.lamp_log(2).said(since)[:-1] in ([], ["delivered"])
    assert scene.lamp_log(2).now() != "taken"
    scene.take(call)
    scene.lamp(2, "taken")
    scene.close(call)
    scene.lamp(2, "off")


def test_the_lamp_says_after_a_power_cut_what_it_said_before(scene: Scene):
    scene.press(1)
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    since = time.time()
    scene.kill("box")
    until("three blinks", lambda: len(scene.lamp_log(1).phases(since)) > 3)
    scene.lamp(1, "delivered")
    scene.take(call)
    scene.lamp(1, "taken")
    scene.kill("box")
    scene.press(2)  # when this is known, the Box is up and shows its lamps
    other = scene.call_arrived(2)
    scene.lamp(1, "taken")
    for answered in (call, other):
        scene.close(answered)
    scene.lamp(1, "off")
    scene.lamp(2, "off")


def test_a_second_press_is_the_same_call(scene: Scene):
    scene.press(1)
    scene.press(1)
    call = scene.call_arrived(1)
    scene.press(1)
    scene.lamp(1, "delivered")
    assert scene.county.calls(1)[-1] == (call, "open")
    scene.close(call)
    scene.lamp(1, "off")


def _calls_sent(scene: Scene, since: float) -> list[bytes]:
    """Return the datagrams with a Call in them that the Box has sent since then."""
    return [data for data in scene.road("up", since) if named(UP, data) == "Call"]
