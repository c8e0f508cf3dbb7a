"""What a lamp says, from when the Box switched it.

Patterns a villager can tell apart, lit and dark in ms: calling 100/100, delivered 500/500,
taken always lit, failed 50/950.
"""

import time
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tests.sim.logs import entries

_CALLING_S, _DELIVERED_S = 0.3, 0.8  # the longest time lit
_FAILED_DARK_S = 0.6
_OFF_S = 1.5
# For so long the pattern before may have lit it: from then on this one is shown for sure.
_SURE_AFTER_S = {"delivered": 0.1, "taken": 0.5}


class Phase(NamedTuple):
    lit_at: float
    lit_s: float
    dark_s: float

    @property
    def word(self) -> str:
        if self.lit_s >= _DELIVERED_S:
            return "taken"
        if self.lit_s >= _CALLING_S:
            return "delivered"
        return "failed" if self.dark_s > _FAILED_DARK_S else "calling"


class LampLog:
    """One lamp in the call panel's log."""

    def __init__(self, log: Path, button: int):
        self._log = log
        self._button = str(button)

    def now(self) -> str:
        """Return what it says now; a pattern is known once it was seen for long enough."""
        phases = self.phases()
        return "off" if not phases or phases[-1].dark_s > _OFF_S else phases[-1].word

    def said(self, since: float) -> list[str]:
        """Return what it has said since then, in order, each once."""
        return [word for word, _ in groupby(phase.word for phase in self.phases(since))]

    def first(self, word: str, since: float) -> float:
        """Return since when it said "delivered" or "taken" for sure."""
        lit_at = next(phase.lit_at for phase in self.phases(since) if phase.word == word)
        return lit_at + _SURE_AFTER_S[word]

    def phases(self, since: float = 0) -> list[Phase]:
        """Return each time it was lit since then, with the dark time after it."""
        switched = [(t, on) for t, on in self._switched() if t >= since]
        phases, until = [], time.time()
        for index, (lit_at, on) in enumerate(switched):
            if on:
                later = [t for t, _ in switched[index + 1 : index + 3]] + [until, until]
                phases.append(Phase(lit_at, later[0] - lit_at, later[1] - later[0]))
        return phases

    def _switched(self) -> list[tuple[float, bool]]:
        """Return when it changed, and to what; told twice is changed once."""
        mine = [line for line in entries(self._log) if line.get("lamp") == self._button]
        told = [(line["t"], line["on"]) for line in mine]
        return [
            entry
            for index, entry in enumerate(told)
            if not index or told[index - 1][1] != entry[1]
        ]
