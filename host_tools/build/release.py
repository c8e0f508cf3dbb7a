"""What an image says of itself: version, board and message table, as a frozen module."""

import ast
import re
import tomllib
from dataclasses import asdict, dataclass

from host_tools.build.boards import Board
from host_tools.problems import MISMATCH, Problem
from host_tools.setup.steps import ROOT
from protocol.fingerprint import SCHEMA

MODULE = "release.py"

_SOFTWARE_AT = "firmware/reports.py"
_MARK = re.compile(
    rb"fengsui-release version=(?P<version>[\w.+-]{1,32}) software=(?P<software>\d{1,9})"
    rb" board=(?P<board>\w{1,32}) chip=(?P<chip>\w{1,16}) schema=(?P<schema>[0-9a-f]{8});"
)


@dataclass(frozen=True)
class Release:
    """version: for people; software: the number that rises; schema: the message table, in hex."""

    version: str
    software: int
    board: str
    chip: str
    schema: str

    @property
    def mark(self) -> str:
        """Return the words by which an image is known wherever they lie in it."""
        fields = " ".join(f"{name}={value}" for name, value in asdict(self).items())
        return f"fengsui-release {fields};"


def of(board: Board) -> Release:
    """Return what an image built now for this board will say of itself."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return Release(version, _software(), board.name, board.chip, SCHEMA.hex())


def module(release: Release) -> str:
    """Return the source of the frozen module: `import release` on the Box."""
    return (
        '"""Which release this is.  Written by the build."""\n\n'
        f'VERSION = "{release.version}"\n'
        f"SOFTWARE = {release.software}\n"
        f'BOARD = "{release.board}"\n'
        f'CHIP = "{release.chip}"\n'
        f'SCHEMA = "{release.schema}"\n'
        f'MARK = b"{release.mark}"\n'
    )


def found_in(content: bytes) -> Release | None:
    """Return the release that an image says it is; None where it says nothing, or two things."""
    marks = {found.group(): found for found in _MARK.finditer(content)}
    if len(marks) != 1:
        return None
    (mark,) = marks.values()
    version, software, board, chip, schema = (value.decode() for value in mark.groups())
    return Release(version, int(software), board, chip, schema)


def _software() -> int:
    """Read the one place that has the number: SOFTWARE = const(…) where the Box reports it."""
    for node in ast.parse((ROOT / _SOFTWARE_AT).read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SOFTWARE":
            return int(re.sub(r"\D", "", ast.unparse(node.value)))
    raise Problem(f"{_SOFTWARE_AT} has no SOFTWARE", "the build reads its number there", MISMATCH)
