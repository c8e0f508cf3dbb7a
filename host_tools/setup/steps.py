"""How one step of the setup is said, run, done once and, when it fails, explained."""

import contextlib
import fcntl
import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
LAST_LINES = 5  # of a failed program's output; enough to hold its reason


class SetupFailed(Exception):
    """One sentence for the person: what is missing and what to do about it."""


@contextlib.contextmanager
def one_at_a_time(name="lock"):
    """Let a second setup (or build) of the same copy wait until the first has finished."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(words):
    print(f"setup: {words}", flush=True)


def run(*command, hint, env=None, folder=None):
    """Run a program quietly; return what it printed, or raise SetupFailed beginning with hint."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            env=env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as why:
        raise SetupFailed(f"{hint} ({command[0]}: {why.strerror}).") from None
    if done.returncode:
        raise SetupFailed(f"{hint} ({Path(command[0]).name} said: {_last_words(done)}).")
    return done.stdout


def fingerprint(*parts):
    """Return a short hash of files (by content) and texts: it changes when any of them does."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()[:16]


def is_stamped(stamp, mark):
    """Was this step finished with exactly these inputs?"""
    return stamp.is_file() and stamp.read_text() == mark


def _last_words(done):
    lines = (done.stderr or done.stdout).strip().splitlines()
    return " / ".join(line.strip() for line in lines[-LAST_LINES:]) or f"exit {done.returncode}"
