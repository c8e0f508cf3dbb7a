"""The text tables this machine has: the county writes orders by them and shows what they say."""

import functools
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from host_tools.problems import MISMATCH, USAGE, Problem
from host_tools.text import tables as shipped
from host_tools.text.encode import Encoder, TextTooLong
from protocol import text as wire

OWN = "FENGSUI_TABLES"  # the folder of a county's own tables, beside those that come with us


@functools.cache
def tables() -> tuple[wire.Table, ...]:
    """Return every table that is here, whole, and the only one of its generation."""
    found: dict[int, set[bytes]] = {}
    for path in _paths():
        try:
            data = shipped.bytes_of(path)
        except Problem:
            continue  # what it would have written goes in UTF-8
        found.setdefault(wire.Table(data).first_byte, set()).add(data)
    return tuple(wire.Table(*same) for _, same in sorted(found.items()) if len(same) == 1)


def words(field: bytes) -> str | None:
    """Return what a text field says; None where nobody here can read it."""
    try:
        return wire.decode(field, tables())
    except wire.BadText:
        return None


def field_of(text: str, announced: Collection[int] = ()) -> bytes:
    """Return the shortest field that says this text to who announced these tables, or Problem.

    It is read again before anybody signs it: who hears it hears this text.
    """
    try:
        field = _encoder().encode(text, announced)
    except UnicodeEncodeError:
        raise Problem("the text holds what is not a character", exit_code=USAGE) from None
    except TextTooLong as why:
        cause = f"this text is too long: {why}, and {wire.MOST_BYTES} fit"
        raise Problem(cause, "say it in fewer words", USAGE) from None
    if words(field) != text:
        cause = "written in few bytes this text would be read as another"
        raise Problem(cause, "build the tables again: make text", MISMATCH)
    return field


@functools.cache
def _encoder() -> Encoder:
    return Encoder(tables())


def _paths() -> Iterator[Path]:
    yield from map(shipped.path_of, shipped.SHIPPED)
    if OWN in os.environ:
        yield from sorted(Path(os.environ[OWN]).glob("*.table"))
