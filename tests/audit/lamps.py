"""What a villager reads off a lamp: how long it is lit and dark, blink by blink.

Calling is 100 ms lit and 100 dark, delivered 500 and 500, taken steadily lit; 40 % may be off.
"""

from typing import NamedTuple

CALLING, DELIVERED, TAKEN = "calling", "delivered", "taken"
OFF_BY = 0.4
PHASE_S = {CALLING: 0.1, DELIVERED: 0.5}
STEADY_S = 1.5
# Lit for longer than any other pattern is, from then on this one is shown for sure.
SURE_AFTER_S = {DELIVERED: 0.1 * (1 + OFF_BY), TAKEN: 0.5 * (1 + OFF_BY)}
DARK_S = 0.5 * (1 + OFF_BY)  # dark for longer, no call is open


class Blink(NamedTuple):
    """Lit from..to, then dark until `next_lit` (None: for good, or nobody knows)."""

    lit: float
    dark: float
    next_lit: float | None

    @property
    def pattern(self) -> str | None:
        """What this blink alone says for sure, or None."""
        if self.dark - self.lit >= STEADY_S:
            return TAKEN
        for pattern, phase_s in PHASE_S.items():
            phases = (self.dark - self.lit, (self.next_lit or self.dark) - self.dark)
            if all(abs(phase - phase_s) <= OFF_BY * phase_s for phase in phases):
                return pattern
        return None


def blinks(changes: list[tuple[float, bool]], deaths: list[float], ends_at: float) -> list[Blink]:
    """Return the blinks of one lamp; at a death of the Box or the panel each lamp falls silent."""
    found: list[Blink] = []
    lit_at: float | None = None
    marks = [(t, lit) for t, lit in changes] + [(t, None) for t in [*deaths, ends_at]]
    for t, lit in sorted(marks, key=lambda mark: mark[0]):
        if lit and lit_at is None:
            lit_at = t
            if found and found[-1].next_lit is None:
                found[-1] = found[-1]._replace(next_lit=t)
        elif not lit and lit_at is not None:
            found.append(Blink(lit_at, t, None))
            lit_at = None
    return found


def is_idle(found: list[Blink], t: float) -> bool:
    """Had the lamp been dark for so long at this time that no call was open?"""
    before = [blink for blink in found if blink.lit <= t]
    return not before or t - before[-1].dark > DARK_S
