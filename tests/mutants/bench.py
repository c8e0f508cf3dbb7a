"""Where mutants are tried: copies of this tree, so that nothing here changes.

A copy finds its own code first, before the installed package, and borrows .venv and .tools.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutants.patches import Mutant

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
BORROWED = (".venv", ".tools")
SHOWN_LINES = 30
# hypothesis' plugin imports hypothesis once a test has failed, and CPython 3.11 can fail at that.
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")

GREEN, RED, BROKEN = "green", "red", "broken"
KILLED, ALIVE, DOES_NOT_APPLY = "killed", "ALIVE", "DOES NOT APPLY"


def run(mutants: list[Mutant]) -> int:
    """Show every named test green, then try each mutant; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        whole = Path(folder) / "whole"
        copy_tree(whole)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            if not _all_green(pool, whole, mutants):
                return 1
            fates = _fates(pool, whole, mutants)
    alive = [name for name, fate in fates.items() if fate != KILLED]
    counted = {"mutants": len(mutants), "killed": len(mutants) - len(alive), "alive": alive}
    print(json.dumps(counted), flush=True)
    return 1 if alive else 0


def copy_tree(to: Path) -> None:
    """Copy what belongs to the project: tracked or new, and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    for name in BORROWED:
        (to / name).symlink_to(ROOT / name)


def _all_green(pool: ThreadPoolExecutor, whole: Path, mutants: list[Mutant]) -> bool:
    """Run every named test on the whole code, file by file."""
    files: dict[str, set[str]] = {}
    for mutant in mutants:
        files.setdefault(mutant.test.partition("::")[0], set()).add(mutant.test)
    print(f"{sum(map(len, files.values()))} tests on the whole code:", flush=True)
    tried = {pool.submit(_tried, whole, sorted(tests)): name for name, tests in files.items()}
    return all([_told(future, tried[future], GREEN) for future in as_completed(tried)])


def _told(future: "Future[tuple[str, str, float]]", name: str, expected: str) -> bool:
    colour, output, seconds = future.result()
    print(f"  {colour:6} {seconds:5.1f} s  {name}", flush=True)
    if colour != expected:
        print(_end_of(output), flush=True)
    return colour == expected


def _fates(pool: ThreadPoolExecutor, whole: Path, mutants: list[Mutant]) -> dict[str, str]:
    print(f"{len(mutants)} mutants, each against its test:", flush=True)
    tried = {pool.submit(_fate, whole, mutant): mutant for mutant in mutants}
    fates = {}
    for future in as_completed(tried):
        mutant, (fate, output, seconds) = tried[future], future.result()
        fates[mutant.name] = fate
        print(f"  {fate:6} {seconds:5.1f} s  {mutant.name}", flush=True)
        if fate != KILLED:
            print(f"         {mutant.file}, {mutant.test}\n{_end_of(output)}", flush=True)
    return fates


def _fate(whole: Path, mutant: Mutant) -> tuple[str, str, float]:
    """Return (fate, what pytest said, seconds) of one mutant, tried in a copy of its own."""
    with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(whole, copy, symlinks=True)
        if not _patched(copy / mutant.file, mutant):
            return DOES_NOT_APPLY, f"the old text is not there exactly once:\n{mutant.old}", 0.0
        colour, output, seconds = _tried(copy, [mutant.test])
    return {RED: KILLED, GREEN: ALIVE}.get(colour, colour), output, seconds


def _patched(path: Path, mutant: Mutant) -> bool:
    text = path.read_text() if path.is_file() else ""
    if text.count(mutant.old) != 1:
        return False
    path.write_text(text.replace(mutant.old, mutant.new))
    return True


def _tried(copy: Path, tests: Iterable[str]) -> tuple[str, str, float]:
    """Run these tests in this copy; return (colour, what pytest said, seconds).

    Red is a test that failed; one that could not even be set up is broken and proves nothing.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
        options = [*OPTIONS, f"--basetemp={scratch}/pytest"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False,
        )  # fmt: skip
    seconds = time.monotonic() - began
    return _colour(done.returncode, done.stdout), done.stdout + done.stderr, seconds


def _colour(exit_code: int, output: str) -> str:
    summary = output.rstrip().rpartition("\n")[2]
    if exit_code == 0:
        return GREEN
    return RED if exit_code == 1 and "failed" in summary else BROKEN


def _environment(copy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def _end_of(output: str) -> str:
    return "\n".join(f"         | {line}" for line in output.splitlines()[-SHOWN_LINES:])
