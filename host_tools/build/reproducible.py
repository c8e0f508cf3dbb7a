"""Proves that an image follows from its sources alone: built twice, in two places, compared."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from host_tools.build import compilers, firmware, sources, tools
from host_tools.build.boards import Board
from host_tools.build.work import RP2, say, shown
from host_tools.problems import MISMATCH, Problem
from host_tools.setup.steps import ROOT
from host_tools.text import sources as text_sources

_FOLDERS = ("boards", "drivers", "firmware", "host_tools", "protocol")
_PLACES = ("build/twice/one", "build/twice/the/other/with/a/longer/name")
# As another person would build it, somewhere else.
_ANOTHER = {"TZ": "Pacific/Auckland", "LANG": "zh_CN.UTF-8", "USER": "another"}


def prove(board: Board) -> None:
    """Build a board's images in two fresh copies of this project; Problem where they differ."""
    compilers.need(compilers.CHIP)
    sources.make_ready()
    tools.make_mpy_cross()
    text_sources.make_ready()
    if board.chip != "rp2040":
        tools.make_picotool()
    one_place, other_place = (ROOT / place for place in _PLACES)
    _copy(ROOT, one_place)
    _copy(one_place, other_place)  # of the copy, for somebody may be writing
    first, second = _built(board, one_place, {}), _built(board, other_place, _ANOTHER)
    for one, other in zip(first, second, strict=True):
        if one.read_bytes() != other.read_bytes():
            cause = f"two builds of {one.name} differ"
            raise Problem(cause, f"compare {shown(one)} with {shown(other)}", MISMATCH)
    shutil.rmtree(ROOT / "build/twice")
    names = ", ".join(path.name for path in first)
    say(f"two builds in two places gave the same bytes: {names}")


def _copy(origin: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    for folder in _FOLDERS:
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(origin / folder, place / folder, ignore=skipped)
    shutil.copy(origin / "pyproject.toml", place)
    for fetched in (RP2, text_sources.FOLDER):
        kept = fetched.relative_to(ROOT)
        shutil.copytree(origin / kept, place / kept, symlinks=True)


def _built(board: Board, place: Path, changed: dict[str, str]) -> firmware.Images:
    """Build in a copy of the project; return the images."""
    say(f"in {shown(place)}:")
    command = (sys.executable, "-m", "host_tools.build", "firmware", board.name)
    done = subprocess.run(command, cwd=place, env={**os.environ, **changed}, check=False)
    if done.returncode:
        raise Problem(f"{board.name} was not built in {place}", "build it here first", MISMATCH)
    return firmware.images_of(board.name, place / "build/firmware")
