"""The images of a board: MicroPython with the whole Box frozen in, as UF2, and for a slot."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from host_tools.build import (
    compilers,
    flash_map,
    modules,
    release,
    slot,
    sources,
    tools,
    uf2,
)
from host_tools.build.boards import Board
from host_tools.build.work import OUTPUT, make, run, say, shown
from host_tools.problems import MISMATCH, Problem
from host_tools.setup.steps import fingerprint, is_stamped
from host_tools.text import area
from host_tools.text import tables as text_tables

_TABLES = [text_tables.path_of(name) for name in area.ON_A_PICO]


class Images(NamedTuple):
    """Where the images of a board are: for the bootloader, as bare flash, for an update slot."""

    uf2: Path
    bare: Path
    slot: Path


def images_of(board: str, output: Path = OUTPUT) -> Images:
    return Images(*(output / f"{board}.{ending}" for ending in ("uf2", "bin", "slot")))


def symbols_of(board: str, output: Path = OUTPUT) -> Path:
    """Return where the ELF file of a board's image is: what stands where in it."""
    return output / f"{board}.elf"


def build(board: Board, output: Path = OUTPUT) -> Images:
    """Make the images of a board; Problem with the one thing that hinders it.

    The last images stay until these take their place; where these fail, there are none, for
    nobody shall flash the last ones in their place.
    """
    compilers.need(compilers.CHIP)
    sources.make_ready()
    tools.make_mpy_cross()
    text_tables.make_ready(say)
    images, made = images_of(board.name, output), images_of(board.name, output / board.name)
    last = (*images, symbols_of(board.name, output))
    try:
        _make(board, made)
    except BaseException:
        for path in last:
            path.unlink(missing_ok=True)
        raise
    for path, new in zip(last, (*made, symbols_of(board.name, output / board.name)), strict=True):
        new.replace(path)
    _tell(board, images)
    return images


def _make(board: Board, made: Images) -> None:
    folder = made.uf2.parent
    holds = _compile(board, folder)
    compiled = folder / "firmware.bin"
    _refuse_too_big(board, compiled.stat().st_size)
    made.slot.write_bytes(slot.image(board, holds, folder / "slot"))
    shutil.copyfile(compiled, made.bare)
    shutil.copyfile(folder / "firmware.elf", symbols_of(board.name, folder))
    _write_uf2(board, made)
    _add_tables(board, made.uf2)
    _read_back(board, made)


def _compile(board: Board, folder: Path) -> list[modules.Module]:
    """Let MicroPython's own build make firmware.bin; return the modules frozen into it."""
    environment, options = _environment(board), _options(board, folder)
    _begin_anew_if_other(folder, fingerprint(*options, *environment.values(), *_made_with(board)))
    holds = modules.of(board, folder / "generated")
    modules.write_manifest(holds, folder / "manifest.py")
    doing = f"building {board.name}"
    if not (folder / "Makefile").exists():
        command = ("cmake", "-S", sources.MICROPYTHON / "ports/rp2", "-B", folder, *options)
        run(*command, log=folder / "cmake.log", doing=doing, environment=environment)
    say(f"{board.name}, with {len(holds)} Python modules frozen in (a minute, if from the start)")
    make(folder, "firmware", log=folder / "make.log", doing=doing, environment=environment)
    return holds


def _environment(board: Board) -> dict[str, str]:
    """The flash map is the one place for these numbers; the compiler gets them from it."""
    return tools.environment(
        MICROPY_HW_FLASH_STORAGE_BASE=board.flash.storage.start,
        MICROPY_HW_FLASH_STORAGE_BYTES=board.flash.storage.length,
        MICROPY_HW_ROMFS_BYTES=flash_map.ROMFS_BYTES,
    )


def _options(board: Board, folder: Path) -> list[str]:
    values = {
        "MICROPY_BOARD": board.name,
        "MICROPY_BOARD_DIR": board.folder,
        "MICROPY_FROZEN_MANIFEST": folder / "manifest.py",
        "MICROPY_LIB_DIR": sources.LIBRARIES,
        "PICO_NO_PICOTOOL": 1,
        "Python3_EXECUTABLE": sys.executable,
    }
    return [f"-D{name}={value}" for name, value in values.items()]


def _made_with(board: Board) -> tuple[str | Path, ...]:
    """Return what else decides how every file is compiled, and what make does not look at."""
    compiler = compilers.answer_of("arm-none-eabi-gcc", "--version")
    return board.folder / "mpconfigboard.h", compiler, sources.named()


def _begin_anew_if_other(folder: Path, mark: str) -> None:
    """Keep what was compiled the same way; freeze all Python anew, for its build goes by dates."""
    stamp = folder / "options.stamp"
    if not is_stamped(stamp, mark):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stamp.write_text(mark)
    shutil.rmtree(folder / "frozen_mpy", ignore_errors=True)
    (folder / "frozen_content.c").unlink(missing_ok=True)


def _refuse_too_big(board: Board, length: int) -> None:
    room = board.flash.firmware_room
    if length > room:
        cause = f"the firmware of {board.name} has {length:,} bytes, its area {room:,}"
        next_step = (
            f"leave modules out of {board.name}/manifest.py or widen its row in flash_map.py"
        )
        raise Problem(cause, next_step, MISMATCH)


def _write_uf2(board: Board, images: Images) -> None:
    log, doing = images.uf2.parent / "uf2.log", f"writing {images.uf2.name}"
    family = uf2.FAMILY_OF[board.chip]
    if board.chip == "rp2040":
        place = ("-b", hex(uf2.FLASH), "-f", hex(family), "-c", "-o", images.uf2)
        run(sys.executable, tools.UF2CONV, *place, images.bare, log=log, doing=doing)
    else:
        # It writes the extra block for the RP2350's erratum E10, which uf2conv does not know.
        place = ("-o", hex(uf2.FLASH), "--family", hex(family), "--abs-block")
        picotool = tools.make_picotool()
        run(picotool, "uf2", "convert", images.bare, images.uf2, *place, log=log, doing=doing)


def _tables(board: Board) -> uf2.Part:
    """Return the text tables that come with us, where the board reads them."""
    row = board.flash.row(area.NAME)
    content = area.written([text_tables.bytes_of(path) for path in _TABLES])
    area.refuse_too_big(row.length, len(content))
    return uf2.Part(uf2.FLASH + row.start, uf2.padded(content))


def _add_tables(board: Board, path: Path) -> None:
    path.write_bytes(uf2.with_part(path.read_bytes(), _tables(board)))


def _read_back(board: Board, images: Images) -> None:
    image = uf2.load(images.uf2)
    uf2.refuse_other_chip(image, board.chip, images.uf2.name)
    same = image.content.startswith(images.bare.read_bytes())
    same = same and release.found_in(image.content) == release.of(board)
    if not same or image.further != (_tables(board),):
        raise Problem(f"{images.uf2} does not hold what was built", "build it again", MISMATCH)


def _tell(board: Board, images: Images) -> None:
    used, room = images.bare.stat().st_size, board.flash.firmware_room
    size, slot_room = images.slot.stat().st_size, board.flash.row(flash_map.SLOT).length
    say(f"wrote {shown(images.slot)}, {size:,} bytes ({size / slot_room:.0%} of {slot_room:,})")
    size = images.uf2.stat().st_size
    fills = f"the firmware fills {used:,} of {room:,} bytes ({used / room:.0%})"
    say(f"wrote {shown(images.uf2)}, {size:,} bytes; {fills}")
