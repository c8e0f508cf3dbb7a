"""Starts `fengsui` as a process of its own and stops it again."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def fengsui(*words, program=None):
    """Return the command line; program replaces `-m host_tools`."""
    start = ["-c", program] if program else ["-m", "host_tools"]
    return [sys.executable, *start, *map(str, words)]


@contextlib.contextmanager
def running(*words, environment=None, program=None):
    """Yield the process once it said that it is ready; .url is where."""
    process = subprocess.Popen(
        fengsui(*words, program=program),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    try:
        ready, _, process.url = process.stdout.readline().strip().partition(" ")
        assert ready == "ready"
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def finished(*words, environment=None, typed=None):
    """Run it to its end; return the CompletedProcess with its words."""
    return subprocess.run(
        fengsui(*words),
        input=typed,
        stdin=subprocess.DEVNULL if typed is None else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        timeout=60,
        check=False,
    )
