"""Print how it goes and, last, the figures as one JSON object; 1 if a bound is passed."""

import json
import sys

from tests.powercut.box import Box
from tests.powercut.faults import PLANTED
from tests.powercut.judge import WORDS
from tests.powercut.run import Run

FEWEST_CUT_POINTS = 1_500
MOST_ERASES, MOST_PROGRAMS = 0.05, 2.5  # a record
_EACH = 400


def main() -> int:
    caught = 0
    for fault in PLANTED:
        found = Run(fault).is_caught()
        caught += found
        print(f"{'caught' if found else 'MISSED'}: {fault.__doc__}", flush=True)
    run = Run(Box, told=lambda done: done % _EACH or print(f"{done} cut points", flush=True))
    worn = run.measured()
    figures = {"cut_points": run.cut_points, **{word: run.broken[word] for word in WORDS}}
    figures |= {"planted_caught": caught, **worn}
    print(json.dumps(figures))
    kept = not run.broken and caught == len(PLANTED) and run.cut_points >= FEWEST_CUT_POINTS
    spared = worn["erases_per_record"] <= MOST_ERASES
    spared = spared and worn["programs_per_record"] <= MOST_PROGRAMS
    return 0 if kept and spared else 1


if __name__ == "__main__":
    sys.exit(main())
