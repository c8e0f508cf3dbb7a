"""Judge a finished run from what it left behind: python -m tests.audit DIR [--demo] [--json]."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.audit import artefacts, checks, summary
from tests.audit.checks import Answer
from tests.audit.run import understand

PASS, FAIL = "pass", "fail"
MOST_REASONS = 20


def main() -> int:
    """Print a table for people and, as the last line, the verdict; return 0 only for a pass."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the kept artefacts")
    parser.add_argument("--demo", action="store_true", help="ask for the whole script as well")
    parser.add_argument("--json", action="store_true", help="print the verdict only")
    arguments = parser.parse_args()
    answers, verdict = judge(arguments.folder, arguments.demo)
    for answer in [] if arguments.json else answers:
        print(_row(answer))
    print(json.dumps(verdict))
    return 0 if verdict["verdict"] == PASS else 1


def judge(folder: Path, demo: bool = False) -> tuple[list[Answer], dict[str, Any]]:
    """Return all answers and the verdict, which has a "why" unless it is a pass."""
    try:
        run = understand(artefacts.read(folder))
    except artefacts.Missing as why:
        return [], {"verdict": FAIL, "why": [str(why)]}
    except (KeyError, TypeError, ValueError) as why:
        return [], {"verdict": FAIL, "why": [f"an artefact is not as agreed: {why!r}"]}
    answers = checks.ask(run, demo)
    why = [
        f"{answer.name}: {complaint}"
        for answer in answers
        if not answer.is_warning
        for complaint in answer.finding.complaints
    ]
    if why:
        return answers, {"verdict": FAIL, **summary.numbers(run), "why": why[:MOST_REASONS]}
    return answers, {"verdict": PASS, **summary.numbers(run)}


def _row(answer: Answer) -> str:
    word = "pass" if answer.passed else "warn" if answer.is_warning else "FAIL"
    lines = [f"{word}  {answer.question}  ({answer.finding.seen})"]
    return "\n".join(lines + [f"      {complaint}" for complaint in answer.finding.complaints])


if __name__ == "__main__":
    sys.exit(main())
