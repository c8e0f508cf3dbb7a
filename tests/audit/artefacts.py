"""What a run left in its folder, read once; whatever is missing or torn is one sentence."""

import json
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tests.audit.recording import Recording, Samples, read_clip, read_recording
from tests.audit.words import Unreadable

Line = dict[str, Any]

DATABASE = "county/county.db"
# What the auditor reads of the county's tables, and no more.
TABLES = {
    "messages": "SELECT id, box, issue, epoch, seq, type, frame, digest, fields, received_at,"
    " bearer FROM messages ORDER BY id",
    "calls": "SELECT message_id, button, state, \"by\" FROM calls ORDER BY message_id",
    "conflicts": "SELECT box, epoch, seq, frame FROM conflicts ORDER BY id",
}  # fmt: skip


# The log of each satellite road; a Box whose settings name none has the usual ones.
SATELLITES = {"sbd": "iridium.jsonl", "beidou": "beidou.jsonl"}
USUAL_ROADS = ("udp", "sbd")


class Missing(Exception):
    """An artefact is not there or not what it should be; the sentence says which."""


class Slot(NamedTuple):
    public_key: bytes
    drill: bool


class Keys(NamedTuple):
    """What the stage wrote down for the audit of this one run."""

    realm: bytes
    address: int
    issue: int
    box_root: bytes
    slots: dict[int, Slot]


class Evidence(NamedTuple):
    keys: Keys
    settings: dict[str, Any]
    road: list[Line]
    iridium: list[Line]
    beidou: list[Line]
    amplifier: list[Line]
    panel: list[Line]
    stage: list[Line]
    journal: list[str]
    recording: Recording
    clips: dict[str, Samples]
    tables: dict[str, list[sqlite3.Row]]


def read(folder: Path) -> Evidence:
    """Return everything in the folder, or raise Missing."""
    try:
        settings = _object(folder / "box/settings.json")
        roads = settings.get("board", {}).get("roads", USUAL_ROADS)
        skies = {
            name: _lines(folder / log) if name in roads else [] for name, log in SATELLITES.items()
        }
        return Evidence(
            keys=_keys(_object(folder / "audit-keys.json")),
            settings=settings,
            road=_lines(folder / "road.jsonl"),
            iridium=skies["sbd"],
            beidou=skies["beidou"],
            amplifier=_lines(folder / "amplifier.jsonl"),
            panel=_lines(folder / "panel.jsonl"),
            stage=_lines(folder / "stage.jsonl"),
            journal=(folder / "box/journal.log").read_text(errors="replace").splitlines(),
            recording=read_recording(
                folder / "sound/line.wav", _lines(folder / "sound/stamps.jsonl")
            ),
            clips=_clips(folder / "box/clips"),
            tables=_tables(folder / DATABASE),
        )
    except OSError as why:
        raise Missing(f"{why.filename} cannot be read: {why.strerror}") from None
    except Unreadable as why:
        raise Missing(str(why)) from None


def _object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text())
    except ValueError:
        raise Missing(f"{path} is not JSON") from None
    if not isinstance(value, dict):
        raise Missing(f"{path} holds no JSON object")
    return value


def _lines(path: Path) -> list[Line]:
    """Return a log's entries in order of time; only the last line may be torn, by a kill."""
    texts = path.read_text(errors="replace").split("\n")
    entries = []
    for number, text in enumerate(texts, 1):
        try:
            if text:
                entries.append({**json.loads(text), "t": float(json.loads(text)["t"])})
        except (ValueError, TypeError, KeyError):
            if number < len(texts):
                raise Missing(f"{path}, line {number} is no entry of a log") from None
    return sorted(entries, key=lambda entry: entry["t"])


def _keys(raw: dict[str, Any]) -> Keys:
    try:
        box = raw["box"]
        slots = {
            int(number): Slot(bytes.fromhex(slot["public_key"]), slot["drill"])
            for number, slot in raw["slots"].items()
        }
        root = bytes.fromhex(box["box_root"])
        return Keys(bytes.fromhex(raw["realm"]), box["addr"], box["issue"], root, slots)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Missing(f"audit-keys.json is not as agreed: {why!r}") from None


def _clips(folder: Path) -> dict[str, Samples]:
    clips = {path.stem: read_clip(path) for path in sorted(folder.glob("*.wav"))}
    if not clips:
        raise Missing(f"{folder} holds no clips to recognise the sound by")
    return clips


def _tables(path: Path) -> dict[str, list[sqlite3.Row]]:
    """Return the rows of a copy: opening a database with a log beside it would change it."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(path, scratch)
        for log in path.parent.glob(path.name + "-wal"):
            shutil.copy(log, scratch)
        try:
            connection = sqlite3.connect(Path(scratch) / path.name)
            connection.row_factory = sqlite3.Row
            found = {name: connection.execute(query).fetchall() for name, query in TABLES.items()}
            connection.close()
        except sqlite3.Error as why:
            raise Missing(f"{path}: {why}") from None
    return found
