"""Runs tests/shared on the emulated chip: the frozen code of the image under the tests it has
on the other interpreters, file after file, each in a clean interpreter, two chips at once.

    python -m tests.emulator.shared_suite [NAMES...]
"""

import argparse
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from host_tools.build import boards, romfs, tools
from host_tools.sim.chip import flash_file
from host_tools.sim.chip.chip import Chip
from tests.emulator import bench
from tests.emulator.bench import ROOT, Bench, NoAnswer

SHARED = ROOT / "tests" / "shared"
ON_THE_CHIP = ("tests/__init__.py", "tests/fake*.py", "tests/village.py", "tests/run_shared.py")
ON_THE_CHIP += ("tests/rigs/*.py", "tests/shared/*.py")
UNITTEST = "tests/micropython/unittest.py"
MOST_MS = 3_600_000  # of the chip's time, for one file
CHIPS = 2
BEGIN_FIRST = ("test_bearer_contract", "test_box")  # many minutes: nobody waits for them alone

# The tests stand in the area of the clips; what they write goes into the area for files.
PREPARE = """
import gc, os, rp2, sys, vfs
from boards.rp2 import flash
from boards.{board}.flash_map import FLASH_MAP
files = flash.area(FLASH_MAP, "files")
vfs.VfsLfs2.mkfs(files, progsize=256)
vfs.mount(vfs.VfsLfs2(files, progsize=256), "/work")
vfs.mount(vfs.VfsRom(flash.area(FLASH_MAP, "clips")), "/bench")
sys.path[:0] = ["/bench"]
os.chdir("/work")
gc.collect()
"""
# Its bytecode lies in the heap as long as a file runs.  With an empty line first it begins with
# the bytes 10 06 01 20: to the collector a pointer, 0x20010610, into the middle of the heap.
RUN = """\
from tests import run_shared
run_shared.main(["{name}"])
"""


class Result(NamedTuple):
    name: str
    passed: int
    failed: int
    output: str
    chip_s: float
    took_s: float


def main() -> int:
    """Print a line a file and the sum; return 0 only if every test of every file passed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator.shared_suite", description=__doc__
    )
    parser.add_argument("names", nargs="*", help="test files without .py; all if none is named")
    names = parser.parse_args().names or sorted(path.stem for path in SHARED.glob("test_*.py"))
    names.sort(key=lambda name: name not in BEGIN_FIRST)
    flash = flash_with_tests(bench.image())
    with ProcessPoolExecutor(CHIPS) as chips:
        running = [chips.submit(run, name, flash) for name in names]
        results = [_told(future.result()) for future in as_completed(running)]
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    chip_s = sum(result.chip_s for result in results)
    print(f"{len(results)} files, {chip_s:.0f} s on the chip")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def flash_with_tests(image: Path) -> bytes:
    """Return a flash chip with this image, and the tests compiled in the area of the clips."""
    flash = bytearray(flash_file.fresh(image))
    row = boards.find(bench.BOARD).flash.row("clips")
    tests = romfs.image(_compiled())
    if len(tests) > row.length:
        raise SystemExit(f"the tests have {len(tests):,} bytes, the clips' area {row.length:,}")
    flash[row.start : row.start + len(tests)] = tests
    return bytes(flash)


def run(name: str, flash: bytes) -> Result:
    """Run one file on a chip of its own."""
    begun_s, board = time.monotonic(), Bench(Chip(flash))
    begun_ms = board.chip.now_ms
    try:
        board.stop_the_box()
        board.exec(PREPARE.format(board=bench.BOARD))
        output = "".join(board.exec(RUN.format(name=name), MOST_MS)[:2])
    except NoAnswer as why:
        output = str(why)
    passed, failed = _counted(output)
    took_ms = board.chip.now_ms - begun_ms
    return Result(name, passed, failed, output, took_ms / 1000, time.monotonic() - begun_s)


def _counted(output: str) -> tuple[int, int]:
    """Return (passed, failed) from the last line; a file that did not get there has failed."""
    found = re.search(r"(\d+) passed, (\d+) failed\s*\Z", output)
    return (int(found[1]), int(found[2])) if found else (0, 1)


def _told(result: Result) -> Result:
    word = "FAIL" if result.failed else "pass"
    times = f"{result.chip_s:6.1f} s on the chip, {result.took_s:5.1f} s here"
    print(f"{word}  {result.name:<22} {result.passed:3} passed, {times}", flush=True)
    if result.failed:
        print(result.output[-3000:], flush=True)
    return result


def _compiled() -> dict[str, bytes]:
    found = [path for pattern in ON_THE_CHIP for path in ROOT.glob(pattern)]
    sources = {path.relative_to(ROOT).as_posix(): path for path in found}
    sources["unittest.py"] = ROOT / UNITTEST
    with TemporaryDirectory() as folder:
        return {
            name.removesuffix(".py") + ".mpy": _mpy(source, name, Path(folder))
            for name, source in sources.items()
        }


def _mpy(source: Path, name: str, folder: Path) -> bytes:
    output = folder / "module.mpy"
    command = (tools.MPY_CROSS, "-march=armv6m", "-s", name, "-o", output, source)
    subprocess.run(command, check=True)
    return output.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
