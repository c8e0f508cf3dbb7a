"""Runs tests/shared on 32-bit words and a Box's heap: each module in a process of its own.

One process for all would need a heap for what every earlier module left behind.
"""

import os
import re
import subprocess
from collections.abc import Sequence

from host_tools.build import unix32
from host_tools.build.work import say
from host_tools.problems import NOT_FOUND, Problem
from host_tools.setup.steps import ROOT

_HEAP = "200K"
_LONGEST_S = 300
_RESULT = re.compile(r"(\d+) passed, (\d+) failed\s*\Z")


def chosen(names: Sequence[str]) -> list[str]:
    """Return the modules named, or all; Problem with a name that is none."""
    found = [path.stem for path in sorted((ROOT / "tests/shared").glob("test_*.py"))]
    for name in names:
        if name not in found:
            why = f"there is no tests/shared/{name}.py"
            raise Problem(why, "give a module's name, like test_frame", NOT_FOUND)
    return list(names) or found


def run(names: Sequence[str]) -> None:
    """Run these modules; print what failed; Problem where anything did."""
    results = [_run_module(name) for name in names]
    passed, failed = (sum(counts) for counts in zip(*results, strict=True))
    say(f"{passed} passed, {failed} failed with a heap of {_HEAP} and 32-bit words")
    if failed:
        raise Problem("tests failed on 32-bit words", "read what they said above")


def _run_module(name: str) -> tuple[int, int]:
    """Return (passed, failed); a module that says nothing is one that failed."""
    command = (str(unix32.PROGRAM), "-X", f"heapsize={_HEAP}", "tests/run_shared.py", name)
    environment = {**os.environ, "MICROPYPATH": unix32.PATH}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"{name} did not end within {_LONGEST_S} s")
        return 0, 1
    result = _RESULT.search(done.stdout)
    if result and not done.returncode:
        return int(result[1]), 0
    print(done.stdout)
    return (int(result[1]), max(1, int(result[2]))) if result else (0, 1)
