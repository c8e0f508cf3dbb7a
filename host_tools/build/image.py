"""What a UF2 file says of itself, for a person and for other tools."""

import hashlib
from pathlib import Path
from typing import Any

from host_tools.build import boards, release, uf2
from host_tools.problems import MISMATCH, Problem
from host_tools.text import area


def described(path: Path, board: str | None = None) -> dict[str, Any]:
    """Return the facts of an image; Problem where it is none, or not for the board named.

    board, version, software and schema are None in an image that is not of this project; tables
    are the text tables in it, language and generation each; from, to and bytes are without them.
    """
    image = uf2.load(path)
    told = release.found_in(image.content)
    if board is not None:
        refuse_other(image, told, boards.find(board), path.name)
    return {
        "chip": image.chip,
        "family": image.family_name,
        "board": told and told.board,
        "version": told and told.version,
        "software": told and told.software,
        "schema": told and told.schema,
        "from": f"{image.start:#010x}",
        "to": f"{image.start + len(image.content):#010x}",
        "bytes": len(image.content),
        "tables": [name for part in image.further for name in area.names(part.content)],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def refuse_other(
    image: uf2.Image, told: release.Release | None, board: boards.Board, name: str
) -> None:
    """Raise Problem unless an image was built from this project for this board."""
    uf2.refuse_other_chip(image, board.chip, name)
    next_step = f"build it: make firmware BOARD={board.name}"
    if told is None:
        raise Problem(f"{name} is not an image of this project", next_step, MISMATCH)
    if told.board != board.name:
        raise Problem(f"{name} is for {told.board}, not for {board.name}", next_step, MISMATCH)
