"""The emulated flash chip's content in a file, as durable as the chip itself.

A file that is not there yet begins as an image, the rest erased.
"""

import os
from pathlib import Path

from host_tools.build import uf2
from host_tools.problems import MISMATCH, Problem
from host_tools.sim.chip.chip import FLASH_AT
from host_tools.sim.chip.flash import Operation, TimedFlash

CHIP = "rp2040"
FLASH_BYTES = 2 * 1024 * 1024
BLANK = b"\xff" * FLASH_BYTES


class FlashFile:
    def __init__(self, path: Path, image: Path | None):
        if not path.exists():
            unfinished = path.with_suffix(".new")
            unfinished.write_bytes(fresh(image) if image else BLANK)
            unfinished.replace(path)
        self.content = path.read_bytes()
        self._file = os.open(path, os.O_WRONLY)

    def follow(self, flash: TimedFlash) -> None:
        """Write down each program and erase once it is done."""
        flash.after = self._written

    def _written(self, operation: Operation, content: bytes) -> None:
        os.pwrite(self._file, content, operation.at)


def fresh(image: Path) -> bytes:
    """Return the content of a flash chip that holds this UF2 and nothing else."""
    found = uf2.load(image)
    if found.chip != CHIP:
        why = f"{image} is for the {found.family_name}; this emulator is an RP2040"
        raise Problem(why, "give it the image of a board with that chip", MISMATCH)
    content = bytearray(BLANK)
    for part in found.parts:
        at = part.start - FLASH_AT
        content[at : at + len(part.content)] = part.content
    return bytes(content)
