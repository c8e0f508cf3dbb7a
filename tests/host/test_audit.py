"""The auditor hears every kind of lie, and believes an honest village."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import frame
from tests.audit import modem, recording, wire
from tests.audit.__main__ import judge
from tests.host.judging import Judge
from tests.host.staged_village import ADDRESS, DRILL, MINUTE, Village, id_of, write_wav

ROOT = Path(__file__).parents[2]


@pytest.fixture
def village():
    return Village()


@pytest.fixture
def complaints(tmp_path):
    return Judge(tmp_path / "run")


def ordered(village, t, *clips, outcome="played", until=99.0, road="ip", **fields):
    """One order that arrives at t, sounds half a second later and is reported; its frame."""
    signed = village.signed(template=int(clips[0]), repeats=len(clips), **fields)
    if road == "ip":
        village.carry(t, signed)
    else:
        village.by_satellite(t - 0.2, signed)
    end = village.plays(t + 0.5, *clips, until=until)
    if outcome:
        village.ends(end + 0.3, signed, outcome)
    return signed


def called(village, t, button=1, answered_at=None):
    """A press that becomes a call, is taken 2 s later and closed 2 s after that."""
    village.press(t, button)
    row, data = village.report(t + 0.1, "Call", button=button, kind="help", minute=MINUTE)
    village.calls.append((row, button, "closed", "duty"))
    named = {"epoch": 0, "seq": frame.read(data)[0].seq}
    village.down(answered_at or t + 2.4, "CallTaken", **named)
    village.down(t + 4.5, "CallClosed", reason="helped", **named)
    village.lamp("calling", t + 0.1, t + 0.5, button)
    village.lamp("delivered", t + 0.5, t + 2.5, button)
    village.lamp("taken", t + 2.5, t + 4.5, button)


def whole_evening(village):
    """All that the demo's script has, told truthfully."""
    signed = ordered(village, 4, "17", rank="danger")
    for byte in (9, 40, 50, 60, 70):
        village.carry(3, flipped(signed, byte))
    for i in range(5):
        village.carry(10 + i / 10, signed)
        village.carry(11 + i / 10, village.signed(issued=MINUTE - 40, valid_10min=1))
    notice = ordered(village, 12, "18", "18", until=14.5, outcome="cut")
    ordered(village, 14.3, "17", rank="danger")
    village.log("amplifier", 20, event="line open")
    ordered(village, 20.5, "18", outcome="failed")
    village.log("amplifier", 26, event="line ok")
    called(village, 27)
    dark(village, 34, 56)
    village.kill(38)
    village.press(45, 2)
    row, _ = village.report(56.5, "Call", button=2, kind="medical", minute=-1, road="sbd")
    village.calls.append((row, 2, "open", None))
    village.lamp("calling", 45.2, 57, 2)
    village.report(63, "Health", links_up=3, queue=1, oldest_waiting_min=0, faults=0,
                   free_store_percent=90, uptime_h=0, software=1)  # fmt: skip
    village.journal += ["5 ip: not signed by the county #0", "6 ip: refused: late #0"]
    return notice


def dark(village, begin, end):
    """Both roads are cut."""
    village.log("road", begin, event="cut")
    village.log("iridium", begin, event="signal 0")
    village.log("iridium", end, event="signal 5")
    village.log("road", end + 4, event="restore")


def flipped(data, place):
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def test_an_honest_evening_passes_and_is_told_in_numbers(village, complaints):
    whole_evening(village)
    assert complaints(village, demo=True) == {}
    numbers = complaints.verdict
    assert numbers["micropython"] == "1.25.0"
    assert numbers["orders"] == {
        "sent": 4, "played": 2, "forged_sent": 5, "forged_played": 0, "replayed_sent": 5,
        "replayed_played": 0, "late_sent": 5, "late_played": 0,
        "refused_for": {"not signed": 1, "late": 1},
    }  # fmt: skip
    assert numbers["order_to_tone_ms"] == {"median": 500, "max": 500}
    assert numbers["calls"] == {"pressed": 2, "at_county": 2, "lamp_taken": 1}
    assert numbers["outage"] == {
        "seconds": 22.0, "reports_during": 1, "lost": 0, "duplicated": 0, "kill9_during": 1,
    }  # fmt: skip


def test_a_short_evening_is_true_but_not_the_whole_demo(village, complaints):
    ordered(village, 4, "17")
    assert list(complaints(village, demo=True)) == ["the_demo_was_whole"]


# Nothing unproven sounds.


@pytest.mark.parametrize("place", [6, 9, 12, 40, 70])
def test_a_forgery_that_sounds(village, complaints, place):
    signed = village.signed(rank="danger", valid_10min=100)
    village.carry(4, flipped(signed, place))
    village.plays(4.5, "17")
    village.carry(20, signed)
    village.ends(27, signed, "played")
    village.plays(22, "17")
    assert "nothing_unproven_sounds" in complaints(village)
    assert complaints.verdict["orders"]["forged_played"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"key": DRILL},  # the live slot's name, another key
        {"slot": 9},
        {"order": b"\1\0\0\1"},  # a Cancel, not an Order
        {"target": 0x4321},
        {"areas": b"\x08\x09"},
    ],
)
def test_an_order_by_the_wrong_key_or_for_another_box_sounds(village, complaints, fields):
    village.carry(4, village.signed(**fields))
    village.plays(4.5, "17")
    assert "nothing_unproven_sounds" in complaints(village)


def test_a_genuine_order_sounds_that_came_by_ip_without_its_envelope(village, complaints):
    signed = village.signed()
    village.log("road", 4, dir="down", hex=signed.hex(), passed=True, injected=True)
    village.plays(4.5, "17")
    assert "nothing_unproven_sounds" in complaints(village)


def test_an_order_that_the_road_did_not_let_through_sounds(village, complaints):
    village.carry(4, village.signed(), passed=False)
    village.plays(4.5, "17")
    assert "nothing_unproven_sounds" in complaints(village)


def test_a_late_order_sounds(village, complaints):
    village.carry(4, village.signed(issued=MINUTE - 40))
    village.plays(4.5, "17")
    assert "nothing_unproven_sounds" in complaints(village)
    assert complaints.verdict["orders"]["late_played"] == 1


def test_an_order_waits_until_it_is_late_and_sounds(village, complaints):
    signed = village.signed(issued=MINUTE - 10, valid_10min=1)
    village.carry(-5, signed)
    village.logs["stage"][1]["t"] -= 10
    village.ends(village.plays(9, "17") + 0.3, signed, "played")
    assert "nothing_unproven_sounds" in complaints(village)


def test_a_replay_sounds(village, complaints):
    signed = ordered(village, 4, "17")
    village.carry(15, signed)
    village.plays(15.5, "17")
    found = complaints(village)
    assert "finished_never_again" in found
    assert complaints.verdict["orders"]["replayed_played"] == 1


@pytest.mark.parametrize("clips", [("18",), ("drill", "17", "drill"), ("17", "17")])
def test_a_village_hears_other_words_than_were_ordered(village, complaints, clips):
    signed = village.signed(template=17)
    village.carry(4, signed)
    village.ends(village.plays(4.5, *clips) + 0.3, signed, "played")
    assert "nothing_unproven_sounds" in complaints(village)


def test_sound_of_no_known_voice(village, complaints):
    signed = ordered(village, 4, "17")
    village.sounds(20, np.random.default_rng(1).normal(0, 5000, 8000))
    assert signed
    assert "nothing_unproven_sounds" in complaints(village)


def test_a_drill_says_so_before_and_after(village, complaints):
    signed = village.signed(key=DRILL, slot=2, template=17)
    village.carry(4, signed)
    village.ends(village.plays(4.5, "drill", "17", "drill") + 0.3, signed, "played", times=1)
    assert complaints(village) == {}


def test_an_order_for_the_area_of_this_box_is_for_it(village, complaints):
    signed = village.signed(areas=b"\x07\x13")
    village.carry(4, signed)
    village.ends(village.plays(4.5, "17") + 0.3, signed, "played", times=1)
    assert complaints(village) == {}


def test_an_order_by_satellite_is_an_order(village, complaints):
    ordered(village, 6, "17", road="sbd")
    assert complaints(village) == {}
    assert complaints.verdict["order_to_tone_ms"]["max"] == 500


# What is told was heard, what was heard is told.


def test_played_without_any_sound(village, complaints):
    signed = village.signed()
    village.carry(4, signed)
    village.ends(9, signed, "played")
    assert "told_was_heard" in complaints(village)


def test_of_two_orders_with_the_same_words_the_silent_one_is_blamed(village, complaints):
    silent = village.signed()
    village.carry(4, silent)
    village.ends(9, silent, "played")
    ordered(village, 12, "17")
    assert complaints(village) == {
        "told_was_heard": ["row 1 says that order 1:1 sounded, and it did not"]
    }


def test_playing_without_any_sound(village, complaints):
    signed = village.signed()
    village.carry(4, signed)
    village.report(5, "Playback", stage="playing", order=id_of(signed))
    village.ends(9, signed, "failed", cause="no_output")
    assert "told_was_heard" in complaints(village)


def test_played_without_its_proof(village, complaints):
    signed = ordered(village, 4, "17", outcome=None)
    village.ends(9, signed, "played", volts_mv=None)
    assert "told_was_heard" in complaints(village)


def test_sound_without_a_report(village, complaints):
    ordered(village, 4, "17", outcome=None)
    found = complaints(village)
    assert {"sound_is_told", "every_order_ends", "nothing_is_lost"} <= set(found)


def test_an_order_that_nothing_is_ever_heard_of(village, complaints):
    village.carry(4, village.signed())
    assert "every_order_ends" in complaints(village)


def test_two_reports_of_one_end(village, complaints):
    signed = ordered(village, 4, "17")
    village.ends(12, signed, "played")
    found = complaints(village)
    assert {"sound_is_told", "nothing_is_doubled"} <= set(found)
    assert complaints.verdict["outage"]["duplicated"] == 1


@pytest.mark.parametrize("trouble", ["line open", "line short", "mute", "silent", "unplug"])
@pytest.mark.parametrize(("outcome", "honest"), [("played", False), ("failed", True)])
def test_a_loudspeaker_at_fault_is_failed_not_played(
    village, complaints, trouble, outcome, honest
):
    village.log("amplifier", 5, event=trouble)
    ordered(village, 4, "17", outcome=outcome)
    assert (complaints(village) == {}) == honest


def test_a_fault_that_was_mended_in_time_is_none(village, complaints):
    village.log("amplifier", 1, event="line open")
    village.log("amplifier", 3, event="line ok")
    ordered(village, 4, "17")
    assert complaints(village) == {}


def test_played_into_an_amplifier_that_is_off(village, complaints):
    signed = village.signed()
    village.carry(4, signed)
    village.ends(village.plays(4.5, "17", enabled=False) + 0.3, signed, "played")
    assert "sound_is_told" in complaints(village)


def test_played_into_an_amplifier_that_nobody_talks_to(village, complaints):
    signed = village.signed(repeats=5)
    village.carry(4, signed)
    village.asks(4.2, 16, 1, values=(60, 1))
    village.asks(4.4, 6, 0, 1)
    end = village.plays(4.5, *["17"] * 5, enabled=False)
    village.asks(end, 6, 0, 0)
    village.ends(end + 0.3, signed, "played")
    assert "sound_is_told" in complaints(village)


def test_played_at_no_volume(village, complaints):
    signed = village.signed()
    village.carry(4, signed)
    end = village.plays(4.5, "17")
    village.asks(4.45, 6, 1, 0)
    village.ends(end + 0.3, signed, "played")
    assert "sound_is_told" in complaints(village)


@pytest.mark.parametrize("until", [5.0, 5.8, 6.6])
def test_played_although_it_broke_off(village, complaints, until):
    ordered(village, 4, "17", until=until)
    assert "sound_is_told" in complaints(village)


def test_played_although_the_voice_broke_off_before_the_tone(village, complaints):
    signed = village.signed()
    village.carry(4, signed)
    end = village.plays(4.5, "17")
    village.sound[round(5.9 * 8000) : round(6.1 * 8000)] = 0
    village.ends(end + 0.3, signed, "played")
    assert "sound_is_told" in complaints(village)


def test_failed_although_all_of_it_was_heard(village, complaints):
    ordered(village, 4, "17", outcome="failed")
    assert "sound_is_told" in complaints(village)


def test_more_readings_told_than_heard(village, complaints):
    signed = ordered(village, 4, "17", "17", outcome=None)
    village.ends(9, signed, "played", times=3)
    assert "sound_is_told" in complaints(village)


@pytest.mark.parametrize(("outcome", "honest"), [("cut", True), ("played", False)])
def test_danger_cuts_into_a_notice(village, complaints, outcome, honest):
    ordered(village, 4, "18", "18", until=6.5, outcome=outcome)
    ordered(village, 6.3, "17", rank="danger")
    assert (complaints(village) == {}) == honest


def test_cut_although_nothing_higher_came(village, complaints):
    ordered(village, 4, "18", "18", until=6.5, outcome="cut")
    ordered(village, 6.3, "17", rank="notice")
    assert "sound_is_told" in complaints(village)


def test_cut_although_the_higher_came_long_after(village, complaints):
    ordered(village, 4, "18", "18", until=6.5, outcome="cut")
    ordered(village, 12, "17", rank="danger")
    assert "sound_is_told" in complaints(village)


@pytest.mark.parametrize(("cancelled", "honest"), [(True, True), (False, False)])
def test_cancelled_needs_a_cancel(village, complaints, cancelled, honest):
    signed = ordered(village, 4, "18", "18", until=6.5, outcome="cancelled")
    if cancelled:
        village.carry(6.4, village.signed(order=id_of(signed)))
    assert (complaints(village) == {}) == honest


@pytest.mark.parametrize(("told", "honest"), [(True, True), (False, False)])
def test_a_kill_breaks_it_off_and_it_sounds_again(village, complaints, told, honest):
    signed = ordered(village, 4, "17", until=5.5, outcome=None)
    village.kill(5.55)
    if told:
        village.report(7, "Playback", stage="queued", order=id_of(signed),
                       outcome="interrupted", times=1)  # fmt: skip
    village.ends(village.plays(8, "17") + 0.3, signed, "played")
    assert (complaints(village) == {}) == honest


def test_a_kill_just_after_the_end_breaks_nothing_off(village, complaints):
    ordered(village, 4, "17")
    village.kill(7.5)
    assert complaints(village) == {}


def test_a_finished_order_sounds_again_after_a_kill(village, complaints):
    ordered(village, 4, "17")
    village.kill(12)
    village.plays(15, "17")
    assert "finished_never_again" in complaints(village)


# Calls and lamps.


def test_a_call_from_button_to_lamp(village, complaints):
    called(village, 5)
    assert complaints(village) == {}
    assert complaints.verdict["calls"] == {"pressed": 1, "at_county": 1, "lamp_taken": 1}


def test_a_press_that_never_arrives(village, complaints):
    village.press(5)
    village.lamp("calling", 5.1, 9)
    found = complaints(village)
    assert {"presses_are_calls", "nothing_is_lost"} <= set(found)


def test_a_call_that_nobody_pressed(village, complaints):
    called(village, 5)
    row, _ = village.report(15, "Call", button=2, kind="medical", minute=MINUTE)
    village.calls.append((row, 2, "open", None))
    assert "presses_are_calls" in complaints(village)


def test_one_press_two_calls(village, complaints):
    called(village, 5)
    row, _ = village.report(15, "Call", button=1, kind="help", minute=MINUTE)
    village.calls.append((row, 1, "open", None))
    assert {"presses_are_calls", "nothing_is_doubled"} <= set(complaints(village))


def test_a_call_that_is_not_shown_to_the_county(village, complaints):
    called(village, 5)
    village.calls.clear()
    assert "presses_are_calls" in complaints(village)


def test_pressing_again_while_the_lamp_still_calls_adds_nothing(village, complaints):
    called(village, 5)
    village.press(6.2)
    assert complaints(village) == {}


def test_contacts_that_bounce_are_no_press(village, complaints):
    village.press(5, held_s=0.01)
    assert complaints(village) == {}


def test_contacts_that_bounce_become_a_call(village, complaints):
    village.press(5, held_s=0.01)
    row, _ = village.report(5.2, "Call", button=1, kind="help", minute=MINUTE)
    village.calls.append((row, 1, "open", None))
    assert "presses_are_calls" in complaints(village)


def test_a_press_while_the_box_is_dead_is_no_lie(village, complaints):
    village.kill(10, dead_s=3)
    village.press(11)
    assert complaints(village) == {}


def test_the_lamp_says_delivered_before_the_county_has_it(village, complaints):
    village.press(5)
    village.lamp("delivered", 5.1, 12)
    row, _ = village.report(10, "Call", button=1, kind="help", minute=MINUTE)
    village.calls.append((row, 1, "open", None))
    assert "lamps_say_what_is_so" in complaints(village)


@pytest.mark.parametrize("pattern", ["delivered", "taken"])
def test_a_lamp_speaks_of_a_call_that_nobody_made(village, complaints, pattern):
    village.lamp(pattern, 5, 9)
    assert "lamps_say_what_is_so" in complaints(village)


@pytest.mark.parametrize("answered_at", [8.0, 15.0])
def test_the_lamp_says_taken_as_soon_as_a_person_took_it(village, complaints, answered_at):
    called(village, 5.5, answered_at=answered_at)
    found = complaints(village)
    assert ("lamps_say_what_is_so" in found) == (answered_at > 9)


def test_the_lamp_says_taken_and_no_person_did(village, complaints):
    called(village, 5)
    village.calls[0] = (village.calls[0][0], 1, "open", None)
    assert "lamps_say_what_is_so" in complaints(village)


def test_a_lamp_that_was_lit_when_the_box_died_says_nothing(village, complaints):
    called(village, 5)
    village.log("panel", 20, lamp="2", on=True)
    village.kill(20.2, dead_s=4)
    village.log("panel", 25, lamp="2", on=False)
    assert complaints(village) == {}


def test_a_lamp_that_was_lit_when_its_panel_died_says_nothing(village, complaints):
    called(village, 5)
    village.log("panel", 20, lamp="2", on=True)
    village.log("stage", 0, process="panel", event="started", pid=3)
    village.log("stage", 20.2, process="panel", event="killed", pid=3)
    village.log("stage", 22, process="panel", event="started", pid=4)
    village.log("panel", 25, lamp="2", on=False)
    assert complaints(village) == {}


def test_the_lamp_is_slow_to_light(village, complaints):
    village.press(5)
    village.lamp("calling", 6.5, 8)
    row, _ = village.report(6, "Call", button=1, kind="help", minute=MINUTE)
    village.calls.append((row, 1, "open", None))
    assert "calling_lamp_is_prompt" in complaints(village)


# Custody.


def test_a_report_that_was_sent_into_a_cut_road_and_forgotten(village, complaints):
    ordered(village, 4, "17")
    village.report(12, "Fault", code="no_output", open=True, minute=1, kept=False, passed=False)
    ordered(village, 20, "17")
    assert list(complaints(village)) == ["nothing_is_lost"]
    assert complaints.verdict["outage"]["lost"] == 1


def test_a_report_that_only_the_modem_was_given_and_then_forgotten(village, complaints):
    village.report(2, "Fault", code="no_output", open=True, minute=1, kept=False, passed=False,
                   road="sbd")  # fmt: skip
    ordered(village, 20, "17")
    assert list(complaints(village)) == ["nothing_is_lost"]


def test_one_report_by_two_roads_is_one_row(village, complaints):
    _, data = village.report(5, "Fault", code="no_output", open=True, minute=1)
    village.up(8, data, road="sbd")
    village.up(8, data, passed=False)
    assert complaints(village) == {}


def test_a_row_that_no_box_ever_sent(village, complaints):
    data = village.sealed(0, "Fault", 77, code="no_output", open=True, minute=1)
    village.keep(5, data, "Fault", 77, code="no_output", open=True, minute=1)
    assert "county_keeps_what_came" in complaints(village)


@pytest.mark.parametrize(
    ("column", "value"), [(3, 5), (5, "Call"), (6, b"\x98\x40" + bytes(30)), (7, b"x"), (8, "{}")]
)
def test_a_row_that_was_changed(village, complaints, column, value):
    village.report(5, "Fault", code="no_output", open=True, minute=1)
    village.rows[0][column] = value
    assert "county_keeps_what_came" in complaints(village)


def test_an_ack_for_a_frame_that_was_not_committed(village, complaints):
    village.down(5, "Ack", acknowledged=b"\0\0\7")
    ordered(village, 10, "17")
    assert list(complaints(village)) == ["acks_are_true"]


def test_an_ack_before_the_commit(village, complaints):
    village.report(5, "Fault", code="no_output", open=True, minute=1)
    village.rows[0][9] += 1
    assert "acks_are_true" in complaints(village)


def test_sending_long_after_the_ack_is_only_a_warning(village, complaints):
    _, data = village.report(5, "Fault", code="no_output", open=True, minute=1)
    village.up(20, data)
    assert list(complaints(village)) == ["box_heeds_acks"]
    assert complaints.verdict["verdict"] == "pass"


def test_a_number_used_twice_upward(village, complaints):
    _, data = village.report(5, "Fault", code="no_output", open=True, minute=1)
    seq = frame.read(data)[0].seq
    village.up(6, village.sealed(0, "Fault", seq, code="no_output", open=False, minute=1))
    assert "numbers_are_used_once" in complaints(village)


@pytest.mark.parametrize(("epoch", "honest"), [(0, False), (1, True)])
def test_a_number_used_twice_downward(village, complaints, epoch, honest):
    village.down(5, "Time", number=9, answers=1, second=1)
    village.down(6, "Time", number=9, key_epoch=epoch, answers=1, second=2)
    assert ("numbers_are_used_once" not in complaints(village)) == honest


def test_two_orders_signed_under_one_number(village, complaints):
    signed = ordered(village, 4, "17")
    village.carry(15, village.signed(seq=frame.read(signed)[0].seq, template=18))
    assert "numbers_are_used_once" in complaints(village)


def test_a_conflict_that_the_county_noted(village, complaints):
    village.conflicts.append((1, ADDRESS, 0, 5, b""))
    assert "numbers_are_used_once" in complaints(village)


# Artefacts.


@pytest.mark.parametrize(
    "path",
    ["sound/line.wav", "sound/stamps.jsonl", "amplifier.jsonl", "iridium.jsonl", "panel.jsonl",
     "road.jsonl", "stage.jsonl", "county/county.db", "box/settings.json", "box/journal.log",
     "box/clips/17.wav", "audit-keys.json"],
)  # fmt: skip
def test_what_is_missing_or_empty_is_said_in_a_sentence(village, tmp_path, path):
    folder = village.save(tmp_path)
    if path != "box/clips/17.wav":
        (folder / path).unlink()
        assert Path(path).name in judge(folder)[1]["why"][0]
    (folder / path).write_bytes(b"{}\n{}\n")
    assert judge(folder)[1]["verdict"] == "fail" or path == "box/journal.log"


def test_only_the_last_line_of_a_log_may_be_torn(village, tmp_path):
    folder = village.save(tmp_path)
    with (folder / "road.jsonl").open("a") as log:
        log.write('{"t": 17')
    assert judge(folder)[1]["verdict"] == "pass"
    with (folder / "road.jsonl").open("a") as log:
        log.write("\n{}\n")
    assert "road.jsonl" in judge(folder)[1]["why"][0]


def test_a_recorder_that_dies_makes_no_liar(village, complaints):
    village.log("stage", 0, process="audio", event="started", pid=3)
    village.log("stage", 6.4, process="audio", event="killed", pid=3)
    village.log("stage", 6.5, process="audio", event="started", pid=4)
    ordered(village, 4, "17", "17")
    village.stamps = [s for s in village.stamps if not 51_200 <= s["sample"] < 52_000]
    village.sound[51_200:52_000] = 0
    assert complaints(village) == {}


def test_sound_without_stamps_is_no_evidence(village, complaints):
    village.plays(4.5, "17")
    village.stamps = village.stamps[:3]
    assert complaints(village) == {}
    assert "no stamp" in complaints.verdict["why"][0]


@pytest.mark.parametrize(("honest", "code"), [(True, 0), (False, 1)])
def test_the_last_line_is_the_verdict_and_the_exit_code_says_the_same(
    village, tmp_path, honest, code
):
    ordered(village, 4, "17", outcome="played" if honest else "failed")
    command = [sys.executable, "-m", "tests.audit", str(village.save(tmp_path / "run"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr == ""
    *table, last = done.stdout.splitlines()
    assert json.loads(last)["verdict"] == ("pass" if honest else "fail")
    assert any("FAIL" in line for line in table) != honest


def test_sound_that_is_sent_ahead_is_heard_when_its_turn_comes(tmp_path):
    write_wav(tmp_path / "line.wav", np.zeros(2400))
    stamps = [{"t": t, "sample": at, "count": 800} for t, at in ((5, 0), (5, 800), (9, 1600))]
    chunks = recording.read_recording(tmp_path / "line.wav", stamps).chunks
    assert [chunk.plays_at for chunk in chunks] == [5, 5.1, 9]


def test_what_the_modem_was_given_counts_only_with_its_true_sum():
    lines = [{"t": 1, "dir": ">", "hex": b"AT+SBDWB=2\rab\0\xc3AT+SBDWB=2\rab\0\xc4".hex()}]
    assert modem.to_modem(lines) == [(1, b"ab")]


@given(
    mode=st.sampled_from([frame.SEALED, frame.SIGNED]),
    numbers=st.tuples(*[st.integers(0, most) for most in (1, 30, 7, 1, 0xFFFF, 0xFFFFFF)]),
    body=st.binary(min_size=1, max_size=40),
    elided=st.booleans(),
)
def test_the_auditor_reads_every_frame_that_the_project_writes(mode, numbers, body, elided):
    direction, number, priority, ack_wanted, address, seq = numbers
    header = frame.Header(mode, direction, number, priority, bool(ack_wanted), address, seq)
    protected = body + bytes(frame.PROOF_BYTES[mode])
    read = wire.read(frame.write(header, protected, elided), address)
    assert read.whole == frame.write(header, protected)
    assert read[:7] == (mode, direction, number, priority, ack_wanted, address, seq)
