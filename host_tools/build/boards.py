"""The boards with a chip of their own: what the build reads out of boards/<board>."""

import re
from dataclasses import dataclass
from pathlib import Path

from host_tools.build import flash_map
from host_tools.problems import MISMATCH, NOT_FOUND, Problem
from host_tools.setup.steps import ROOT

FOLDER = ROOT / "boards"

_PLATFORM = re.compile(r"^\s*set\(\s*PICO_PLATFORM\s+\"?(rp2040|rp2350)[\w-]*\"?\s*\)", re.M)
# The flash map has these numbers; a second place for them would drift from it.
_FROM_THE_MAP = re.compile(r"^\s*#\s*define\s+(MICROPY_HW_(?:FLASH_STORAGE|ROMFS)_\w+)", re.M)


@dataclass(frozen=True)
class Board:
    name: str
    folder: Path
    chip: str
    flash: flash_map.FlashMap


def names() -> list[str]:
    """Return every board that an image can be made for."""
    return sorted(path.parent.name for path in FOLDER.glob("*/mpconfigboard.cmake"))


def find(name: str) -> Board:
    """Return a board by its name; Problem with the names there are, or what is wrong with it."""
    if name not in names():
        there_are = ", ".join(names()) or "none yet"
        raise Problem(
            f"there is no chip board called {name}", f"there are: {there_are}", NOT_FOUND
        )
    folder = FOLDER / name
    _refuse_second_numbers(folder / "mpconfigboard.h")
    return Board(name, folder, _chip(folder), flash_map.read(folder / "flash_map.py"))


def _chip(folder: Path) -> str:
    path = folder / "mpconfigboard.cmake"
    found = _PLATFORM.search(path.read_text())
    if not found:
        next_step = "write set(PICO_PLATFORM rp2040) or rp2350"
        raise Problem(f"{path} does not say which chip it is", next_step, MISMATCH)
    return found[1]


def _refuse_second_numbers(header: Path) -> None:
    found = _FROM_THE_MAP.search(header.read_text())
    if found:
        next_step = "remove the line: the build takes the number from flash_map.py"
        raise Problem(f"{header} defines {found[1]} itself", next_step, MISMATCH)
