"""The stories that the search for new paths has found: as few as go every way the decoders go."""

import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from host_tools.setup.steps import ROOT
from tests.fuzz.items import keyring_copy
from tests.shared import vectors_file
from tests.shared.bare_judge import bare_judge, told_of, written
from tests.vectors import county

FILE = ROOT / vectors_file.CORPUS
MOST_STORIES, MOST_BYTES = 300, 100_000
_PROTOCOL = str(ROOT / "protocol")
Arc = tuple[str, int, int]


def seeds() -> list[bytes]:
    """Return what a search begins with: the vectors and the corpus of before."""
    stories = [
        written(one["what"], vectors_file.octets(one), one.get("carrier"), one.get("console"))
        for one in vectors_file.vectors()
    ]
    stories += [written("table", table) for table in county.TEXT_TABLES]
    stories.append(written("keyring", keyring_copy()))
    return stories + [bytes.fromhex(line.split()[0]) for line in _lines()]


def fewest(stories: Iterable[bytes]) -> list[bytes]:
    """Return stories, the shortest first, of which each goes a way that none before it went."""
    judge, seen, kept = bare_judge(), set[Arc](), []
    for story in sorted(set(stories), key=lambda one: (len(one), one)):
        arcs = _arcs(judge, story)
        if not arcs <= seen:
            seen |= arcs
            kept.append(story)
    return kept


def keep(stories: list[bytes]) -> None:
    """Write them down with what CPython says of each."""
    judge = bare_judge()
    lines = [f"{story.hex()} {told_of(judge, story)}\n" for story in stories]
    FILE.write_text("".join(lines))


def files_in(*folders: Path) -> list[bytes]:
    return [path.read_bytes() for folder in folders for path in folder.iterdir()]


def _lines() -> list[str]:
    return FILE.read_text().splitlines() if FILE.exists() else []


def _arcs(judge: Any, story: bytes) -> set[Arc]:
    """Return every step from line to line that the decoders make for this story."""
    arcs: set[Arc] = set()

    def entered(frame: FrameType, _event: str, _arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_PROTOCOL):
            return None
        last = 0

        def stepped(frame: FrameType, _event: str, _arg: Any) -> Any:
            nonlocal last
            arcs.add((frame.f_code.co_filename, last, frame.f_lineno))
            last = frame.f_lineno
            return stepped

        return stepped

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        told_of(judge, story)
    finally:
        sys.settrace(before)
    return arcs
