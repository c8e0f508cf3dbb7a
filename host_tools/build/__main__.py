"""`python -m host_tools.build VERB`: make the images; say how it goes and what was written."""

import sys
from contextlib import AbstractContextManager
from typing import Annotated

import typer

from host_tools.build import boards, firmware, reproducible, shared32, unix32
from host_tools.problems import GENERAL, Problem
from host_tools.setup.steps import SetupFailed, one_at_a_time

BoardName = Annotated[str, typer.Argument(metavar="BOARD", help="A folder of boards/.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command("firmware")
def _firmware(board: BoardName) -> None:
    """Build a board's UF2 and its slot image into build/firmware."""
    found = boards.find(board)
    with _alone():
        firmware.build(found)


@app.command("reproducible")
def _reproducible(board: BoardName) -> None:
    """Build a board's images twice, in two copies of this project, and compare every byte."""
    found = boards.find(board)
    with _alone():
        reproducible.prove(found)


@app.command("unix32")
def _unix32() -> None:
    """Build a MicroPython with a Pico's words for this machine, the device code frozen in."""
    with _alone():
        unix32.make_ready()


@app.command("shared32")
def _shared32(names: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Run tests/shared, or the modules named, on that MicroPython with a Box's heap."""
    chosen = shared32.chosen(names or [])
    with _alone():
        unix32.make_ready()
    shared32.run(chosen)


def _alone() -> AbstractContextManager[None]:
    """Let a second build of the same copy wait: both would write the same files."""
    return one_at_a_time("build.lock")


def main() -> None:
    try:
        app()
    except Problem as why:
        print(f"build: {why}", file=sys.stderr)
        sys.exit(why.exit_code)
    except SetupFailed as why:
        print(f"build: {why}", file=sys.stderr)
        sys.exit(GENERAL)


if __name__ == "__main__":
    main()
