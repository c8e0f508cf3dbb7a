"""`fengsui text`: tables of words for Boxes, and what texts cost by them."""

from pathlib import Path
from typing import Annotated

import typer

from host_tools.commands import screen
from protocol.text import Table

app = typer.Typer(no_args_is_help=True, help="Texts in few bytes: tables, and what they save.")

_COLUMNS = {
    "characters": "characters",
    "bytes": "bytes",
    "bits_per_character": "bits a character",
    "utf_8_bytes": "in UTF-8",
    "form": "form",
    "fits": "fits",
    "text": "text",
}
_SHOWN = 24  # characters of each text


@app.command("build")
def build(
    language: Annotated[str, typer.Argument(help="zh, ug, kk-Arab or kk.")],
    out: Annotated[Path, typer.Option(help="The folder to put LANGUAGE.table into.")],
    generation: Annotated[
        int, typer.Option(help="0 to 15; one that Boxes have is never built anew.")
    ],
    phrases: Annotated[
        Path | None, typer.Option(help="The county's phrases, one a line; else our own.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option(help="Bytes of flash it may take, at most 40000.")
    ] = None,
) -> None:
    """Build a language's table from general words and a county's phrases.

    The same words, phrases, generation and budget make the same bytes.  Exit code 4: the word
    lists could not be fetched.  Exit code 5: the phrase file or a number is not what it should be.
    """
    from host_tools.text import build as building  # noqa: PLC0415 - slow to import
    from host_tools.text import phrase_file, sources, tables  # noqa: PLC0415

    shown, asked = screen.current(), building.find(language)
    lines = phrase_file.read(phrases or phrase_file.shipped(asked))
    shown.say(f"{language}: reading the word lists")
    words = asked.words(sources.make_ready())
    table = building.built(asked, words, lines, generation, budget, shown.say)
    tables.refuse_false(Table(table), table, "this")
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{language}.table"
    file.write_bytes(table)
    told = {"file": str(file), "language": language, "generation": generation}
    told |= {"phrases": len(lines), "bytes": len(table)}
    shown.data(told, f"{file}: {len(table):,} bytes")


@app.command("measure")
def measure(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="UTF-8, one text a line.")],
    lang: Annotated[str, typer.Option(help="zh, ug, kk-Arab or kk.")],
    table: Annotated[
        Path | None, typer.Option(help="The county's own table; else the one that comes with us.")
    ] = None,
) -> None:
    """Tell characters, bytes and bits a character of each text, as it would be sent.

    Bytes are those of the whole field; a text that UTF-8 makes shorter is counted in UTF-8.
    """
    from host_tools.text import build as building  # noqa: PLC0415 - slow to import
    from host_tools.text import measure as measuring  # noqa: PLC0415
    from host_tools.text import tables  # noqa: PLC0415

    shown, asked = screen.current(), building.find(lang)
    texts = measuring.texts_in(file)
    if table is None:
        tables.make_ready(shown.say)
    told = measuring.measured(texts, tables.read_for(asked, table))
    if shown.as_json:
        shown.data(told)
        return
    rows = [{**row, "text": row["text"][:_SHOWN]} for row in told["lines"]]
    shown.table(rows, _COLUMNS)
    shown.say(
        f"{told['characters']:,} characters in {told['bytes']:,} bytes: "
        f"{told['bits_per_character']:.2f} bits a character, UTF-8 {told['utf_8_bytes']:,} bytes"
    )
