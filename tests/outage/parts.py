"""The parts of `make outage`, each a MicroPython process of its own, and what each must show."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from host_tools.setup.micropython import PROGRAM
from host_tools.setup.steps import ROOT

# part: (option, its usual value, what it says)
PARTS = {
    "outage": ("hours", 72, "without a road: a message a minute and 200 alarms"),
    "alarms": ("alarm-days", 7, "without a road: an alarm an hour"),
    "satellite": ("satellite-days", 7, "with nothing to say and a satellite alone"),
    "urgent": ("rows", 5_000, "that wait, with calls behind them"),
}
MOST_GROWN_BYTES = 6_000
MOST_BYTES_A_DAY = 180
MOST_SLOTS = 1
# Its words have 64 bits, and the heap holds what a Pico has in flash: all code, compiled from
# source (300 KB), and the fake chip (90 KB); and a county that remembers 200 messages.
_HEAP = "1280K"
_ENVIRONMENT = {"MICROPYPATH": ".:tests/micropython:.frozen"}
_COMMAND = (PROGRAM, "-X", f"heapsize={_HEAP}", "tests/outage/on_micropython.py")


def played(part: str, number: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Run one part; return what it told, {} if it ended early.  say gets its progress."""
    last = ""
    with subprocess.Popen(
        (*_COMMAND, part, str(number)), cwd=ROOT, env=os.environ | _ENVIRONMENT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        for line in process.stdout:
            if not line.startswith("{"):
                say(part + ": " + line.strip("# \n"))
            last = line
    told = json.loads(last) if process.returncode == 0 else {}
    return dict(sorted(told.items()))  # MicroPython keeps no order


def complaints(part: str, told: dict[str, Any]) -> Iterator[str]:
    """Yield what was promised and is not so, in sentences."""
    if not told:
        yield f"{part}: the Box came to its end"
        return
    yield from (f"{part}: {line}" for line in _JUDGES[part](told))


def _dark(told: dict[str, Any]) -> Iterator[str]:
    if told["alarms_lost"]:
        yield f"{told['alarms_lost']} of {told['alarms']} alarms that were kept did not arrive"
    if told["unaccounted"]:
        yield f"{told['unaccounted']} messages are neither stored, waiting nor expired"
    if told["waiting"]:
        yield f"{told['waiting']} messages still wait two days after the roads were mended"
    if told["told_expired"] != told["expired"]:
        yield f"{told['expired']} expired, and the county knows of {told['told_expired']}"
    if told["first_out"] != "Alarm":
        yield f"first out was {told['first_out']}"
    if told["heap_growth_bytes"] > MOST_GROWN_BYTES:
        yield f"the heap grew by {told['heap_growth_bytes']} bytes"


def _satellite(told: dict[str, Any]) -> Iterator[str]:
    cost = told["supervision_bytes_a_day"]
    if not told["reports"] or cost > MOST_BYTES_A_DAY:
        yield f"{told['reports']} reports cost {cost} bytes a day, not {MOST_BYTES_A_DAY} at most"


def _urgent(told: dict[str, Any]) -> Iterator[str]:
    for road, slots in told["most_slots_waited"].items():
        if slots > MOST_SLOTS:
            yield f"a call waited for {slots} slots of {road}"


_JUDGES = {"outage": _dark, "alarms": _dark, "satellite": _satellite, "urgent": _urgent}
