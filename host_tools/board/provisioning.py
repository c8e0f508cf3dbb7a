"""Give the Box on one board its keys and settings over USB, and compare what it kept."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from host_tools import provision
from host_tools.board import identity
from host_tools.board.session import Session
from host_tools.place import Site, described
from host_tools.problems import MISMATCH, Problem

KEYRINGS = ("keyring_a", "keyring_b")
MOST_SETTINGS_BYTES = 8192

_USUAL = """
import json
from boards.rp2.hardware import usual_settings
print(json.dumps(usual_settings("{board}")["board"]))
"""
# The Box judges its settings at every start; here it does so before they are written.
_COMPLAINT = """
import json
from boards.rp2 import technician
from boards.wiring import Wiring
from boards.{board} import hardware
from firmware import settings
technician.arrive()
given, complaint = json.loads({text!r}), None
try:
    settings.read(given)
    hardware.build(Wiring("settings", given))
except ValueError as why:
    complaint = str(why)
print(json.dumps(complaint))
"""
_BENCH = """
import json
from boards.rp2.bench import Bench
from boards.{board}.flash_map import FLASH_MAP
bench = Bench(FLASH_MAP)
"""


@dataclass(frozen=True)
class Given:
    """What the board got.  formatted: it had no file system; replaced: the board before it."""

    record: dict[str, Any]
    board: str
    formatted: bool
    replaced: str | None


def provision_board(
    session: Session, site: Site, replace: bool, master: bytes, tell: Callable[[str], None]
) -> Given:
    """Write keys and settings to the board of this session; Problem, and what was not so yet.

    Old keys go first and new ones come last: cut short in between, a Box has none.
    replace: may this board take the address of another one?
    """
    who = identity.of(session)
    board = _board_of(who, session.port)
    record = described(unique_id=who.unique_id, **site.place())
    replaced = _replaced(site, replace, record)
    settings = _settings(session, site, record, board)
    record, keyring = provision.issued(site.county, master, record)
    for other in _was(site, record):
        tell(f"this board was Box {other['address']}, {other['name']}, which has none from now on")
    tell(f"writing keys of issue {record['issue']} and settings to the board {who.unique_id}")
    formatted = _write(session, board, settings, keyring)
    _compare(session, board, settings, keyring)
    return Given(record, board, formatted, replaced)


def _board_of(who: identity.Identity, port: str) -> str:
    if who.release is None:
        why = f"the board on {port} is {who.shown}"
        raise Problem(why, f"flash it first: fengsui flash {port} --image FILE.uf2", MISMATCH)
    return who.release.board


def _replaced(site: Site, allowed: bool, record: dict[str, Any]) -> str | None:
    """Return the board that had this address until now; Problem unless it may be replaced.

    The county listens to the latest issue of an address only, so a mistyped address would
    silence a village.
    """
    address, unique_id = record["address"], record["unique_id"]
    known = provision.boxes(site.county).get(address, record)
    if known["unique_id"] == unique_id:
        return None
    if not allowed:
        why = f"Box {address}, {known['name']}, is the board {known['unique_id']}"
        why += f", and this is {unique_id}"
        raise Problem(why, "give another address, or --replace if that board is gone", MISMATCH)
    return known["unique_id"]


def _was(site: Site, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Boxes at other addresses that were this board."""
    known = provision.boxes(site.county).values()
    ours, unique_id = record["address"], record["unique_id"]
    return [one for one in known if one["unique_id"] == unique_id and one["address"] != ours]


def _settings(session: Session, site: Site, record: dict[str, Any], board: str) -> bytes:
    """Return the settings as they will be kept, once the Box has nothing against them."""
    usual = session.ask(_USUAL.format(board=board))
    settings = provision.settings_of(record, site.given, usual)
    named = settings["board"].get("name")
    if named != board:
        why = f"the settings are for a {named}, and {session.port} is a {board}"
        raise Problem(why, "give the settings of this site", MISMATCH)
    text = json.dumps(settings, ensure_ascii=False).encode()
    if len(text) > MOST_SETTINGS_BYTES:
        why = f"the settings have {len(text)} bytes, and a Box keeps {MOST_SETTINGS_BYTES}"
        raise Problem(why, "make them shorter", MISMATCH)
    complaint = session.ask(_COMPLAINT.format(board=board, text=text))
    if complaint:
        why = f"the Box refuses the settings: {complaint}"
        raise Problem(why, "put it right and provision again", MISMATCH)
    return text


def _write(session: Session, board: str, settings: bytes, keyring: bytes) -> bool:
    """Return whether a file system had to be made."""
    session.begin()
    session.run(_BENCH.format(board=board) + "bench.forget_keys()")
    formatted = session.ask("print(json.dumps(bench.make_files()))")
    session.run(f"bench.write_settings({settings!r})")
    for name in KEYRINGS:
        session.run(f"bench.write_keyring({name!r}, {keyring!r})")
    return formatted


def _compare(session: Session, board: str, settings: bytes, keyring: bytes) -> None:
    """Let a freshly started interpreter read from flash what was written."""
    session.begin()
    kept = session.ask(_BENCH.format(board=board) + "print(json.dumps(bench.kept()))")
    for name, written in (("settings", settings), *((name, keyring) for name in KEYRINGS)):
        if kept.get(name) != hashlib.sha256(written).hexdigest():
            why = f"{session.port} did not keep {name} as written"
            raise Problem(why, "provision it again; if it stays so, replace the board", MISMATCH)
