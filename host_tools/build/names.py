"""The names that a Box puts together as it runs, frozen so that they take none of its memory.

MicroPython keeps every name for ever: those that stand in frozen code in flash, all others on
the heap.  The module written here is never imported; it only has these names in it.
"""

from collections.abc import Iterable
from pathlib import PurePath

from protocol.schema import DOWNWARD, UPWARD

MODULE = "names.py"


def module(files: Iterable[str]) -> str:
    """Return the source: these modules' names, whole and by part, and the fields of messages."""
    dotted = {_dotted(file) for file in files}
    parts = {part for name in dotted for part in name.split(".")}
    imports = "".join(f"    import {name}\n" for name in sorted(dotted))
    others = "".join(f"    of.{name}\n" for name in sorted(parts | _fields()))
    return f'"""Names.  Written by the build."""\n\n\ndef names(of):\n{imports}{others}'


def _dotted(file: str) -> str:
    path = PurePath(file).with_suffix("")
    return ".".join(path.parent.parts if path.name == "__init__" else path.parts)


def _fields() -> set[str]:
    rows = [row for table in (UPWARD, DOWNWARD) for row in table]
    return {name.rstrip("?") for *_, fields in rows for name, _, _ in fields}
