"""A fault script: one deed a line, checked as a whole before anything starts.

`press 1`, `order danger`, `cancel`, `forge`, `cut ip`, `mend sbd`, `duplicate on`, `kill box`,
`wait 2.5`, `quiet`; empty lines, and what stands behind a #, say nothing.
"""

from pathlib import Path
from typing import NamedTuple

from host_tools.problems import MISMATCH, NOT_FOUND, Problem
from protocol.schema import RANK

MOST_LINES = 1_000
LONGEST_WAIT_S = 3_600.0
ROADS = ("ip", "sbd")
# What may follow each word; None: a time in seconds; (): nothing.
WORDS: dict[str, tuple[str, ...] | None] = {
    "press": ("1", "2"),
    "order": RANK,
    "cancel": (),
    "forge": (),
    "cut": ROADS,
    "mend": ROADS,
    "duplicate": ("on", "off"),
    "kill": ("box", "gateway"),
    "wait": None,
    "quiet": (),
}


class Line(NamedTuple):
    """One deed; what: the word behind it, or "" where none belongs there."""

    deed: str
    what: str

    def __str__(self):
        return f"{self.deed} {self.what}".rstrip()


def read(path: Path) -> list[Line]:
    """Return the lines of a file, or raise Problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as why:
        raise Problem(f"{path} cannot be read: {why}", exit_code=NOT_FOUND) from None
    return parse(text)


def parse(text: str) -> list[Line]:
    """Return the lines of a script, or raise Problem that names the first wrong one."""
    found = []
    for number, words in enumerate(text.splitlines(), 1):
        deed, *whats = words.partition("#")[0].split() or [""]
        if deed:
            found.append(_line(number, deed, whats))
        if len(found) > MOST_LINES:
            raise Problem(f"a script has at most {MOST_LINES} lines", exit_code=MISMATCH)
    return found


def _line(number: int, deed: str, whats: list[str]) -> Line:
    if deed not in WORDS:
        raise _wrong(number, f"nobody can {deed}", f"a line begins with {_listed(WORDS)}")
    may_be, what = WORDS[deed], " ".join(whats)
    if may_be is None:
        _check_time(number, what)
    elif what not in (may_be or ("",)):
        raise _wrong(number, f"{deed} {what}".rstrip(), f"{deed} is of {_listed(may_be)}")
    return Line(deed, what)


def _check_time(number: int, what: str) -> None:
    if not (what.isascii() and what.replace(".", "", 1).isdigit()):
        raise _wrong(number, f"{what or 'nothing'} is no time", "give seconds, as 2.5")
    if float(what) > LONGEST_WAIT_S:
        raise _wrong(number, f"{what} s is too long", f"wait at most {LONGEST_WAIT_S:.0f} s")


def _wrong(number: int, why: str, next_step: str) -> Problem:
    return Problem(f"line {number}: {why}", next_step, MISMATCH)


def _listed(words) -> str:
    return ", ".join(words) or "nothing more"
