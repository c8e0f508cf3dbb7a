"""The speed part: the same stopwatch on MicroPython and on CPython, each in its own process."""

import json
import os
import subprocess
import sys
from typing import Any

from host_tools.setup.micropython import PROGRAM
from host_tools.setup.steps import ROOT
from host_tools.setup.strangers import BENCH

STOPWATCH = "tests/bench_wire/stopwatch.py"
SECONDS = 300


def speed() -> dict[str, Any]:
    """Return {interpreter: {deed: µs}} and by how much our CBOR outruns a general codec."""
    micropython = _timed(
        PROGRAM, "-X", "heapsize=16M", MICROPYPATH=f".:tests/micropython:.frozen:{BENCH}"
    )
    cpython = _timed(sys.executable, PYTHONPATH=f".:tests/stand_ins:{BENCH}")
    return {
        "unit": "us",
        "micropython": micropython,
        "cpython": cpython,
        "cbor_times_general_on_micropython": _times_general(micropython),
    }


def _timed(*command: Any, **environment: str) -> dict[str, float]:
    done = subprocess.run(
        [*command, STOPWATCH],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return json.loads(done.stdout)


def _times_general(took: dict[str, float]) -> float:
    general = took["general_encode"] + took["general_decode"]
    return round(general / (took["cbor_encode"] + took["cbor_decode"]), 2)
