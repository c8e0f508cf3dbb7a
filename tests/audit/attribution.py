"""Which order explains each Programme that was heard, judged by the sound and the roads.

Where two orders have the same words the higher rank comes first, then the earlier arrival,
and those the Box says to have sounded before the others: a lie then shows as a Programme
too many or too few.
"""

from typing import NamedTuple

from tests.audit import reports
from tests.audit.orders import CLOCK_S, ELSEWHERE, FORGED, LATE, TIMELY, Order
from tests.audit.programmes import Programme
from tests.audit.reports import Report

REPLAYED = "replayed"
AFTER_END_S = 1.0  # a copy that comes so long after an order's end is a replay
NOT_STORED_S = 0.5  # killed so soon after the sound, the Box may not know that it was over
WITH_SOUND = ("played", "cut", "failed")


class Sounding(NamedTuple):
    """A Programme and its order, or None and whom to blame: a word of orders or "replayed"."""

    programme: Programme
    order: Order | None
    blame: str
    broken_off: bool  # the Box died within it


def attribute(
    heard: list[Programme], orders: list[Order], kept: list[Report], box_deaths: list[float]
) -> list[Sounding]:
    """Return a Sounding for each Programme, in order of time."""
    found: list[Sounding] = []
    for programme in heard:
        broken_off = died_in(box_deaths, programme)
        order = _explanation(programme, orders, kept, found)
        blame = "" if order else _blame(programme, orders, found)
        found.append(Sounding(programme, order, blame, broken_off))
    return found


def died_in(box_deaths: list[float], programme: Programme) -> bool:
    begin, end = programme.start, programme.end + NOT_STORED_S
    return any(begin <= death <= end for death in box_deaths)


def over_at(soundings: list[Sounding], order: Order) -> float | None:
    """Return when this order had sounded for good, or None."""
    ends = [s.programme.end for s in soundings if s.order is order and not s.broken_off]
    return ends[0] if ends else None


def replays(order: Order, soundings: list[Sounding]) -> list[float]:
    """Return when copies of this order came after it had sounded."""
    over = over_at(soundings, order)
    return [] if over is None else [t for t in order.arrivals if t >= over + AFTER_END_S]


def _explanation(
    programme: Programme, orders: list[Order], kept: list[Report], before: list[Sounding]
) -> Order | None:
    """Return the timely order whose turn this was, or None."""
    possible = [
        order
        for order in orders
        if order.kind == TIMELY
        and order.arrivals[0] <= programme.start < order.ends_at + CLOCK_S
        and _sounds_like(programme, order)
        and over_at(before, order) is None
        and not _was_told(kept, order, programme.start)
    ]
    by_turn = sorted(possible, key=lambda o: (not _told(kept, o), o.drill, -o.rank, o.arrivals[0]))
    return by_turn[0] if by_turn else None


def _told(kept: list[Report], order: Order) -> bool:
    """Does the Box say that this order sounded?"""
    ends = reports.endings(kept, order.name)
    return any(end.fields.get("outcome") in WITH_SOUND for end in ends)


def _was_told(kept: list[Report], order: Order, t: float) -> bool:
    """Had the county been told by then how this order ended?"""
    return any(end.received_at < t for end in reports.endings(kept, order.name))


def _blame(programme: Programme, orders: list[Order], before: list[Sounding]) -> str:
    """Return the kind of the frame that came last among those that sound like this."""
    comings = [("nobody's", 0.0)]
    for order in orders:
        if not _sounds_like(programme, order):
            continue
        if order.kind in (FORGED, LATE, ELSEWHERE):
            comings.append((order.kind, order.arrivals[0]))
        elif order.ends_at <= programme.start:
            comings.append((LATE, order.ends_at))
        else:
            comings.extend((REPLAYED, t) for t in [order.arrivals[0], *replays(order, before)])
    return max((one for one in comings if one[1] <= programme.start), key=lambda one: one[1])[0]


def _sounds_like(programme: Programme, order: Order) -> bool:
    expected = order.expected
    return expected is not None and programme.names == expected[: len(programme.names)]
