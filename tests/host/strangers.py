"""Asks the COSE judge, which runs in an environment of its own and knows nothing of us."""

import json
import subprocess
from pathlib import Path

from host_tools.setup.strangers import COSE

JUDGE = Path(__file__).with_name("cose_judge.py")
NAMES = ("cwt", "pycose")
SECONDS = 90  # for a thousand questions and more


def ask(questions):
    """Return the bytes answered to each (stranger, verb, {name: bytes}), None for a refusal.

    One process answers them all; it takes no path and no module from here.
    """
    lines = [json.dumps({"of": of, "do": verb} | _hexed(given)) for of, verb, given in questions]
    done = subprocess.run(
        [COSE / "bin/python", "-I", JUDGE],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    return [bytes.fromhex(one["bytes"]) if "bytes" in one else None for one in answers]


def _hexed(given):
    return {name: data.hex() for name, data in given.items()}
