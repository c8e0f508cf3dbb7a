"""`fengsui provision` and `fengsui boxes`: give a Box its keys, and see how the Boxes are."""

from pathlib import Path
from typing import Annotated, Any

import typer

from host_tools import provision as provisioning
from host_tools.commands import screen
from host_tools.commands.options import County, Gateway, PassphraseFile
from host_tools.gateway_link import USUAL_URL, Link
from host_tools.keys import files, passphrases, store
from host_tools.problems import USAGE, Problem


def provision(  # noqa: PLR0913, PLR0917 - one for each option
    county: County,
    box: Annotated[Path, typer.Option(help="The folder that is the Box's disk.")],
    address: Annotated[int, typer.Option(help="1 to 61439, one Box each.")],
    name: Annotated[str, typer.Option(help="What people call the place.")],
    unique_id: Annotated[str, typer.Option(help="The board's own id: 16 hexadecimal digits.")],
    imei: Annotated[str | None, typer.Option(help="Of its Iridium modem: 15 digits.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="A group it listens to, like 0xF001; may repeat.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="JSON file laid over the usual settings.")
    ] = None,
    database: Annotated[
        Path | None, typer.Option("--db", help="Also make it known to this gateway's database.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write a Box's keyring and settings to its disk, with a secret no Box ever had.

    Needs the gateway's passphrase (FENGSUI_GATEWAY_PASSPHRASE), never the signing one.
    """
    passphrase = passphrases.obtain(passphrases.GATEWAY, passphrase_file)
    record = provisioning.provision(
        county,
        box,
        master=store.load_master(county, passphrase),
        address=address,
        name=name,
        unique_id=unique_id,
        settings=files.read_json(settings) if settings else None,
        imei=imei,
        groups=[_group(words) for words in group or []],
    )
    if database is not None:
        _register(database, record)
    shown = f"Box {address}, {name}, issue {record['issue']}: keys and settings are in {box}"
    screen.current().data(record, shown)


def boxes(gateway: Gateway = USUAL_URL) -> None:
    """List the Boxes as the gateway sees them."""
    with Link(gateway) as link:
        listed = link.state()["boxes"]
    screen.current().table(listed, {
        "address": "Box", "name": "name", "heard_at": "last heard", "mains": "mains",
        "battery_percent": "battery %", "queue": "waiting", "faults": "faults",
    })  # fmt: skip


def _group(words: str) -> int:
    try:
        return int(words, 0)
    except ValueError:
        raise Problem(f"{words} is no group", "give a number like 0xF001", USAGE) from None


def _register(database: Path, record: dict[str, Any]) -> None:
    from host_tools.gateway.database import open_engine, register_box  # noqa: PLC0415 - slow

    engine = open_engine(database)
    register_box(engine, record)
    engine.dispose()
