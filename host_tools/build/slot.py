"""The image for an update slot: a release's modules as .mpy in a ROMFS, behind a header.

The Box's side, with the layout of the header, is boards/rp2/slot.py.
"""

import hashlib
import struct
import subprocess
import zlib
from pathlib import Path

from host_tools.build import flash_map, release, romfs, tools
from host_tools.build.boards import Board
from host_tools.build.modules import Module
from host_tools.problems import MISMATCH, Problem

_HEADER = struct.Struct("<8sIII16s24s32s")
_MAGIC, _FORMAT = b"FENGSLOT", 1
_BLANK = b"\xff"  # the Box marks what it did with the release without an erase

# The compiler's name for the machine code that each chip may run.
_CODE_FOR = {"rp2040": "armv6m", "rp2350": "armv7emsp"}


def image(board: Board, modules: list[Module], folder: Path) -> bytes:
    """Return the slot image of a release; Problem where it is too large for the board's slots.

    It holds the modules that a release replaces, compiled in the folder.
    """
    chosen = [module for module in modules if module.updated]
    files = {module.name[:-3] + ".mpy": _compiled(board, module, folder) for module in chosen}
    made = with_header(release.of(board), romfs.image(files))
    room = board.flash.row(flash_map.SLOT).length
    if len(made) > room:
        cause = f"the release of {board.name} has {len(made):,} bytes, a slot {room:,}"
        raise Problem(cause, "leave modules out or widen the slots in flash_map.py", MISMATCH)
    return made


def with_header(told: release.Release, content: bytes) -> bytes:
    """Return a ROMFS image behind the sector that says what it is and whether it is whole."""
    words = (told.board.encode(), told.version.encode(), hashlib.sha256(content).digest())
    header = _HEADER.pack(_MAGIC, _FORMAT, told.software, len(content), *words)
    header += struct.pack("<I", zlib.crc32(header))
    return header.ljust(flash_map.SECTOR_BYTES, _BLANK) + content


def _compiled(board: Board, module: Module, folder: Path) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "module.mpy"
    level = () if module.level is None else (f"-O{module.level}",)
    options = (f"-march={_CODE_FOR[board.chip]}", *level, "-s", module.name, "-o", output)
    command = (tools.MPY_CROSS, *options, module.source)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Problem(f"{module.name} does not compile: {why}", "put it right", MISMATCH)
    return output.read_bytes()
