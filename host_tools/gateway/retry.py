"""When what was not answered goes out again.

The only place with these numbers: seconds until the next try, after the first, the second ...
try; the last number repeats.  Satellite messages cost money and wait in the carrier's queue, so
they rest longer; by BeiDou one message a minute goes to all Boxes together, so they rest longest.
"""

from typing import NamedTuple

from host_tools.gateway.arrivals import BEIDOU, IP, SBD

CALL_ANSWER_ENDS_S = 86_400  # a lamp nobody could reach for a day is no longer waited for
NO_ADDRESS_S = 60  # until a Box that was never heard on the road is looked at again

_PAUSES = {
    IP: (2, 3, 5, 10, 20, 40, 60),  # at 0, 2, 5, 10, 20, 40, 80, 140, 200 ...
    SBD: (60, 120, 240, 300),
    BEIDOU: (600, 900, 1_200),  # one try of an order takes five minutes by itself
}


class Rule(NamedTuple):
    """Seconds without an answer by IP before a satellite is asked."""

    satellite_first: int

    def first(self, bearer: str) -> int:
        """Return the seconds to wait before the first try on this road."""
        return 0 if bearer == IP else self.satellite_first

    def pause(self, bearer: str, tries: int) -> int:
        """Return the seconds to rest after this many tries on this road, at least one."""
        pauses = _PAUSES[bearer]
        return pauses[min(tries, len(pauses)) - 1]


DANGER = Rule(0)
ORDER = Rule(10)
CALL_ANSWER = Rule(8)


def rule_of(order_type: str, rank: str | None) -> Rule:
    """Return the rule for what was signed; what withdraws an order or a key is danger's."""
    return DANGER if order_type in {"Cancel", "Keys"} or rank == "danger" else ORDER
