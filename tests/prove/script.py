"""A story as a fault script that `make demo PLAY=file` plays with real processes.

In a story each payload has a fate of its own.  On the stage a road is cut while those go out
that never arrive, and mended for the others; what arrives late, arrives at once.
"""

import math
from typing import NamedTuple

from tests.prove.air import ROADS
from tests.prove.world import name_of

_PEOPLE = {"press": "press 1", "order": "order danger", "cancel": "cancel", "forge": "forge"}
_KILLS = {"cut": "kill box", "torn": "kill box", "kill": "kill gateway"}


class Moment(NamedTuple):
    """What one deed of a story was: the payloads that went out in it, and how long it took."""

    deed: str
    sent: list[str]  # their names
    seconds: int


def script(why, story, life):
    """Return the text of a script; life is a fresh explore.Life."""
    moments = [_lived(life, deed) for deed in story]
    arrived = {deed.partition(",")[0].removeprefix("deliver ") for deed in story}
    twice = {deed.removeprefix("duplicate ") for deed in story}
    lines, cut = [f"# {why}"], set()
    for moment in moments:
        lost, passed = _fates(moment.sent, arrived)
        lines += [f"cut {road}" for road in sorted(lost - cut)]
        lines += [f"mend {road}" for road in sorted(cut & passed)]
        cut = (cut | lost) - passed
        doubled = any(name in twice for name in moment.sent)
        lines += ["duplicate on"] if doubled else []
        lines += [f"# {moment.deed}", *(_deeds(moment) or ["wait 1"] * bool(lost))]
        lines += ["duplicate off"] if doubled else []
    lines += [f"mend {road}" for road in sorted(cut)]
    return "\n".join([*lines, "quiet", ""])


def _fates(sent, arrived):
    """Return the roads on which nothing of this ever arrives, and those where something does."""
    used = {road for road in ROADS if any(name.startswith(road + " ") for name in sent)}
    passed = {name.partition(" ")[0] for name in sent if name in arrived}
    return used - passed, passed


def _lived(life, deed):
    world = life.world
    world.air.log.clear()
    begun = world.time.ticks_ms()
    life.deeds.do(deed)
    seconds = math.ceil(world.time.since_ms(begun) / 1000)
    return Moment(deed, [name_of(parcel) for parcel in world.air.log], seconds)


def _deeds(moment):
    deed, _, failure = moment.deed.partition(", ")
    verb = deed.partition(" ")[0]
    found = [_PEOPLE[verb]] if verb in _PEOPLE else []
    found += [f"wait {moment.seconds}"] if verb == "wait" else []
    found += [_KILLS[verb]] if verb in _KILLS else []
    return found + ([_KILLS[failure.partition(" ")[0]]] if failure else [])
