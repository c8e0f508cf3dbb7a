"""`fengsui provision` and `fengsui boxes`: give a Box its keys, and see how the Boxes are."""

from pathlib import Path
from typing import Annotated, Any

import typer

from host_tools import provision as folder
from host_tools.commands import screen
from host_tools.commands.options import County, Gateway, PassphraseFile, Port
from host_tools.gateway_link import USUAL_URL, Link
from host_tools.keys import files, passphrases, store
from host_tools.place import Site
from host_tools.problems import USAGE, Problem


def provision(  # noqa: PLR0913, PLR0917 - one for each option
    county: County,
    port: Port = None,
    site: Annotated[
        Path | None,
        typer.Option("--site", "--settings", help="JSON file laid over the usual settings."),
    ] = None,
    address: Annotated[int | None, typer.Option(help="1 to 61439, one Box each.")] = None,
    name: Annotated[str | None, typer.Option(help="What people call the place.")] = None,
    imei: Annotated[str | None, typer.Option(help="Of its Iridium modem: 15 digits.")] = None,
    beidou_card: Annotated[
        str | None, typer.Option(help="Number of its BeiDou card: 7 or 8 digits.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="A group it listens to, like 0xF001; may repeat.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="The board that had this address is gone.")
    ] = False,
    database: Annotated[
        Path | None, typer.Option("--db", help="Also make it known to this gateway's database.")
    ] = None,
    box: Annotated[
        Path | None, typer.Option(help="The folder that is the disk of a Box under Linux.")
    ] = None,
    unique_id: Annotated[
        str | None, typer.Option(help="With --box: the board's own id, 16 hexadecimal digits.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Give a Box its keyring and settings, with a secret no Box ever had.

    A board at PORT gets them over USB; what it keeps is read back and compared, and it starts.
    With --box they are written into a folder.  Address, name, imei, beidou_card and groups may
    stand in the file instead, in its table "site".  Needs the gateway's passphrase
    (FENGSUI_GATEWAY_PASSPHRASE), never the signing one.
    """
    groups = [_group(words) for words in group or []]
    said = {
        "address": address, "name": name, "imei": imei, "beidou_card": beidou_card,
        "groups": groups,
    }  # fmt: skip
    told = Site(county, files.read_json(site) if site else {}, said)
    passphrase = passphrases.obtain(passphrases.GATEWAY, passphrase_file)
    master = store.load_master(county, passphrase)
    if box is None and unique_id is None:
        _over_usb(port, told, replace, master, database)
    elif port is None and box is not None and unique_id is not None:
        _into_folder(box, told, unique_id, master, database)
    else:
        next_step = "give PORT, or --box with --unique-id"
        raise Problem("a board on USB tells its unique id, a folder has none", next_step, USAGE)


def _over_usb(
    port: str | None, site: Site, replace: bool, master: bytes, database: Path | None
) -> None:
    from host_tools.board import console, provisioning, session, usb  # noqa: PLC0415 - slow

    machine, shown = usb.Usb(), screen.current()
    begun_s = machine.now_s()
    port = port or usb.only_board(machine)
    with session.opened(machine, port) as board:
        given = provisioning.provision_board(board, site, replace, master, shown.say)
        if database is not None:
            _register(database, given.record)
    record = given.record
    port = console.until_ready(machine, port, record["unique_id"])
    took_s = round(machine.now_s() - begun_s, 1)
    words = f"{_named(record)}: keys and settings are on the board {record['unique_id']}, "
    words += f"read back and compared, and the Box is ready; {took_s} s"
    facts = {"port": port, "board": given.board, "formatted": given.formatted}
    shown.data({**record, **facts, "replaced": given.replaced, "took_s": took_s}, words)


def _into_folder(
    box: Path, site: Site, unique_id: str, master: bytes, database: Path | None
) -> None:
    record = folder.provision(
        site.county, box, master=master, unique_id=unique_id, settings=site.given, **site.place()
    )
    if database is not None:
        _register(database, record)
    screen.current().data(record, f"{_named(record)}: keys and settings are in {box}")


def boxes(gateway: Gateway = USUAL_URL) -> None:
    """List the Boxes as the gateway sees them."""
    with Link(gateway) as link:
        listed = link.state()["boxes"]
    screen.current().table(listed, {
        "address": "Box", "name": "name", "heard_at": "last heard", "mains": "mains",
        "battery_percent": "battery %", "queue": "waiting", "faults": "faults",
    })  # fmt: skip


def _named(record: dict[str, Any]) -> str:
    return f"Box {record['address']}, {record['name']}, issue {record['issue']}"


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
