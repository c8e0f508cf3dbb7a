"""`make fuzz N=200000 SEED=7`: a table for people and, last, one line of JSON; 1 if it failed."""

import argparse
import json
import sys
import time

from rich.console import Console
from rich.table import Table

from tests.fuzz.run import run
from tests.fuzz.tally import Tally

_EVERY_S = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("count", type=int, help="how many items")
    parser.add_argument("seed", type=int, help="the same seed brings the same items")
    asked = parser.parse_args()
    progress = Progress(asked.count)
    tally = run(asked.count, asked.seed, progress)
    Console().print(_table(tally))
    complaints = tally.faults or tally.shortcomings()
    for complaint in complaints:
        print(complaint)
    print(json.dumps(tally.told() | {"seconds": round(progress.seconds()), "ok": not complaints}))
    return 1 if complaints else 0


class Progress:
    """Says now and then how far it is."""

    def __init__(self, count: int):
        self._count = count
        self._began = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            print(f"{done} of {self._count}, {done / self.seconds():.0f} a second", flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self._began


def _table(tally: Tally) -> Table:
    table = Table(title="verdicts", title_justify="left", show_lines=True)
    for column in ("of", "items", "verdicts"):
        table.add_column(column)
    for kind in sorted({what for what, _ in tally.verdicts}):
        found = {word: n for (what, word), n in tally.verdicts.most_common() if what == kind}
        said = ", ".join(f"{word} {n}" for word, n in found.items())
        table.add_row(kind, str(sum(found.values())), said)
    return table


if __name__ == "__main__":
    sys.exit(main())
