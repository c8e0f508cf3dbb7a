"""`make emu`: one evening of a Pico Box on the emulated chip, judged and held to its budget.

Twice: with all of its memory, which is measured, and with so little that just the budget is left.
"""

import argparse
import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from host_tools.sim.chip import flash_file
from host_tools.sim.chip.chip import Chip
from tests.emulator import bench, recovery
from tests.emulator.bench import ROOT, Bench
from tests.emulator.chip_stage import ChipStage
from tests.emulator.play import Play
from tests.sim.scene import Scene

KEPT = ROOT / "build" / "emulator"
BUDGET = Path(__file__).with_name("budget.toml")
VERIFY = Path(__file__).with_name("on_chip") / "verify.py"
VERIFY_MS = 60_000


def main() -> int:
    """Print how it goes and, as the last line, the figures as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--keep", type=Path, default=KEPT, help="where the artefacts stay")
    folder = parser.parse_args().keep
    say = _Clock()
    figures = {"uf2_bytes": bench.image().stat().st_size, **_verify()}
    figures["recovery_ms"] = recovery.measured()["recovery_ms"]
    say("a full store of 256 KiB is opened in {recovery_ms} ms".format(**figures))
    say("an order is proven in {verify_ms} ms, plainly in {verify_plain_ms} ms".format(**figures))
    figures |= _evening(folder / "village", 0, say)
    say("again, with only the budget's memory")
    _evening(folder / "small-memory", _budget()["at_most"]["heap_used_peak"], say)
    passed = _passed(figures)
    for line in passed:
        say(line)
    print(json.dumps(figures))
    return 1 if passed else 0


def _evening(folder: Path, heap: int, say) -> dict[str, Any]:
    """Play it, let the auditor judge it, and return what was measured."""
    stage = ChipStage(folder, heap)
    with Scene(folder, stage=stage) as scene:
        play = Play(scene, stage)
        for deed in play.script():
            deed()
            say(deed.__doc__.splitlines()[0])
        stage.write_down_the_board()
    verdict = _judged(stage.folder)
    say(f"the auditor says {verdict['verdict']}")
    if verdict["verdict"] != "pass":
        raise SystemExit(f"emu: {'; '.join(verdict['why'])}; the artefacts are in {folder}")
    return play.figures


def _judged(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.audit", "--json", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(done.stdout.splitlines()[-1])


def _verify() -> dict[str, Any]:
    """Return how long the proof of the reference order takes on the chip, first after boot."""
    board = Bench(Chip(flash_file.fresh(bench.image())))
    board.stop_the_box()
    said = board.exec(VERIFY.read_text(), VERIFY_MS)
    if said.error:
        raise SystemExit(f"emu: {said.error}")
    told = json.loads(said.output.splitlines()[-1])
    plain, injected = told["plain"], told["injected"]
    return {
        "verify_ms": round(injected["first_ms"]),
        "verify_plain_ms": round(plain["first_ms"]),
        "verify_step_ms": round(max(plain["longest_step_ms"], injected["longest_step_ms"])),
    }


def _budget() -> dict[str, dict[str, int]]:
    return tomllib.loads(BUDGET.read_text())


def _passed(figures: dict[str, Any]) -> list[str]:
    """Return a sentence for each limit that was passed."""
    budget = _budget()
    above = [
        f"{name} is {figures[name]}; the budget allows at most {most}"
        for name, most in budget["at_most"].items()
        if figures[name] > most
    ]
    below = [
        f"{name} is {figures[name]}; the budget wants at least {least}"
        for name, least in budget["at_least"].items()
        if figures[name] < least
    ]
    return above + below


class _Clock:
    """Says each line with the seconds since it began."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, words: str) -> None:
        print(f"{time.monotonic() - self._begun:6.1f} s  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
