"""Counts what came of the items, and finds what must never come."""

from collections import Counter
from typing import Any

from tests.shared.frame_judge import ACCEPTED

SHOWN_FAULTS = 5
LEAST_AT_FIELDS, LEAST_REPROVEN, LEAST_VERIFIED = 0.20, 0.50, 0.01
MOST_HEAP_GROWTH = 1024  # bytes
# What is said only of a body that is CBOR: its fields were looked at, or what is in them.
AT_FIELDS = {ACCEPTED, "BadMessage", "Refused", "BadAck", "BadSeries", "BadText"}
_OF_FRAMES = {"frame", "payload", "relay", "pieces"}


class Tally:
    """known: canonical bytes of all frames that are genuine from the start."""

    def __init__(self, count: int, seed: int, known: frozenset[bytes]):
        self.count, self.seed = count, seed
        self.faults: list[str] = []
        self.heap: list[int] = []  # bytes in use on MicroPython, warmed up
        self.verified = 0  # signatures, on MicroPython
        self.verdicts: Counter[tuple[str, str]] = Counter()  # (what, verdict)
        self.at_fields = self.reproven = self.forgeries = self.different = self.undeclared = 0
        self._known = known
        self._number = 0

    def add(self, judged: Any, answer: str) -> None:
        """Count one item, judged on CPython, and MicroPython's answer to it."""
        item = judged.item
        self._number += 1
        self.verdicts[item.what, judged.verdict] += 1
        self.reproven += bool(item.proven)
        self.at_fields += item.what in _OF_FRAMES and _is_at_fields(judged)
        if judged.verdict.startswith("!") or answer.startswith("!"):
            self.undeclared += 1
            self._fault("raised what is not declared", judged, answer)
        elif judged.told != answer:
            self.different += 1
            self._fault("the interpreters differ", judged, answer)
        if not self._known.issuperset(set(judged.proven) - item.proven):
            self.forgeries += 1
            self._fault("a forgery was believed", judged, answer)

    @property
    def heap_growth(self) -> int:
        """What is held more at the end than at the beginning, in bytes.

        The collector is conservative: a number on the stack that looks like an address may hold a
        block for a while.  So the lowest of some points is taken at both ends.
        """
        points = len(self.heap) // 3 or 1
        return min(self.heap[-points:]) - min(self.heap[:points]) if self.heap else 0

    def shortcomings(self) -> list[str]:
        """Return what this run should have done and did not, beside its faults."""
        measured = (
            (self.at_fields, LEAST_AT_FIELDS, "reached the checks of fields"),
            (self.reproven, LEAST_REPROVEN, "were proven after they were broken"),
            (self.verified, LEAST_VERIFIED, "signatures were verified on MicroPython"),
        )
        said = [
            f"only {found} of {self.count} {what}, at least {least:.0%} are wanted"
            for found, least, what in measured
            if found < least * self.count
        ]
        if self.heap_growth >= MOST_HEAP_GROWTH:
            said.append(f"the heap of MicroPython grew by {self.heap_growth} bytes: {self.heap}")
        return said

    def told(self) -> dict[str, Any]:
        """Return everything for the last line."""
        by_verdict: Counter[str] = Counter()
        for (_, verdict), found in self.verdicts.items():
            by_verdict[verdict] += found
        return {
            "n": self._number,
            "seed": self.seed,
            "verdicts": dict(by_verdict.most_common()),
            "reproven_percent": self._percent(self.reproven),
            "at_fields_percent": self._percent(self.at_fields),
            "verified_on_micropython": self.verified,
            "forgeries": self.forgeries,
            "different": self.different,
            "undeclared": self.undeclared,
            "heap_growth_bytes": self.heap_growth,
        }

    def _percent(self, found: int) -> float:
        return round(100 * found / max(self._number, 1), 1)

    def _fault(self, what: str, judged: Any, answer: str) -> None:
        if len(self.faults) < SHOWN_FAULTS:
            item, data = judged.item, judged.item.data
            octets = data.hex() if isinstance(data, bytes) else ",".join(d.hex() for d in data)
            given = f"{item.what} carrier={item.carrier} console={item.console} {octets}"
            said = f"CPython: {judged.told}; MicroPython: {answer or 'no answer'}"
            self.faults.append(f"{what}: seed {self.seed}, item {self._number}: {given}\n  {said}")


def _is_at_fields(judged: Any) -> bool:
    """Return whether this frame, or one of those that came in it, got so far."""
    if judged.item.what == "frame":
        return judged.verdict in AT_FIELDS
    return any(verdict in AT_FIELDS for verdict in _verdicts_in(judged.meaning))


def _verdicts_in(meaning: Any) -> list[str]:
    """Return the verdicts on the frames in a payload, a relay or pieces."""
    inner = meaning["frames"] if isinstance(meaning, dict) else meaning or []
    return [one[0] for one in inner if isinstance(one, list) and one and isinstance(one[0], str)]
