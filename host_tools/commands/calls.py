"""`fengsui calls`: who pressed a button, and that somebody takes care of it."""

from typing import Annotated

import typer

from host_tools.commands import screen
from host_tools.commands.options import Gateway, PassphraseFile
from host_tools.gateway_link import USUAL_URL, Link
from host_tools.keys import passphrases
from protocol.schema import CLOSED

app = typer.Typer(no_args_is_help=True, help="List, take and close the calls of the villages.")

Number = Annotated[int, typer.Argument(help="The call's number in `fengsui calls list`.")]
Name = Annotated[
    str, typer.Option("--as", envvar="FENGSUI_OPERATOR", help="Who you are.", show_envvar=True)
]


@app.command("list")
def listed(gateway: Gateway = USUAL_URL) -> None:
    """List the calls nobody closed, the oldest first, and the last ones closed."""
    with Link(gateway) as link:
        calls = link.state()["calls"]
    screen.current().table(calls, {
        "id": "No.", "state": "state", "kind": "kind", "box": "Box", "button": "button",
        "by": "by", "lamp": "lamp", "received_at": "received",
    })  # fmt: skip


@app.command("take")
def take(
    number: Number,
    name: Name,
    gateway: Gateway = USUAL_URL,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Take a call: its lamp says so as soon as the Box has confirmed it.

    The password comes from the file, from FENGSUI_OPERATOR_PASSPHRASE, or from the keyboard.
    """
    password = passphrases.obtain(passphrases.OPERATOR, passphrase_file)
    with Link(gateway) as link, link.signed_in(name, password):
        answer = link.take(number)
    screen.current().data({"id": number, **answer}, f"call {number} is yours, {name}")


@app.command("close")
def close(
    number: Number,
    name: Name,
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(CLOSED)}.")] = "helped",
    gateway: Gateway = USUAL_URL,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Close a call, and say how it ended."""
    password = passphrases.obtain(passphrases.OPERATOR, passphrase_file)
    with Link(gateway) as link, link.signed_in(name, password):
        answer = link.close(number, reason)
    screen.current().data({"id": number, **answer}, f"call {number} is closed: {reason}")
