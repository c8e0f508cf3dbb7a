"""Presses of the call buttons, and the Calls they became."""

from typing import NamedTuple

from tests.audit import lamps, processes, reports, spans
from tests.audit.artefacts import Evidence
from tests.audit.reports import Report
from tests.audit.spans import Span
from tests.audit.words import UNIX_OF_MINUTE_0

BOUNCE_S = (0.02, 0.06)  # shorter is no press; between the two it may be one
STARTING_S = 2.0  # a Box that starts need not see a short press yet
KEEPING_S = 0.5  # so long the Box may take until the press is on flash


class Press(NamedTuple):
    """due: it has to become a Call.  Otherwise it may: the button's call was open, or the Box
    was dead, starting or dying.
    """

    t: float
    button: int
    due: bool


class Called(NamedTuple):
    """A press, and the Call it became if it became one."""

    press: Press
    call: Report | None


def blinks_of(evidence: Evidence, ends_at: float) -> dict[int, list[lamps.Blink]]:
    """Return what each button's lamp showed."""
    deaths = [t for name in ("box", "panel") for t in processes.deaths(evidence, name, ends_at)]
    changes: dict[int, list[tuple[float, bool]]] = {number: [] for number in _numbers(evidence)}
    for line in evidence.panel:
        if line.get("lamp", "").isdecimal():
            changes.setdefault(int(line["lamp"]), []).append((line["t"], line["on"]))
    return {number: lamps.blinks(mine, deaths, ends_at) for number, mine in changes.items()}


def presses(evidence: Evidence, lit: dict[int, list[lamps.Blink]], ends_at: float) -> list[Press]:
    """Return every press long enough to be one, in order of time."""
    ready = spans.both(
        *(_ready(processes.alive(evidence, name, ends_at)) for name in ("box", "panel"))
    )
    found = []
    for number in _numbers(evidence):
        states = [
            (line["t"], line["down"])
            for line in evidence.panel
            if line.get("button") == str(number)
        ]
        for down, up in spans.between(states, ends_at):
            if up - down >= BOUNCE_S[0]:
                long_enough = up - down >= BOUNCE_S[1]
                idle = lamps.is_idle(lit.get(number, []), down)
                due = long_enough and idle and spans.holds_at(ready, down)
                found.append(Press(down, number, due))
    return sorted(found)


def match(found: list[Press], kept: list[Report]) -> tuple[list[Called], list[Report]]:
    """Return what became of each press, and the Calls that nobody pressed."""
    became: dict[Press, Report] = {}
    nobodys = []
    for call in reports.named(kept, "Call"):
        fitting = [press for press in found if press not in became and _fits(press, call)]
        if fitting:
            became[min(fitting, key=lambda press: (not press.due, press.t))] = call
        else:
            nobodys.append(call)
    return [Called(press, became.get(press)) for press in found], nobodys


def latest(called: list[Called], button: int, t: float) -> Called | None:
    """Return the last press of this button up to this time that counted."""
    mine = [
        one
        for one in called
        if one.press.button == button and one.press.t <= t and (one.press.due or one.call)
    ]
    return mine[-1] if mine else None


def _numbers(evidence: Evidence) -> list[int]:
    return [point["number"] for point in evidence.settings.get("call_points", [])]


def _ready(alive: list[Span]) -> list[Span]:
    """Return when a press could be seen and kept."""
    return [(since + STARTING_S, to - KEEPING_S) for since, to in alive]


def _fits(press: Press, call: Report) -> bool:
    """May this Call be of this press?  Its minute is negative while the Box has no clock."""
    if call.fields.get("button") != press.button or press.t > call.received_at:
        return False
    minute, pressed = call.fields.get("minute", -1), (press.t - UNIX_OF_MINUTE_0) // 60
    return minute < 0 or abs(minute - pressed) <= 1
