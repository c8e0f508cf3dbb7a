"""The roads a stage can have: who plays each, how it is cut, and how patient it makes one."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from host_tools.problems import USAGE, Problem

CARD_INTERVAL_S = 5  # a card of the demo may send so often; real ones once a minute
_CARD_MARGIN_S = 2  # that a Box lets its card rest longer

Tell = Callable[[str, str], Awaitable[str]]


class Road(NamedTuple):
    """name is the Box's word for it, player the process that plays it.

    patience_s: within so long after its return two calls that waited for it are at the county.
    """

    name: str
    player: str
    cutting: tuple[str, ...]
    restoring: tuple[str, ...]
    patience_s: float

    async def cut(self, tell: Tell) -> None:
        """Let it carry nothing; tell is Stage.tell."""
        for command in self.cutting:
            await tell(self.player, command)

    async def restore(self, tell: Tell) -> None:
        for command in self.restoring:
            await tell(self.player, command)


UDP = Road("udp", "road", ("cut",), ("restore",), 30)
SBD = Road("sbd", "iridium", ("signal 0",), ("signal 5",), 40)
BEIDOU = Road(
    "beidou",
    "beidou",
    ("signal box off", "signal county off"),
    # Back again, the Box's terminal says "Y" with a reason once: that is no success.
    ("refuse box 1 4", "signal box on", "signal county on"),
    12 * (CARD_INTERVAL_S + _CARD_MARGIN_S),
)
USUAL = (UDP, SBD)
_KNOWN = {road.name: road for road in (UDP, SBD, BEIDOU)}


def named(words: str) -> tuple[Road, ...]:
    """Return the roads of "udp,beidou", in this order, or raise Problem."""
    names = words.split(",")
    unknown = [name for name in names if name not in _KNOWN]
    if unknown or len(set(names)) < len(names):
        why = f"there are no roads {words!r}"
        raise Problem(why, f"give some of {','.join(_KNOWN)}, each once", USAGE)
    if names[0] != UDP.name or len(names) == 1:
        why = "the script needs the IP road and a satellite"
        raise Problem(why, "give udp and, behind a comma, sbd or beidou", USAGE)
    return tuple(_KNOWN[name] for name in names)
