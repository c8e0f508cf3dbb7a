"""The drive that a board's boot ROM shows while it waits for an image."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from host_tools.board.usb import INFO, Usb, is_drive, wait
from host_tools.build import uf2
from host_tools.problems import MISMATCH, UNREACHABLE, USAGE, Problem

CHIP_OF = {"RPI-RP2": "rp2040", "RP2350": "rp2350"}  # by the Board-ID
NAME = "fengsui.uf2"
MOST_INFO_BYTES = 1024
PIECE_BYTES = 32 * 1024
DRIVE_S = 20.0

Progress = Callable[[int, int], None]  # bytes done, bytes in all


def waiting(usb: Usb, folder: Path | None) -> Path | None:
    """Return the drive that waits for an image now: this folder, or the one that is found."""
    found = usb.drives() if folder is None else [folder] * is_drive(folder)
    if len(found) > 1:
        why = f"{len(found)} drives wait for an image: {', '.join(map(str, found))}"
        raise Problem(why, "unplug all but one", USAGE)
    return found[0] if found else None


def awaited(usb: Usb, folder: Path | None) -> Path:
    """Return the drive of the board that was just told to show it."""
    drive = wait(usb, lambda: waiting(usb, folder), DRIVE_S)
    if drive is None:
        name = folder or "RPI-RP2 or RP2350"
        next_step = "mount it and name it with --drive; replugged, the board is as it was"
        raise Problem(f"the board's drive {name} did not appear", next_step, UNREACHABLE)
    return drive


def refuse_other_chip(drive: Path, image: uf2.Image, name: str) -> None:
    """Raise Problem unless the board behind this drive has the chip the image is for."""
    with (drive / INFO).open("rb") as file:
        words = file.read(MOST_INFO_BYTES).decode(errors="replace")
    found = re.search(r"^Board-ID: *(\S+)", words, re.MULTILINE)
    chip = CHIP_OF.get(found[1]) if found else None
    if chip is None:
        why = f"{drive} does not say that it belongs to an RP2040 or RP2350"
        raise Problem(why, "name the drive of such a board", MISMATCH)
    uf2.refuse_other_chip(image, chip, name)


def copy(data: bytes, drive: Path, progress: Progress) -> None:
    """Write the image; each piece is in the board before the next begins.

    The board takes the drive away as soon as it has the last piece, so that may fail.
    """
    done = 0
    try:
        with open(drive / NAME, "wb", buffering=0) as file:
            while done < len(data):
                written = file.write(data[done : done + PIECE_BYTES])
                done += written
                os.fsync(file.fileno())
                progress(done, len(data))
    except OSError as why:
        if done < len(data):
            raise _cut_short(drive, why) from None


def _cut_short(drive: Path, why: OSError) -> Problem:
    next_step = "plug the board in with BOOTSEL held and flash it again"
    return Problem(f"the image did not get onto {drive}: {why.strerror}", next_step, UNREACHABLE)
