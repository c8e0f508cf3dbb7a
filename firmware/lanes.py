"""Whose turn it is on a road: life first, then the others by weight, and nobody waits for ever.

Deficit round robin (Shreedhar and Varghese, 1995): each lane may send as many bytes as it has
earned, and earns more whenever its turn comes.
"""

from protocol.compat import const

_WEIGHTS = const((8, 4, 2, 1))  # of priority 1, 2, 3, and of all that is less urgent
_QUANTUM_BYTES = const(32)
_AGE_S = const(3_600)  # after each such time of waiting a message counts as more urgent by one
_MOST_AGAIN = const(3)  # sends of life in a row that are not the first, while others wait


class Lanes:
    """What one road remembers of whose turn it was."""

    def __init__(self, road):
        self._road = road
        self._earned = [0] * len(_WEIGHTS)
        self._turn = 0
        self._again = 0

    def first(self, due, now_s):
        """Return the Slip whose turn it is of those due, the oldest first; None if none is due."""
        life, heads = self._sorted(due, now_s)
        others = any(head is not None for head in heads)
        if life is not None and not (others and self._is_enough(life)):
            return life
        self._again = 0
        return self._by_weight(heads) if others else None

    def _sorted(self, due, now_s):
        """Return (the Slip of life to go next, the first of each lane), None where none is."""
        life, heads = None, [None] * len(_WEIGHTS)
        for slip in due:
            if slip.priority == 0:
                if life is None or self._goes_before(slip, life):
                    life = slip
                continue
            lane = _lane_of(slip, now_s)
            if heads[lane] is None:
                heads[lane] = slip
        return life, heads

    def _goes_before(self, slip, other):
        """A person who waits goes before a gauge, and what never went before what did."""
        return self._urgency(slip) < self._urgency(other)

    def _urgency(self, slip):
        return slip.tries(self._road), slip.row.name != "Call"

    def _is_enough(self, life):
        """Return whether life has gone again so often in a row that another may go now."""
        if not life.tries(self._road):
            return False
        self._again += 1
        return self._again > _MOST_AGAIN

    def _by_weight(self, heads):
        while True:
            head = heads[self._turn]
            if head is None:
                self._earned[self._turn] = 0
            elif len(head.body) <= self._earned[self._turn]:
                self._earned[self._turn] -= len(head.body)
                return head
            self._turn = (self._turn + 1) % len(_WEIGHTS)
            self._earned[self._turn] += _QUANTUM_BYTES * _WEIGHTS[self._turn]


def _lane_of(slip, now_s):
    aged = (now_s - slip.posted_s) // _AGE_S
    return min(max(slip.priority - 1 - aged, 0), len(_WEIGHTS) - 1)
