"""`make chaos SEED=7`: a road that loses, repeats and overtakes, and both its ends restarted.

The last line is one line of JSON; exit status 1: a promise was broken, and stderr says which.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.link import Trouble
from tests.chaos.outcome import chaos
from tests.chaos.run import Conditions

_EVERY_S = 5


def main() -> int:
    asked = _parser().parse_args()
    trouble = Trouble(asked.loss, asked.dup, asked.reorder)
    conditions = Conditions(asked.seed, asked.messages, trouble, asked.restarts)
    with tempfile.TemporaryDirectory() as folder:
        told, complaints = chaos(conditions, Path(asked.keep or folder), progress=Progress())
    for complaint in complaints:
        print(f"seed {asked.seed}: {complaint}", file=sys.stderr)
    print(json.dumps(told))
    return 1 if complaints else 0


class Progress:
    """Says now and then how far it is."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, line: str) -> None:
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="one seed, one story")
    parser.add_argument("--messages", type=int, default=10_000, help="how many are posted")
    parser.add_argument("--loss", type=float, default=30, help="percent lost, each way")
    parser.add_argument("--dup", type=float, default=20, help="percent that come twice")
    parser.add_argument("--reorder", type=float, default=50, help="percent that are overtaken")
    parser.add_argument("--restarts", type=int, default=20, help="of Box and gateway together")
    parser.add_argument("--keep", help="a new folder for databases and logs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
