"""The next number of one signing key: on the disk before it is used, and never used twice.

A number that was reserved and then not used, because the power went, is left out for ever.
"""

import hashlib
from pathlib import Path

from host_tools.keys import files
from host_tools.problems import MISMATCH, Problem

FIRST, LAST = 1, 0xFFFFFF
JUMP_AFTER_RESTORE = 65_536  # wire.md, "Keys and counters"


def create(path: Path, first: int = FIRST) -> None:
    _write(path, first)


def reserve(path: Path) -> int:
    """Return a number nobody has used under this key, or raise Problem."""
    with files.locked(path.with_suffix(".lock")):
        number = read(path)
        if number > LAST:
            raise Problem(f"{path} has come to its end", "make new keys for the county")
        _write(path, number + 1)
    return number


def read(path: Path) -> int:
    """Return the next number, or raise Problem; a lost or torn file is never begun again."""
    number = _readable(path)
    if number is None:
        raise Problem(
            f"{path} is lost or damaged, and it is never begun again at its first number",
            f"give the highest number the county has seen to `fengsui keys recover {path.stem}`",
            MISMATCH,
        )
    return number


def keep_above(path: Path, highest_seen: int) -> int | None:
    """Let the next number be above one that a Box knows; return where it goes on if it had to.

    Whoever holds the gateway could use up a key with a lie, so a longer way is a person's
    decision: Problem.
    """
    number = read(path)
    if highest_seen < number:
        return None
    if highest_seen > number + JUMP_AFTER_RESTORE:
        raise Problem(
            f"the county has seen {highest_seen} of {path.stem}, and its counter is at {number}",
            f"if the counter is an old copy: `fengsui keys recover {path.stem} --highest "
            f"{highest_seen}`",
            MISMATCH,
        )
    return recover(path, highest_seen)


def recover(path: Path, highest_seen: int) -> int:
    """Begin again far above the highest number ever seen; return where."""
    number = highest_seen + JUMP_AFTER_RESTORE
    if highest_seen < 0 or number > LAST:
        raise Problem(f"{highest_seen} leaves no numbers above it", "make new keys for the county")
    with files.locked(path.with_suffix(".lock")):
        number = max(number, _readable(path) or 0)
        _write(path, number)
    return number


def _readable(path: Path) -> int | None:
    """Return the number in this file, or None for a file that is lost or torn."""
    line = files.read_whole(path) if path.exists() else b""
    digits = line.split(b" ")[0]
    if not digits.isdigit() or len(digits) > 8:
        return None
    number = int(digits)
    whole = line == _line(path, number) and FIRST <= number <= LAST + 1
    return number if whole else None


def _write(path: Path, number: int) -> None:
    files.write_whole(path, _line(path, number), mode=0o600)


def _line(path: Path, number: int) -> bytes:
    """The number and a check over it and the key's name, so that a torn line is seen."""
    check = hashlib.sha256(b"%s %d" % (path.stem.encode(), number)).hexdigest()[:8]
    return b"%d %s\n" % (number, check.encode())
