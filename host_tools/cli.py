"""`fengsui`: puts the verbs together, and tells a person in one sentence what went wrong."""

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from host_tools import __version__
from host_tools.commands import (
    boxes,
    calls,
    decode,
    flash,
    image,
    keys,
    orders,
    screen,
    services,
    text,
)
from host_tools.problems import GENERAL, INTERRUPTED, UNREACHABLE, Problem

_ANYWHERE = ("--json", "--debug")
_PASSED_ON = "sim"  # what follows its name is the simulator's


class Anywhere(TyperGroup):
    """Takes --json and --debug before the verb and after it alike."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        verb = next((word for word in args if not word.startswith("-")), "")
        end = args.index(verb) if verb == _PASSED_ON else len(args)
        first = [word for word in args[:end] if word in _ANYWHERE]
        rest = [word for word in args[:end] if word not in _ANYWHERE]
        return super().parse_args(ctx, first + rest + args[end:])


app = typer.Typer(
    name="fengsui",
    cls=Anywhere,
    help="Village emergency broadcast, from the county's desk to the Box on the pole.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(keys.app, name="keys")
app.add_typer(image.app, name="image")
app.command("flash")(flash.flash)
app.command("provision")(boxes.provision)
app.command("gateway")(services.gateway)
app.command("restored")(services.restored)
app.command("signer")(services.signer)
app.command("order")(orders.order)
app.command("cancel")(orders.cancel)
app.command("submit")(orders.submit)
app.command("templates")(orders.listed)
app.add_typer(calls.app, name="calls")
app.command("boxes")(boxes.boxes)
app.command("decode")(decode.decode)
app.add_typer(text.app, name="text")
app.add_typer(services.operator, name="operator")
app.command(
    "sim",
    add_help_option=False,  # what follows the simulator's name is the simulator's, --help too
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(services.sim)
app.command("demo")(services.demo)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"fengsui {__version__}")
        raise typer.Exit


@app.callback()
def fengsui(
    as_json: Annotated[bool, typer.Option("--json", help="Print data as JSON.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of what goes wrong.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Village emergency broadcast, from the county's desk to the Box on the pole."""
    screen.use(screen.Screen(as_json))


def main(args: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    args = sys.argv[1:] if args is None else args
    _speak_utf_8()
    sys.exit(code_of(args))


def code_of(args: list[str]) -> int:
    try:
        return app(args, standalone_mode=False) or 0
    except typer.TyperException as why:
        return _misused(why)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as why:
        if "--debug" in args:
            raise
        return _told(why)


def _misused(why: typer.TyperException) -> int:
    """Print what was wrong with the words; nothing where the help was printed already."""
    words = why.format_message()
    context = getattr(why, "ctx", None)
    if words and context is not None:
        words += f" `{context.command_path} --help` tells more."
    if words:
        print(f"fengsui: {words}", file=sys.stderr)
    return why.exit_code


def _told(why: Exception) -> int:
    """Print one clear sentence; return the exit code."""
    if isinstance(why, Problem):
        print(f"fengsui: {why}", file=sys.stderr)
        return why.exit_code
    if isinstance(why, OSError):
        what = f"{why.filename}: {why.strerror}" if why.filename else why.strerror or str(why)
        print(f"fengsui: {what}.", file=sys.stderr)
        return UNREACHABLE
    print(f"fengsui: this should not happen: {type(why).__name__}: {why}", file=sys.stderr)
    print("fengsui: run it again with --debug and send us what it says.", file=sys.stderr)
    return GENERAL


def _speak_utf_8() -> None:
    """Whatever the terminal's own table of characters, Chinese must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
