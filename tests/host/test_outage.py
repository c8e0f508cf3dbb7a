"""A short `make outage`, and that it sees what it looks for."""

import asyncio

import pytest

from tests.outage.dark import MOST_ALARMS, Outage
from tests.outage.parts import complaints, played
from tests.outage.village import CountedOutbox

HOURS = 5

DARK = {"alarms": 200, "alarms_lost": 0, "unaccounted": 0, "waiting": 0, "expired": 7,
        "told_expired": 7, "first_out": "Alarm", "heap_growth_bytes": 900}  # fmt: skip


@pytest.mark.parametrize(
    ("part", "number"), [("outage", HOURS), ("alarms", 1), ("satellite", 7), ("urgent", 400)]
)
def test_a_short_outage_is_as_promised_on_micropython(part, number):
    told = played(part, number, lambda line: None)
    assert list(complaints(part, told)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"alarms_lost": 1}, {"unaccounted": -1}, {"waiting": 1}, {"told_expired": 6},
        {"first_out": "Health"}, {"first_out": "Alarm, Health"}, {"heap_growth_bytes": 9_000},
    ],
)  # fmt: skip
def test_what_a_dark_week_must_not_bring_is_told(wrong):
    assert list(complaints("outage", DARK)) == []
    assert len(list(complaints("alarms", {**DARK, **wrong}))) == 1


def test_a_box_that_came_to_its_end_a_dear_satellite_and_a_call_that_waits_are_told():
    assert list(complaints("urgent", {})) == ["urgent: the Box came to its end"]
    assert list(complaints("satellite", {"supervision_bytes_a_day": 181, "reports": 9}))
    assert list(complaints("satellite", {"supervision_bytes_a_day": 0, "reports": 0}))
    assert list(complaints("urgent", {"most_slots_waited": {"ip": 2, "sbd": 1}}))


def told_after(outbox):
    """Return what some dark hours with this Outbox bring, on CPython."""

    async def lived():
        story = Outage(lambda line: None, outbox)
        await story.start()
        await story.dark(HOURS, MOST_ALARMS, True)
        await story.mended()
        return story.told()

    return asyncio.run(lived())


def test_an_alarm_that_makes_room_is_seen():
    class Careless(CountedOutbox):
        def post(self, message, instead_of=()):
            if len(self) > 100:
                first = next((slip for slip in self if slip.row.name == "Alarm"), None)
                if first is not None:
                    self._forget(first)
            return super().post(message, instead_of)

    told = told_after(Careless)
    assert told["alarms_lost"] > 0
    assert told["unaccounted"] > 0


def test_what_expires_and_is_not_told_is_seen():
    class Forgetful(CountedOutbox):
        expired = property(lambda self: 0, lambda self, count: None)

    told = told_after(Forgetful)
    assert told["unaccounted"] > 0
