"""`fengsui flash`: put an image onto the board on a USB cable."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.commands import screen
from host_tools.commands.options import Port


def flash(
    image: Annotated[Path, typer.Option(help="The UF2 file, such as `make firmware` builds.")],
    port: Port = None,
    drive: Annotated[
        Path | None,
        typer.Option(help="Where the board's drive RPI-RP2 or RP2350 is mounted, if not found."),
    ] = None,
) -> None:
    """Put an image onto one board over USB, and read back that it runs there.

    Its settings, its keys and what it keeps for the county stay; its text tables become the
    image's.  A board that holds nothing,
    or was plugged in with BOOTSEL held, needs no PORT.
    """
    from host_tools.board import flashing  # noqa: PLC0415 - slow to import
    from host_tools.board.usb import Usb  # noqa: PLC0415

    shown = screen.current()
    wish = flashing.wanted(image)
    with _bar(shown.as_json) as progress:
        done = flashing.flash(Usb(), port, wish, drive, shown.say, progress)
    release = done["release"]
    words = f"{done['port']}: {release['board']} {release['version']} runs on the board "
    words += f"{done['unique_id']}, read back and compared; {done['took_s']} s"
    shown.data(done, words)


@contextmanager
def _bar(hidden: bool) -> Iterator:
    """Give progress(done, total); a bar on a terminal, nothing elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(file=sys.stderr)
    off = hidden or not console.is_terminal
    with Progress(console=console, transient=True, disable=off) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
