"""Give a Box its place and its keys: two copies of a keyring and one settings file on its disk.

The county remembers in boxes.json, without secrets, which Box was given what.
"""

import copy
from pathlib import Path
from typing import Any

from host_tools.keys import files, store
from host_tools.problems import MISMATCH, USAGE, Problem
from protocol import frame, keyring_file, keys

FORMAT = 1
BOXES = "boxes.json"
KEYRING_COPIES = ("keyring.a", "keyring.b")
UNIQUE_ID_BYTES = 8
MOST_NAME_BYTES = 64
MOST_GROUPS = 16

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
) -> dict[str, Any]:
    """Write a Box's keyring and settings; return its record, or raise Problem.

    master: the county's, 32 bytes.  unique_id: the board's 8 bytes in hex.  settings are laid
    over USUAL_SETTINGS.  The issue rises each time, on the disk first, so the Box gets a
    secret that no Box ever had.
    """
    public = store.load_public(county)
    record = {
        "address": address, "name": name, "unique_id": unique_id.lower(), "imei": imei,
        "groups": sorted(set(groups)),
    }  # fmt: skip
    _check(record)
    record["issue"] = _next_issue(Path(county), record)
    root = keys.box_root(master, public.realm, address, record["issue"])
    slots = tuple(slot.in_keyring() for slot in public.slots)
    ring = keyring_file.Keyring(
        bytes.fromhex(unique_id), address, record["issue"], public.realm, root, 0, slots
    )
    _write_disk(Path(box_dir), _settings_of(record, settings or {}), keyring_file.write(ring))
    return record


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


def _check(record: dict[str, Any]) -> None:
    for is_right, expected in (
        (0 < record["address"] < frame.FIRST_GROUP, "an address is 1 to 61439"),
        (_is_name(record["name"]), f"a name has 1 to {MOST_NAME_BYTES} bytes on one line"),
        (_is_unique_id(record["unique_id"]), "a unique id is 16 hexadecimal digits"),
        (_is_imei(record["imei"]), "an IMEI is 15 digits"),
        (len(record["groups"]) <= MOST_GROUPS, f"a Box is in at most {MOST_GROUPS} groups"),
        (all(map(_is_group, record["groups"])), "a group is 61440 to 65279 (0xF000 to 0xFEFF)"),
    ):
        if not is_right:
            raise Problem(expected, "nothing was changed", USAGE)


def _is_name(name: str) -> bool:
    return name.isprintable() and 0 < len(name.encode()) <= MOST_NAME_BYTES


def _is_unique_id(digits: str) -> bool:
    return len(digits) == 2 * UNIQUE_ID_BYTES and all(d in "0123456789abcdef" for d in digits)


def _is_imei(imei: str | None) -> bool:
    return imei is None or (len(imei) == 15 and imei.isascii() and imei.isdigit())


def _is_group(group: int) -> bool:
    return frame.FIRST_GROUP <= group <= frame.LAST_GROUP


def _next_issue(county: Path, record: dict[str, Any]) -> int:
    """Return an issue this address never had, having kept it on the disk."""
    with files.locked(county / (BOXES + ".lock")):
        known = boxes(county)
        _check_modem_is_free(known, record)
        issue = known.get(record["address"], {"issue": 0})["issue"] + 1
        known[record["address"]] = {**record, "issue": issue}
        listed = [known[address] for address in sorted(known)]
        files.write_json(county / BOXES, {"format": FORMAT, "boxes": listed})
    return issue


def _check_modem_is_free(known: dict[int, dict[str, Any]], record: dict[str, Any]) -> None:
    """A frame by satellite may leave its address out, so an IMEI must name one Box only."""
    for other in known.values():
        same = record["imei"] is not None and other["imei"] == record["imei"]
        if same and other["address"] != record["address"]:
            why = f"the modem {record['imei']} is already in Box {other['address']}"
            raise Problem(why, "nothing was changed", USAGE)


def _settings_of(record: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    settings = _laid_over(USUAL_SETTINGS, given)
    settings["site"].update(name=record["name"], groups=record["groups"])
    settings["board"]["unique_id"] = record["unique_id"]
    return settings


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
