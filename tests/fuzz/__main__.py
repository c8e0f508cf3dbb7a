"""`make fuzz N=200000 SEED=7`: a table for people and, last, one line of JSON; 1 if it failed."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from tests.fuzz.progress import Progress
from tests.fuzz.run import run
from tests.fuzz.tally import Tally


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
