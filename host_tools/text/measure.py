"""How many bytes the texts of a file take, by a table and in UTF-8."""

from pathlib import Path
from typing import Any

from host_tools.problems import MISMATCH, Problem
from host_tools.text import lines
from host_tools.text.encode import UTF_8, Coder
from protocol.text import LANGUAGES, MOST_BYTES, MOST_CHARACTERS, Table


def texts_in(path: Path) -> list[str]:
    """Return the texts of a file, one a line; Problem with the line that is at fault."""
    texts = {number: line.rstrip("\r") for number, line in lines.read(path, "texts").items()}
    for number, text in texts.items():
        if len(text) > MOST_CHARACTERS:
            cause = f"{path}, line {number} has {len(text):,} characters"
            next_step = f"no text has more than {MOST_CHARACTERS:,}"
            raise Problem(cause, next_step, MISMATCH)
    if not texts:
        raise Problem(f"{path} has no texts", "write one a line", MISMATCH)
    return list(texts.values())


def measured(texts: list[str], table: Table) -> dict[str, Any]:
    """Return what texts cost, whole fields with their first byte, each in its shorter form."""
    coder = Coder(table)
    rows = [_row(text, coder) for text in texts]
    characters = sum(row["characters"] for row in rows)
    taken = sum(row["bytes"] for row in rows)
    return {
        "language": LANGUAGES[table.tag],
        "generation": table.generation,
        "texts": len(rows),
        "characters": characters,
        "bytes": taken,
        "bits_per_character": round(8 * taken / characters, 2),
        "utf_8_bytes": sum(row["utf_8_bytes"] for row in rows),
        "lines": rows,
    }


def _row(text: str, coder: Coder) -> dict[str, Any]:
    coded, plain = coder.coded(text), UTF_8 + text.encode()
    shorter = min(plain, coded, key=len)
    return {
        "characters": len(text),
        "bytes": len(shorter),
        "bits_per_character": round(8 * len(shorter) / len(text), 2),
        "utf_8_bytes": len(plain),
        "form": "UTF-8" if shorter is plain else LANGUAGES[coder.first_byte >> 4],
        "fits": len(shorter) <= MOST_BYTES,
        "text": text,
    }
