"""The tables that come with this project, in build/text: built once, the same bytes everywhere.

A generation that was ever shipped is never given other bytes: Boxes in the field have it.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from host_tools.problems import MISMATCH, NOT_FOUND, Problem
from host_tools.setup.steps import ROOT, fingerprint, is_stamped, one_at_a_time
from host_tools.text import build, phrase_file, sources
from host_tools.text.languages import LANGUAGES, Language
from protocol.text import BadText, Table

FOLDER = ROOT / "build" / "text"

# {language: (generation, first half of SHA-256 of its table)}
SHIPPED = {
    "zh": (0, "e2d82b0b41b49715e5ddf97c0c947e2e"),
    "ug": (0, "5810b46d668502a3dd08fdd40bfb4af5"),
    "kk-Arab": (0, "d3738df95746f9decb4234f08cb092e6"),
    "kk": (0, "e59e55185f97b6ca3d912431d38e47bf"),
}

_STAMP = FOLDER / "tables.stamp"


def make_ready(say: Callable[[str], None] = lambda words: None) -> list[Table]:
    """Return the shipped tables of all languages; build them where they are not here yet."""
    with one_at_a_time("tables-lock"):
        if not is_stamped(_STAMP, _mark()):
            _build(say)
    return [read(path_of(name)) for name in SHIPPED]


def path_of(name: str) -> Path:
    """Return where the shipped table of a language lies once make_ready has been here."""
    return FOLDER / f"{build.find(name).name}.table"


def read_for(language: Language, path: Path | None = None) -> Table:
    """Return the table in a file, or the shipped one; Problem if it is of another language."""
    table = read(path or path_of(language.name))
    if table.tag != language.tag:
        raise Problem(f"{path} is not a table for {language.name}", "give its own", MISMATCH)
    return table


def read(path: Path) -> Table:
    """Return the table in a file, or raise Problem."""
    return Table(bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """Return the bytes of the table in a file; Problem where it is none, or one of false name."""
    try:
        data = path.read_bytes()
        refuse_false(Table(data), data, str(path))
    except FileNotFoundError:
        cause = f"there is no {path}"
        raise Problem(cause, "build it: fengsui text build", NOT_FOUND) from None
    except BadText as why:
        raise Problem(f"{path}: {why}", "build it again", MISMATCH) from None
    return data


def refuse_false(table: Table, data: bytes, name: str) -> None:
    """Raise Problem for a table under a generation that means another one to Boxes in the field.

    They announce language and generation only; what they would speak is not what was written.
    """
    for language, (generation, expected) in SHIPPED.items():
        same_name = (table.tag, table.generation) == (LANGUAGES[language].tag, generation)
        if same_name and _digest(data) != expected:
            cause = f"{name} is not the table that Boxes know as {language}/{generation}"
            raise Problem(cause, "build it with a generation of its own", MISMATCH)


def _mark() -> str:
    code = sorted(Path(__file__).parent.glob("*.py"))
    phrases = sorted(phrase_file.FOLDER.glob("*.txt"))
    return fingerprint(sources.mark(), *code, *phrases)


def _build(say: Callable[[str], None]) -> None:
    folder = sources.make_ready()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (generation, expected) in SHIPPED.items():
        say(f"{name}: building its table")
        language = LANGUAGES[name]
        phrases = phrase_file.read(phrase_file.shipped(language))
        table = build.built(language, language.words(folder), phrases, generation)
        _refuse_other(name, table, expected)
        path_of(name).write_bytes(table)
        say(f"{name}: {len(table):,} bytes")
    _STAMP.write_text(_mark())


def _refuse_other(name: str, table: bytes, expected: str) -> None:
    found = _digest(table)
    if found != expected:
        cause = f"the table of {name} became another one, {found}"
        next_step = "if that is meant, raise its generation in host_tools/text/tables.py"
        raise Problem(cause, next_step, MISMATCH)


def _digest(table: bytes) -> str:
    return hashlib.sha256(table).hexdigest()[:32]
