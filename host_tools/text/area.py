"""The tables of a Box as they lie in its flash, or in a file on a Linux board."""

from collections.abc import Sequence

from host_tools.problems import MISMATCH, Problem
from protocol import table_area
from protocol import text as wire

NAME = "tables"  # of the row in a flash map
ON_A_PICO = ("zh", "ug", "kk-Arab")  # of those that come with us: 64 KiB hold no more

_LENGTH_BYTES = 2
_END = b"\xff" * _LENGTH_BYTES


def written(tables: Sequence[bytes]) -> bytes:
    """Return the area that holds these tables; Problem where a Box could not tell of them all.

    Raises BadText for what is no table.
    """
    names = [named(wire.Table(one).first_byte) for one in tables]
    if len(names) > table_area.MOST_TABLES:
        cause = f"a Box tells of {table_area.MOST_TABLES} tables, not of {len(names)}"
        raise Problem(cause, "leave some out", MISMATCH)
    if len(set(names)) < len(names):
        cause = f"there are two tables of one generation among {', '.join(sorted(names))}"
        raise Problem(cause, "give each language and generation once", MISMATCH)
    return b"".join(len(one).to_bytes(_LENGTH_BYTES, "big") + one for one in tables) + _END


def refuse_too_big(room: int, length: int) -> None:
    if length > room:
        cause = f"these tables need {length:,} bytes, the board's area has {room:,}"
        raise Problem(cause, "leave some out", MISMATCH)


def names(area: bytes) -> list[str]:
    """Return what a Box with this area tells of: language and generation of each whole table."""
    return [named(first_byte) for first_byte in table_area.announced(area)]


def named(first_byte: int) -> str:
    """Return language and generation of the texts that begin so, like zh/0."""
    tag, generation = first_byte >> 4, first_byte & 15
    language = wire.LANGUAGES[tag] if 0 < tag < len(wire.LANGUAGES) else f"tag {tag}"
    return f"{language}/{generation}"
