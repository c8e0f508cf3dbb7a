"""What villages report beside calls and orders, and how a Box's changes become its health."""

import json

import pytest

from protocol import calendar, health_delta, messages, series
from tests.host.gateway_county import NOON, acknowledged, minute, play
from tests.shared import test_messages

ORDER_17 = calendar.order_id(1, 17)
TOLD = {
    "Series": {
        "gauge": 3, "start": minute(NOON), "step_min": 5, "values": series.encode((0, 2, 9)),
        "quality": "good",
    },
    "Alarm": {"gauge": 3, "measured": "rain_mm", "level": "prepare", "minute": minute(NOON)},
    "Answer": {"order": ORDER_17, "action": "moving", "person": 12},
    "Evacuation": {"order": ORDER_17, "phase": 2, "moved": 396},
    "Disaster": {
        "id": 44, "kind": "flood", "minute": minute(NOON), "latitude_e5": 3947021, "cuts": 3,
    },
    "Hazard": {"id": 1, "kind": "slope", "change": "worse", "minute": minute(NOON)},
    "SelfTest": {"asked_by": "county", "minute": minute(NOON), "tested": 3, "passed": 1},
    "LogHead": {"lines": 70, "digest": bytes(8), "minute": minute(NOON)},
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_a_village_reports_is_kept_acknowledged_and_shown_in_words(county, name):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.says(name, **TOLD[name]))
        (shown,) = json.loads(await gateway.state())["reports"]
        assert (shown["box"], shown["type"]) == (box.address, name)
        assert shown["fields"].keys() == TOLD[name].keys()
        if name == "Series":
            assert shown["fields"]["values"] == "0 2 9"
        if name == "Disaster":
            assert shown["fields"]["cuts"] == "power road"
            assert shown["fields"]["latitude_e5"] == "39.47021°"
        if name == "Answer":
            assert shown["fields"]["order"] == "1:17"

    play(county, script)
    assert county.count("messages") == 1
    assert acknowledged(box, county.ip) == [box.seq]


def test_every_upward_type_is_kept_whatever_it_says(county):
    box = county.enter()
    frames = [box.sends(message) for message in test_messages.UPWARD]

    async def script(gateway):
        for data in frames:
            await county.brings(gateway, data)

    play(county, script)
    assert county.count("messages") == len(frames)
    assert county.count("unreadable") == 0


class TestHealthDelta:
    usual = {"links_up": 1, "queue": 3, "oldest_waiting_min": 0, "faults": 0,
             "free_store_percent": 90, "uptime_h": 1, "software": 1}  # fmt: skip
    then = messages.make("Health", **usual)

    def change(self, box, base, seq=None, **fields):
        told = health_delta.delta(base, self.then, messages.make("Health", **self.usual | fields))
        return box.says("HealthDelta", seq=seq, **told._asdict())

    def after(self, county, box, *frames):
        """Return the Box's health at the county after these frames, and what it was asked."""

        async def script(gateway):
            for data in frames:
                await county.brings(gateway, data)

        play(county, script)
        (row,) = county.rows("SELECT health FROM boxes")
        told = [m for _, _, payload in county.ip.taken() for _, m in box.opens(payload)]
        asked = [m.what for m in told if isinstance(m, messages.Query)]
        assert sum(isinstance(m, messages.Ack) for m in told) == len(frames)
        return json.loads(row["health"] or "null"), asked

    def test_it_changes_the_report_it_names(self, county):
        box = county.enter()
        whole = box.says("Health", **self.usual)
        change = self.change(box, box.seq, queue=9, faults=4)
        health, asked = self.after(county, box, whole, change)
        assert health == {**self.usual, "queue": 9, "faults": 4}
        assert asked == []

    def test_and_the_next_one_builds_on_it(self, county):
        box = county.enter()
        whole = box.says("Health", **self.usual)
        first = self.change(box, box.seq, queue=9)
        self.then = messages.make("Health", **self.usual | {"queue": 9})
        second = self.change(box, box.seq, uptime_h=2, queue=9)
        health, asked = self.after(county, box, whole, first, second)
        assert (health["queue"], health["uptime_h"], asked) == (9, 2, [])

    @pytest.mark.parametrize(
        ("base", "seq", "epoch"),
        [(4, 7, 1), (6, 7, 1), (5, 5 + 256, 1), (5, 7, 2)],
        ids=["an earlier base", "a later base", "too far from it", "of another epoch"],
    )
    def test_without_its_base_nothing_is_guessed_and_the_whole_is_asked_for(
        self, county, base, seq, epoch
    ):
        box = county.enter()
        whole = box.says("Health", seq=5, **self.usual)
        assert self.after(county, box, whole) == (self.usual, [])
        box.epoch = epoch
        change = self.change(box, base, seq, queue=9)
        assert self.after(county, box, change) == (self.usual, ["health"])

    def test_a_box_never_heard_is_asked_for_the_whole(self, county):
        box = county.enter()
        box.epoch = 0
        assert self.after(county, box, self.change(box, 0, queue=9)) == (None, ["health"])

    def test_one_that_was_overtaken_changes_nothing_and_asks_nothing(self, county):
        box = county.enter()
        whole = box.says("Health", seq=5, **self.usual)
        newer = box.says("Health", seq=9, **{**self.usual, "queue": 1})
        late = self.change(box, 5, seq=7, queue=9)
        health, asked = self.after(county, box, whole, newer, late)
        assert (health["queue"], asked) == (1, [])

    def test_one_that_makes_no_health_is_kept_and_the_whole_is_asked_for(self, county):
        box = county.enter()
        whole = box.says("Health", seq=5, **self.usual)
        broken = box.says("HealthDelta", seq=6, base=5, changed=1 << 6, fields=b"\xf6")
        assert self.after(county, box, whole, broken) == (self.usual, ["health"])
