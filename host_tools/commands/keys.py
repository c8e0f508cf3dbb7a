"""`fengsui keys`: make a county's keys, show the public ones, recover a lost counter."""

from pathlib import Path
from typing import Annotated

import typer

from host_tools.commands import screen
from host_tools.commands.options import County
from host_tools.keys import counter, passphrases, store

app = typer.Typer(no_args_is_help=True, help="Make a county's keys and look at the public ones.")


@app.command("init")
def init(
    folder: Annotated[Path, typer.Option("--dir", help="A new or empty folder.")],
    gateway_passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase of the gateway's master.")
    ] = None,
    signing_passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase of the signing keys.")
    ] = None,
) -> None:
    """Make a county: root, live and drill signing keys and the master, encrypted at rest.

    The passphrases come from these files, from FENGSUI_GATEWAY_PASSPHRASE and
    FENGSUI_SIGNING_PASSPHRASE, or from the keyboard.
    """
    gateway = passphrases.obtain(passphrases.GATEWAY, gateway_passphrase_file, twice=True)
    signing = passphrases.obtain(passphrases.SIGNING, signing_passphrase_file, twice=True)
    public = store.init(folder, gateway, signing)
    screen.current().say(
        f"Made {folder}. Give {folder}/gateway to the gateway's machine and keep "
        f"{folder}/signing on the signer's; lose neither passphrase."
    )
    _show(public)


@app.command("show")
def show(county: County) -> None:
    """Show the realm and the public keys; needs no passphrase."""
    _show(store.load_public(county))


@app.command("recover")
def recover(
    name: Annotated[str, typer.Argument(help="The signing key: live or drill.")],
    county: County,
    highest: Annotated[
        int, typer.Option(help="The highest number of this key that the county has seen.")
    ],
) -> None:
    """Begin a lost or torn counter again, far above every number that was ever used.

    The gateway's page and the Boots of the Boxes tell the highest number seen.
    """
    store.load_public(county).named(name)
    number = counter.recover(county / "signing" / f"{name}.counter", highest)
    screen.current().data({"key": name, "next": number}, f"{name} goes on at {number}")


def _show(public: store.Public) -> None:
    slots = [
        {
            "number": slot.number,
            "name": slot.name,
            "drill": slot.drill,
            "public_key": slot.public_key.hex(),
        }
        for slot in public.slots
    ]
    fields = {
        "realm": public.realm.hex(), "root_public_key": public.root_public_key.hex(),
        "slots": slots,
    }  # fmt: skip
    lines = [f"realm  {fields['realm']}", f"root   {fields['root_public_key']}"]
    for slot in slots:
        kind = "drill" if slot["drill"] else "live"
        lines.append(f"slot {slot['number']}  {slot['public_key']}  {slot['name']} ({kind})")
    screen.current().lines(fields, lines)
