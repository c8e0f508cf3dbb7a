"""Where a passphrase comes from: a file, the environment, or a person at the keyboard.

Never from an option's value: other users of the machine could read it there.
"""

import getpass
import os
import sys
from pathlib import Path

from host_tools.keys import files
from host_tools.problems import USAGE, Problem

GATEWAY, SIGNING, OPERATOR, ROCKBLOCK = "gateway", "signing", "operator", "rockblock"


def obtain(whose: str, file: Path | None = None, twice: bool = False) -> str:
    """Return the passphrase of GATEWAY, SIGNING, OPERATOR or ROCKBLOCK, or raise Problem.

    twice: ask a person a second time, for a passphrase that is being chosen.
    """
    variable = _variable(whose)
    if file is not None:
        return _from_file(file)
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        why = f"the {whose} passphrase is needed"
        raise Problem(why, f"give its file, or set {variable}", USAGE)
    return _asked(whose, twice)


def refuse(whose: str) -> None:
    """Raise Problem when this passphrase lies in the environment of a process that has no use."""
    variable = _variable(whose)
    if variable in os.environ:
        why = f"{variable} is in the environment, and this process must never know it"
        raise Problem(why, "unset it", USAGE)


def _variable(whose: str) -> str:
    return f"FENGSUI_{whose.upper()}_PASSPHRASE"


def _from_file(file: Path) -> str:
    try:
        return files.read_whole(file).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Problem(f"{file} is not text in UTF-8", exit_code=USAGE) from None


def _asked(whose: str, twice: bool) -> str:
    typed = getpass.getpass(f"{whose} passphrase: ")
    if twice and getpass.getpass("once more: ") != typed:
        raise Problem("the two are not the same; nothing was changed", "try again", USAGE)
    return typed
