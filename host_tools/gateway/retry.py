"""When what was not answered goes out again.

The only place with these numbers: seconds until the next try, after the first, the second ...
try; the last number repeats.  Satellite messages cost money and wait in the carrier's queue, so
they rest longer.
"""

from typing import NamedTuple

CALL_ANSWER_ENDS_S = 86_400  # a lamp nobody could reach for a day is no longer waited for
NO_ADDRESS_S = 60  # until a Box that was never heard on the road is looked at again


class Rule(NamedTuple):
    ip: tuple[int, ...]
    sbd_first: int  # seconds without an answer before the satellite is asked
    sbd: tuple[int, ...]

    def pause(self, bearer: str, tries: int) -> int:
        """Return the seconds to rest after this many tries on this road, at least one."""
        pauses = self.ip if bearer == "ip" else self.sbd
        return pauses[min(tries, len(pauses)) - 1]


_IP = (2, 3, 5, 10, 20, 40, 60)  # at 0, 2, 5, 10, 20, 40, 80, 140, 200 ...
_SBD = (60, 120, 240, 300)

DANGER = Rule(_IP, 0, _SBD)
ORDER = Rule(_IP, 10, _SBD)
CALL_ANSWER = Rule(_IP, 8, _SBD)


def rule_of(order_type: str, rank: str | None) -> Rule:
    """Return the rule for what was signed; what withdraws an order or a key is danger's."""
    return DANGER if order_type in {"Cancel", "Keys"} or rank == "danger" else ORDER
