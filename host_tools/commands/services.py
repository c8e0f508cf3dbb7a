"""`fengsui gateway`, `signer`, `operator`, `sim` and `demo`: the processes of a county."""

import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from host_tools.commands import screen
from host_tools.commands.options import County, Database, Gateway, PassphraseFile
from host_tools.gateway_link import USUAL_URL
from host_tools.keys import passphrases
from host_tools.problems import NOT_FOUND, Problem

SIMULATORS = (
    "amplifier", "audio", "beidou", "cellular", "iridium", "panel", "pico", "road", "voices",
)  # fmt: skip

operator = typer.Typer(no_args_is_help=True, help="The people who may take calls.")


def gateway(  # noqa: PLR0913, PLR0917 - one for each option
    county: County,
    database: Database,
    udp: Annotated[int, typer.Option(help="UDP port for the Boxes on IP roads.")],
    http: Annotated[int, typer.Option(help="TCP port of the page.")],
    mo: Annotated[
        int | None, typer.Option(help="TCP port for what Iridium delivers (DirectIP MO).")
    ] = None,
    mt: Annotated[
        str | None, typer.Option(help="HOST:PORT that takes what goes to Boxes (MT).")
    ] = None,
    beidou: Annotated[
        str | None,
        typer.Option(metavar="PORT[:BAUD]", help="Serial port of a BeiDou command terminal."),
    ] = None,
    rockblock: Annotated[
        int | None, typer.Option(help="TCP port for what RockBLOCK's carrier posts (web hook).")
    ] = None,
    rockblock_key: Annotated[
        Path | None, typer.Option(help="PEM file: the public key that this carrier signs with.")
    ] = None,
    rockblock_mt: Annotated[
        str | None, typer.Option(help="Instead of --mt: the URL where RockBLOCK takes messages.")
    ] = None,
    rockblock_user: Annotated[
        str | None, typer.Option(help="The county's account at RockBLOCK.")
    ] = None,
    rockblock_password_file: Annotated[
        Path | None,
        typer.Option(help="Its password; else FENGSUI_ROCKBLOCK_PASSPHRASE or a prompt is used."),
    ] = None,
    bind: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    signer_url: Annotated[str | None, typer.Option(help="Where orders are composed.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Run the gateway: hears the Boxes, keeps and acknowledges, shows the page, sends orders.

    It asks for the gateway's passphrase (FENGSUI_GATEWAY_PASSPHRASE) and never opens the
    signing keys.
    """
    from host_tools.gateway.service import Options, run  # noqa: PLC0415 - slow to import

    passphrases.refuse(passphrases.SIGNING)
    passphrase = passphrases.obtain(passphrases.GATEWAY, passphrase_file)
    password = None
    if rockblock_mt is not None:
        password = passphrases.obtain(passphrases.ROCKBLOCK, rockblock_password_file)
    run(Options(
        county, database, udp, mo, mt, http, passphrase, bind, signer_url, beidou, rockblock,
        rockblock_key, rockblock_mt, rockblock_user, password,
    ))  # fmt: skip


def signer(
    county: County,
    http: Annotated[int, typer.Option(help="Port of the signing page, on this machine only.")],
    gateway: Gateway = USUAL_URL,
) -> None:
    """Serve the signing page on 127.0.0.1: the only process that opens the signing keys.

    It asks for the signing passphrase at each order and keeps it no longer than that.
    """
    from host_tools.signer.service import run  # noqa: PLC0415 - slow to import

    run(county, http, gateway)


@operator.command("add")
def operator_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    database: Database,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Let a person sign in to the gateway's page, or change their password.

    The password comes from the file, from FENGSUI_OPERATOR_PASSPHRASE, or from the keyboard.
    """
    from host_tools.gateway.database import add_operator, open_engine  # noqa: PLC0415 - slow

    password = passphrases.obtain(passphrases.OPERATOR, passphrase_file, twice=True)
    engine = open_engine(database)
    add_operator(engine, name, password)
    engine.dispose()
    screen.current().say(f"{name} may sign in.")


def restored(database: Database) -> None:
    """Say that this database was put back from an older copy, before the gateway starts again.

    What it numbers from now on is far above anything it may have used since the copy was made.
    """
    from host_tools.gateway.database import open_engine  # noqa: PLC0415 - slow to import
    from host_tools.gateway.restored import was_restored  # noqa: PLC0415

    engine = open_engine(database)
    count = was_restored(engine)
    engine.dispose()
    screen.current().data({"boxes": count}, f"{count} Boxes are sealed to one epoch ahead.")


def sim(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help=f"One of {', '.join(SIMULATORS)}; what follows is for it.")
    ] = "--help",
) -> None:
    """Run a simulator: a real peer for the Box, in its own process."""
    if name in ("-h", "--help"):
        print(context.get_help())
        return
    if name not in SIMULATORS:
        why = f"there is no simulator {name}"
        raise Problem(why, f"there are {', '.join(SIMULATORS)}", NOT_FOUND)
    sys.argv = [f"fengsui sim {name}", *context.args]
    runpy.run_module(f"host_tools.sim.{name}", run_name="__main__", alter_sys=True)


def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Run the whole script unattended and judge it.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Where to keep what was recorded (build/demo).")
    ] = None,
    roads: Annotated[
        str, typer.Option(help="Between Box and county: udp, and sbd or beidou or both.")
    ] = "udp,sbd",
    play: Annotated[
        Path | None, typer.Option(help="A fault script to play instead, as `make prove` writes.")
    ] = None,
) -> None:
    """Start a village and its county on this machine and play half a minute of it."""
    from host_tools.demo import run  # noqa: PLC0415 - slow to import
    from host_tools.demo.roads import named  # noqa: PLC0415

    raise typer.Exit(run(check, keep, named(roads), play))
