"""What each road keeps of a row that waits: how often it went, and when it goes again."""

from collections.abc import Iterable
from typing import NamedTuple

from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from host_tools.gateway.retry import Rule


class Lane(NamedTuple):
    """One road's columns of a waiting row, and the column of boxes that says where to."""

    bearer: str
    to: str
    tries: str
    next_at: str


LANES = (
    Lane(IP, "ip_address", "tries", "next_at"),
    Lane(SBD, "imei", "sbd_tries", "sbd_next_at"),
    Lane(BEIDOU, "beidou_card", "beidou_tries", "beidou_next_at"),
)
SATELLITES = LANES[1:]
IN_TURN = LANES[2:]  # what waits for its turn here is forgotten when the gateway stops
NEVER: dict[str, float | None] = {lane.next_at: None for lane in LANES}  # it waits no more


def of_roads(bearers: Iterable[str]) -> tuple[Lane, ...]:
    """Return the lanes of the roads that this gateway has."""
    return tuple(lane for lane in LANES if lane.bearer in set(bearers))


def from_now(rule: Rule, now: float) -> dict[str, float]:
    """Return when a row that begins to wait goes out first, by column."""
    return {lane.next_at: now + rule.first(lane.bearer) for lane in LANES}
