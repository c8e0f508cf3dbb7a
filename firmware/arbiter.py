"""Who may hold the amplifier.  No clock, no hardware: decisions and nothing else."""

from collections import namedtuple

from protocol.schema import RANK

# order_id; rank word; drill; arrival: counts up; message: the Order
Turn = namedtuple("Turn", ("order_id", "rank", "drill", "arrival", "message"))


def first(turns):
    """Return the Turn that sounds next, or None: live before drill, then rank, then arrival."""
    return min(turns, key=_precedence) if turns else None


def last(turns):
    """Return the Turn that gives up its place when too many wait."""
    return max(turns, key=_precedence)


def cuts_in(on_air, offered):
    """Return whether the offered Turn silences the one on air.

    A drill yields to anything live; among equals the one on air is heard to its end.
    """
    if on_air.drill != offered.drill:
        return on_air.drill
    return RANK.index(offered.rank) > RANK.index(on_air.rank)


def _precedence(turn):
    return turn.drill, -RANK.index(turn.rank), turn.arrival
