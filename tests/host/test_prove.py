"""The explorer sees what it must: one state for one story, planted faults, their scripts."""

import contextlib

import pytest

from host_tools.demo import lines
from tests.prove.explore import Explorer
from tests.prove.faults import faults
from tests.prove.scenes import SCENES, Scene
from tests.prove.script import script
from tests.prove.shorten import shortened
from tests.prove.world import NotPossible

MOST = 200
QUICK = ("slip_deleted_on_sent", "ack_before_commit", "finished_only_in_memory")


@pytest.fixture
def explored():
    """Return explored(left or scene): an Explorer of it, closed after the test."""
    explorers = []

    def opened(what):
        scene = what if isinstance(what, Scene) else Scene("test", what)
        explorers.append(Explorer(scene, MOST, lambda *_: None))
        return explorers[-1]

    yield opened
    for explorer in explorers:
        explorer.close()


def test_one_call_by_two_roads_breaks_no_promise(explored):
    found = explored({"press": 1, "wait": 1}).explore()
    assert found.story is None
    assert found.whole
    assert found.states > 10
    assert found.depth >= 6


def test_the_same_bounds_have_the_same_states(explored):
    left = {"report": 1, "wait": 1, "cut": 1}
    found = explored(left).explore()
    assert found == explored(left).explore()
    assert found.why == ""
    assert found.whole


def test_the_same_story_has_the_same_end(explored):
    story = ["press", "wait, torn 2", "deliver sbd up Call#16"]
    ends = []
    for _ in range(2):
        with explored({"press": 1, "wait": 1, "cut": 1}).life() as life:
            for deed in story:
                life.deeds.do(deed)
            ends.append(life.digest())
    assert ends[0] == ends[1]


def test_what_was_told_finished_is_silent_after_a_power_cut(explored):
    with explored({"order": 1, "wait": 20, "cut": 1}).life() as life:
        while not life.world.witness.ended:
            life.deeds.do(life.deeds.calm())
        life.deeds.do("cut")
        with contextlib.suppress(NotPossible):  # nothing happens any more
            for _ in range(4):
                life.deeds.do(life.deeds.calm())
                assert life.broken() == []
        assert [sound.whole for sound in life.world.witness.sounds] == [True]


def test_bounds_that_are_too_wide_are_told(explored):
    assert not explored(SCENES["call_power_fails"]).explore().whole


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_fault_is_found_and_its_story_is_a_script(explored, name):
    fault = next(fault for fault in faults() if fault.name == name)
    with fault.planted:
        explorer = explored(SCENES[fault.scene])
        found = explorer.explore()
        assert found.story is not None
        story = shortened(found.story, explorer.why)
        assert len(story) <= len(found.story)
        why = explorer.why(story)
        assert why
        with explorer.life() as life:
            text = script(why, story, life)
    assert explored(SCENES[fault.scene]).why(story) == ""
    assert lines.parse(text)


def test_a_lost_call_is_a_cut_road_in_the_script(explored):
    explorer = explored({"press": 1, "wait": 1, "cut": 1, "drop": 2})
    story = ["press", "wait", "drop ip up Call#8", "drop sbd up Call#8", "cut"]
    with explorer.life() as life:
        told = [str(line) for line in lines.parse(script("why", story, life))]
    assert told == [
        "press 1", "cut ip", "cut sbd", "wait 1", "kill box", "mend ip", "mend sbd", "quiet",
    ]  # fmt: skip
