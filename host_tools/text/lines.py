"""The lines of a file that a person wrote, or one sentence about what is wrong with it."""

from pathlib import Path

from host_tools.problems import MISMATCH, NOT_FOUND, Problem

_MOST_BYTES = 1 << 20


def read(path: Path, holds: str) -> dict[int, str]:
    """Return {number: line} of a UTF-8 file, empty lines left out.

    Raises Problem, which says what the file should hold, for one that is missing or no such file.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Problem(f"{path} is too large", f"give at most {_MOST_BYTES:,} bytes", MISMATCH)
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise Problem(f"there is no {path}", f"give a file of {holds}", NOT_FOUND) from None
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8", "save it as UTF-8", MISMATCH) from None
    return {number: line for number, line in enumerate(lines, 1) if line.strip()}
