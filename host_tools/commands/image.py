"""`fengsui image`: what a firmware image is, and an image of recordings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from host_tools.commands import screen

app = typer.Typer(no_args_is_help=True, help="Images for the flash of a board.")

_SHOWN = {
    "family": "chip",
    "board": "board",
    "version": "version",
    "software": "release number",
    "schema": "message table",
    "tables": "text tables",
    "from": "flash from",
    "to": "flash to",
    "bytes": "bytes",
    "sha256": "SHA-256",
}


@app.command("info")
def info(
    file: Annotated[Path, typer.Argument(metavar="FILE.uf2", help="The image to look into.")],
    board: Annotated[
        str | None, typer.Option(help="Refuse it unless it was built for this board.")
    ] = None,
) -> None:
    """Tell which chip, board, version and message table an image is made for, and its text tables.

    Exit code 5: it is no whole UF2 file, or not for the board that was asked for.
    """
    from host_tools.build import image  # noqa: PLC0415 - slow to import

    told = image.described(file, board)
    lines = [f"{label:<15} {_word(told[key])}" for key, label in _SHOWN.items()]
    screen.current().lines(told, lines)


@app.command("tables")
def tables(
    files: Annotated[list[Path], typer.Argument(help="LANGUAGE.table each, of `fengsui text`.")],
    out: Annotated[Path, typer.Option(help="The image to write, for the board's tables area.")],
    board: Annotated[
        str | None, typer.Option(help="Refuse it unless it fits this board's tables area.")
    ] = None,
) -> None:
    """Make one image of text tables: for the file that a Linux board's settings name `tables`, or
    for a Pico's tables area.  The images of `make firmware` have ours already.
    """
    from host_tools.build import boards  # noqa: PLC0415 - slow to import
    from host_tools.text import area, tables  # noqa: PLC0415

    made = area.written([tables.bytes_of(file) for file in files])
    if board is not None:
        area.refuse_too_big(boards.find(board).flash.row(area.NAME).length, len(made))
    out.write_bytes(made)
    told = {"file": str(out), "bytes": len(made), "tables": area.names(made)}
    screen.current().data(told, f"{out}: {len(made):,} bytes, {' '.join(told['tables'])}")


@app.command("clips")
def clips(
    folder: Annotated[Path, typer.Argument(help="Where the recordings are: NAME.wav each.")],
    out: Annotated[Path, typer.Option(help="The image to write, for the board's clips area.")],
    board: Annotated[
        str | None, typer.Option(help="Refuse it unless it fits this board's clips area.")
    ] = None,
) -> None:
    """Make one image of a folder of recordings, which a board plays from where it lies in flash.

    Each must be a WAV file of 16-bit PCM, one channel, 8000 samples a second.
    """
    from host_tools.build import boards, clips  # noqa: PLC0415 - slow to import

    made = clips.image(folder)
    if board is not None:
        clips.refuse_too_big(boards.find(board), len(made))
    out.write_bytes(made)
    screen.current().data({"file": str(out), "bytes": len(made)}, f"{out}: {len(made):,} bytes")


def _word(value: Any) -> str:
    if isinstance(value, list):
        value = " ".join(value) or None
    return "-" if value is None else str(value)
