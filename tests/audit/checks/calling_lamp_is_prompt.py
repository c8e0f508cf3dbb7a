"""The lamp lights within 1 s of a press; within 0.5 s would be good."""

from tests.audit.finding import Finding
from tests.audit.presses import Press
from tests.audit.run import Run

LATEST_S, GOOD_S = 1.0, 0.5


def check(run: Run) -> Finding:
    waits = {called.press: _wait_s(run, called.press) for called in run.calls if called.press.due}
    late = [
        f"button {press.button} was pressed at {run.clock(press.t)}, and its lamp stayed dark"
        for press, wait_s in waits.items()
        if wait_s > LATEST_S and not _died_after(run, press)
    ]
    slow = sum(GOOD_S < wait_s <= LATEST_S for wait_s in waits.values())
    return Finding(late, f"{len(waits)} presses, {slow} of them waited more than 0.5 s")


def _wait_s(run: Run, press: Press) -> float:
    """Return how long the lamp stayed dark after the press, in seconds."""
    lit = [blink.lit - press.t for blink in run.lamps.get(press.button, [])]
    return min((wait_s for wait_s in lit if wait_s >= 0), default=float("inf"))


def _died_after(run: Run, press: Press) -> bool:
    return any(0 <= death - press.t <= LATEST_S for death in run.box_deaths)
