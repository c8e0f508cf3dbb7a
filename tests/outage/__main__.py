"""`make outage HOURS=72`: a line of JSON for each part; exit status 1 if one broke a promise."""

import argparse
import json
import sys

from tests.outage.parts import PARTS, complaints, played


def main() -> int:
    asked = _parser().parse_args()
    failed = False
    for part in PARTS:
        told = played(part, getattr(asked, part), lambda line: print(line, flush=True))
        wrong = list(complaints(part, told))
        for complaint in wrong:
            print(complaint)
        print(json.dumps(told), flush=True)
        failed = failed or bool(wrong)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.outage", description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )  # fmt: skip
    for part, (word, usual, what) in PARTS.items():
        parser.add_argument(f"--{word}", dest=part, type=int, default=usual, help=what)
    return parser


if __name__ == "__main__":
    sys.exit(main())
