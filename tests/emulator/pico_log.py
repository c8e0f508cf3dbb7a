"""What the emulated board noted, in the chip's own milliseconds."""

import json
from pathlib import Path
from typing import Any, NamedTuple


class Note(NamedTuple):
    at_ms: float
    t: float
    fact: dict[str, Any]


class PicoLog:
    """The lines of pico.jsonl; a board that lost its power begins again at 0 ms."""

    def __init__(self, path: Path):
        self._path = path

    def notes(self, name: str, since_s: float = 0) -> list[Note]:
        """Return the notes of this name since then (wall time), the oldest first."""
        found = []
        for line in self._path.read_text().splitlines():
            fact = json.loads(line)
            if name in fact and fact["t"] >= since_s and "ms" in fact:
                found.append(Note(fact["ms"], fact["t"], fact))
        return found

    def first(self, name: str, since_s: float = 0, **wanted: Any) -> Note | None:
        """Return the first note since then that has all that is wanted, or None."""
        for note in self.notes(name, since_s):
            if all(note.fact.get(key) == value for key, value in wanted.items()):
                return note
        return None

    def console(self, since_s: float = 0) -> str:
        """Return what the board printed since then."""
        return "".join(note.fact["console"] for note in self.notes("console", since_s))
