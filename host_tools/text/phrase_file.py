"""A county's phrases: what it says again and again, one a line."""

from pathlib import Path

from host_tools.problems import MISMATCH, Problem
from host_tools.text import lines
from host_tools.text.languages import Language

FOLDER = Path(__file__).with_name("phrases")

_LONGEST = 100  # characters


def shipped(language: Language) -> Path:
    """Return the phrase file that comes with this project."""
    return FOLDER / f"{language.phrases}.txt"


def read(path: Path) -> list[str]:
    """Return the phrases of a file, # for comments; Problem with the line that is at fault."""
    found = {number: line.strip() for number, line in lines.read(path, "phrases").items()}
    found = {number: line for number, line in found.items() if line[0] != "#"}
    for number, line in found.items():
        _refuse_unfit(f"{path}, line {number}", line)
    if not found:
        raise Problem(f"{path} has no phrases", "write one a line", MISMATCH)
    return list(found.values())


def _refuse_unfit(where: str, line: str) -> None:
    if len(line) > _LONGEST:
        raise Problem(f"{where} is too long", f"keep to {_LONGEST} characters", MISMATCH)
    if any(ord(character) > 0xFFFF for character in line):
        raise Problem(f"{where} has a character no table can hold", "take it out", MISMATCH)
