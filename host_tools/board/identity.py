"""Who answers at a port: the chip, its unique id, and the release it runs."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from host_tools.board.session import Session
from host_tools.build.release import Release, found_in
from host_tools.problems import MISMATCH, Problem

CHIPS = ("rp2040", "rp2350")
UNIQUE_ID = re.compile(r"[0-9a-f]{16}")
_QUESTION = """
import sys, json, machine, binascii
try:
    import release as r
    r = dict(version=r.VERSION, software=r.SOFTWARE, board=r.BOARD, chip=r.CHIP, schema=r.SCHEMA)
except ImportError:
    r = None
print(json.dumps([sys.implementation._machine, ".".join(map(str, sys.implementation.version[:3])),
    binascii.hexlify(machine.unique_id()).decode(), r]))
"""


@dataclass(frozen=True)
class Identity:
    """release: None where the board runs MicroPython and nothing of ours."""

    machine: str
    micropython: str
    chip: str
    unique_id: str
    release: Release | None

    @property
    def shown(self) -> str:
        if self.release is None:
            return f"{self.machine}, MicroPython {self.micropython} and no Fengsui"
        return shown(self.release)

    def told(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**asdict(self), "release": self.release and asdict(self.release)}


def of(session: Session) -> Identity:
    """Ask the board; Problem where it is none of those that we know."""
    try:
        machine, micropython, unique_id, said = session.ask(_QUESTION)
        release = _release(said) if said else None
        chip = machine.split()[-1].lower()
    except (AttributeError, IndexError, TypeError, ValueError):
        raise session.nonsense() from None
    if not f"{machine}{micropython}{unique_id}".isprintable():
        raise session.nonsense()
    if chip not in CHIPS or not UNIQUE_ID.fullmatch(unique_id):
        why = f"the board on {session.port} is {machine}"
        raise Problem(why, "name the port of a board with an RP2040 or RP2350", MISMATCH)
    return Identity(machine, micropython, chip, unique_id, release)


def _release(said: dict[str, Any]) -> Release:
    """Return what the board says it runs, if these are words an image could say."""
    release = Release(**said)
    if found_in(release.mark.encode()) != release:
        raise ValueError
    return release


def shown(release: Release) -> str:
    return f"{release.board} {release.version}, messages {release.schema}"
