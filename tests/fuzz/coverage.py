"""`make fuzz-coverage MINUTES=10`: looks for bytes that go ways through the decoders not gone yet.

With MINUTES=0 the corpus of before is judged anew, and that is all.

atheris (libFuzzer for Python) changes what went a new way, again and again.  What it finds is kept
in corpus.txt, as few as go all the ways; the last line is one line of JSON.  1 where a decoder
raised what it does not declare, with the bytes that did it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time

from host_tools.setup.python_environment import make_environment
from host_tools.setup.steps import ROOT, TOOLS, SetupFailed
from tests.fuzz import corpus

ENVIRONMENT = TOOLS / "fuzz"
FOLDER = ROOT / "build/fuzz"
_FOUND, _SEEDS, _FAULTS, _LOG = (FOLDER / name for name in ("found", "seeds", "faults", "log.txt"))
_LONGEST_BYTES = 800
_SLOWEST_S = 10  # for one story
_EVERY_S = 30


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.coverage", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("seed", type=int)
    asked = parser.parse_args()
    try:
        make_environment(ENVIRONMENT, ROOT / "requirements-fuzz.lock")
    except SetupFailed as why:
        sys.exit(f"fuzz-coverage: {why}")
    seconds = round(60 * asked.minutes)
    _prepare()
    exit_code = _searched(seconds, asked.seed) if seconds else 0
    faults = sorted(_FAULTS.iterdir())
    kept = corpus.fewest(corpus.files_in(_SEEDS, _FOUND)) if not faults else []
    if kept:
        corpus.keep(kept)
    for fault in faults:
        print(f"{fault.name}: {fault.read_bytes().hex()}  (what was raised is in {_LOG})")
    said = {
        "seconds": seconds,
        "seed": asked.seed,
        "runs": _runs(),
        "found": len(list(_FOUND.iterdir())),
    }
    print(json.dumps(said | {"kept": len(kept), "faults": len(faults), "ok": not exit_code}))
    return 1 if exit_code or faults else 0


def _prepare() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for folder in (_FOUND, _SEEDS, _FAULTS):
        folder.mkdir(parents=True)
    for number, story in enumerate(corpus.seeds()):
        (_SEEDS / f"{number:04}").write_bytes(story)


def _searched(seconds: int, seed: int) -> int:
    """Search so long, telling now and then how far it is; return the exit code."""
    options = {
        "max_total_time": seconds, "seed": seed, "max_len": _LONGEST_BYTES, "timeout": _SLOWEST_S,
        "artifact_prefix": f"{_FAULTS}/", "print_final_stats": 1,
    }  # fmt: skip
    command = [ENVIRONMENT / "bin/python", "-m", "tests.fuzz.harness", _FOUND, _SEEDS]
    command += [f"-{name}={value}" for name, value in options.items()]
    with _LOG.open("wb") as log:
        search = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        began = time.monotonic()
        while True:
            try:
                return search.wait(_EVERY_S)
            except subprocess.TimeoutExpired:
                print(
                    f"{time.monotonic() - began:.0f} of {seconds} s: {_last_pulse()}", flush=True
                )


def _last_pulse() -> str:
    lines = [line for line in _log().splitlines() if line.startswith("#")]
    return " ".join(lines[-1].split()[:9]) if lines else "beginning"


def _runs() -> int:
    found = re.search(r"stat::number_of_executed_units:\s*(\d+)", _log())
    return int(found[1]) if found else 0


def _log() -> str:
    return _LOG.read_text(errors="replace") if _LOG.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
