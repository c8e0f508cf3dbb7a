"""Give a Box its place and its keys: two copies of a keyring and one settings file on its disk.

The county remembers in boxes.json, without secrets, which Box was given what.
"""

import copy
from pathlib import Path
from typing import Any

from host_tools import place
from host_tools.keys import files, store
from host_tools.problems import MISMATCH, USAGE, Problem
from protocol import keyring_file, keys

FORMAT = 1
BOXES = "boxes.json"
KEYRING_COPIES = ("keyring.a", "keyring.b")

USUAL_SETTINGS = {
    "site": {"area": 0},
    "heartbeat_s": 60,
    "alert": {"tone_hz": 1000, "tone_ms": 3000},
    "volume_pct": {"normal": 60, "emergency": 100},
    "limits": {
        "volts_mv": 20_000,
        "ohms_tenths_low": 400,
        "ohms_tenths_high": 10_000,
        "microphone_db": 60,
    },
    "call_points": [{"number": 1, "kind": "help"}],
    "board": {},
}


def provision(  # noqa: PLR0913 - what a Box is told about itself
    county: Path | str,
    box_dir: Path | str,
    *,
    master: bytes,
    address: int,
    name: str,
    unique_id: str,
    settings: dict[str, Any] | None = None,
    imei: str | None = None,
    groups: tuple[int, ...] | list[int] = (),
    beidou_card: str | None = None,
) -> dict[str, Any]:
    """Write a Box's keyring and settings into a folder; return its record, or raise Problem.

    master: the county's, 32 bytes.  unique_id: the board's 8 bytes in hex.  settings are laid
    over USUAL_SETTINGS.  The issue rises each time, on the disk first, so the Box gets a
    secret that no Box ever had.
    """
    record = place.described(address, name, unique_id, imei, groups, beidou_card)
    laid = settings_of(record, settings or {})
    record, keyring = issued(county, master, record)
    _write_disk(Path(box_dir), laid, keyring)
    return record


def settings_of(
    record: dict[str, Any], given: dict[str, Any], board: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return all settings of this Box; board: the usual ones of its board."""
    place.expect_tables(given)
    usual = _laid_over(USUAL_SETTINGS, {"board": board or {}})
    settings = _laid_over(usual, given)
    settings["site"].update(name=record["name"], groups=record["groups"])
    settings["board"]["unique_id"] = record["unique_id"]
    for key in ("address", "imei", "beidou_card"):  # of the keyring and of the county
        settings["site"].pop(key, None)
    return settings


def issued(
    county: Path | str, master: bytes, record: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Return the record with an issue this address never had, and a keyring of that issue."""
    public = store.load_public(county)
    address, issue = record["address"], _next_issue(Path(county), record)
    root = keys.box_root(master, public.realm, address, issue)
    slots = tuple(slot.in_keyring() for slot in public.slots)
    ring = keyring_file.Keyring(
        bytes.fromhex(record["unique_id"]), address, issue, public.realm, root, 0, 0,
        public.roots, slots,
    )  # fmt: skip
    return {**record, "issue": issue}, keyring_file.write(ring)


def boxes(county: Path | str) -> dict[int, dict[str, Any]]:
    """Return the records of every Box ever provisioned, by address."""
    path = Path(county, BOXES)
    if not path.exists():
        return {}
    listed = files.read_json(path)
    try:
        return {record["address"]: record for record in listed["boxes"]}
    except (KeyError, TypeError):
        raise Problem(f"{path} is damaged", "restore it from a copy", MISMATCH) from None


def _next_issue(county: Path, record: dict[str, Any]) -> int:
    """Return an issue this address never had, having kept it on the disk."""
    with files.locked(county / (BOXES + ".lock")):
        known = boxes(county)
        _check_carriers_are_free(known, record)
        issue = known.get(record["address"], {"issue": 0})["issue"] + 1
        known[record["address"]] = {**record, "issue": issue}
        listed = [known[address] for address in sorted(known)]
        files.write_json(county / BOXES, {"format": FORMAT, "boxes": listed})
    return issue


def _check_carriers_are_free(known: dict[int, dict[str, Any]], record: dict[str, Any]) -> None:
    """A frame by satellite may leave its address out, so modem and card must name one Box only."""
    others = [other for other in known.values() if other["address"] != record["address"]]
    for key, carrier in (("imei", "modem"), ("beidou_card", "BeiDou card")):
        for other in others:
            if record[key] is not None and other.get(key) == record[key]:
                why = f"the {carrier} {record[key]} is already in Box {other['address']}"
                raise Problem(why, "nothing was changed", USAGE)


def _laid_over(usual: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return usual with what is given in its place, table by table."""
    out = copy.deepcopy(usual)
    for key, value in given.items():
        nested = isinstance(out.get(key), dict) and isinstance(value, dict)
        out[key] = _laid_over(out[key], value) if nested else copy.deepcopy(value)
    return out


def _write_disk(box_dir: Path, settings: dict[str, Any], keyring: bytes) -> None:
    """Old copies go first: cut short in between, a Box has no keys rather than old ones."""
    box_dir.mkdir(parents=True, exist_ok=True)
    copies = [box_dir / name for name in settings["board"].get("keyring", KEYRING_COPIES)]
    for path in copies:
        path.unlink(missing_ok=True)
    files.write_json(box_dir / "settings.json", settings)
    for path in copies:
        files.write_whole(path, keyring, mode=0o600)
