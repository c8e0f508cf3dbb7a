"""How a long piece of a build is announced, run quietly, and explained when it fails."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from host_tools.problems import GENERAL, Problem
from host_tools.setup.steps import ROOT, TOOLS

RP2 = TOOLS / "rp2"  # foreign sources and the tools made from them, kept through `make clean`
OUTPUT = ROOT / "build" / "firmware"

# All that a compiler may know of whoever builds: no flags of theirs, and not those of an outer
# make, which would hand its own variables down.
_INHERITED = ("PATH", "HOME", "TMPDIR")
_FAULT = re.compile(r"error[: ]|undefined reference|overflowed by|No such file|\*\*\*", re.I)


def say(words: str) -> None:
    print(f"build: {words}", flush=True)


def shown(path: Path) -> str:
    """Return a path as a person in this copy would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def refuse_spaces() -> None:
    """Raise Problem where MicroPython's makefiles would stumble over this copy's own path."""
    if " " in str(ROOT):
        raise Problem(f"{ROOT} has a space in its name", "move this copy elsewhere", GENERAL)


def run(
    *command: str | Path, log: Path, doing: str, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program below everybody else, its words in a log; Problem with its first error."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as words:
        done = subprocess.run(
            ["nice", *map(str, command)],
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise Problem(
            f"{doing} failed: {_first_error(log)}", f"the whole story is in {shown(log)}"
        )


def make(folder: Path, *words: str, log: Path, doing: str, environment: Mapping[str, str]) -> None:
    """Run make in a folder on every core that this process may use."""
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    words = (f"PYTHON={sys.executable}", *words)
    run("make", jobs, "-C", folder, *words, log=log, doing=doing, environment=environment)


def _first_error(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    found = next(
        (line for line in lines if _FAULT.search(line)), (lines or ["it said nothing"])[-1]
    )
    return found.rstrip(".")[:200]
