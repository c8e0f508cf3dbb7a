"""`fengsui keys`: make a county's keys, say whom the Boxes believe, recover a lost counter."""

from pathlib import Path
from typing import Annotated

import typer

from host_tools import orders
from host_tools.commands import screen
from host_tools.commands.options import County, PassphraseFile, Target
from host_tools.commands.orders import submit_frame
from host_tools.keys import counter, passphrases, store
from host_tools.keys.public import TARGETS, number_of, words_of
from host_tools.problems import USAGE, Problem
from host_tools.rekeying import Rekeying
from protocol.schema import RANK, USE

Ranks = Annotated[str, typer.Option(help=f"The ranks it may give: some of {', '.join(RANK)}.")]
Scope = Annotated[str, typer.Option(help=f"To whom it may speak: some of {', '.join(TARGETS)}.")]
Uses = Annotated[str, typer.Option(help=f"What it is for: some of {', '.join(USE)}.")]
By = Annotated[str, typer.Option(help="Who signs: root, or its successor, next.")]
Submit = Annotated[
    str | None, typer.Option("--gateway", help="Hand it over there; else it is only printed.")
]

EVERY_RANK, EVERYWHERE = ",".join(RANK), ",".join(TARGETS)

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
    name: Annotated[str, typer.Argument(help="The signing key, like live, or root.")],
    county: County,
    highest: Annotated[
        int, typer.Option(help="The highest number of this key that the county has seen.")
    ],
) -> None:
    """Begin a lost or torn counter again, far above every number that was ever used.

    The gateway's page and the Boots of the Boxes tell the highest number seen.
    """
    if name != store.ROOT:
        store.load_public(county).named(name)
    number = counter.recover(county / "signing" / f"{name}.counter", highest)
    screen.current().data({"key": name, "next": number}, f"{name} goes on at {number}")


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - one for each option
    name: Annotated[str, typer.Argument(help="What the new key is called here.")],
    county: County,
    slot: Annotated[int, typer.Option(min=1, max=255, help="Its number on the Boxes.")],
    ranks: Ranks = EVERY_RANK,
    to: Scope = EVERYWHERE,
    uses: Uses = "orders",
    target: Target = orders.EVERYBODY,
    by: By = store.ROOT,
    gateway: Submit = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a signing key, and the Keys by which a root tells the Boxes to believe it.

    The gateway believes it once it is started again with the new public.json.
    """
    scope = (
        number_of(ranks, RANK, "ranks"), number_of(to, TARGETS, "targets"),
        number_of(uses, USE, "uses"),
    )  # fmt: skip
    address = orders.target_of(target)
    signed = _root(county, by, passphrase_file).add(name, slot, *scope, address)
    _hand_over(*signed, gateway, f"{name} is slot {slot}")


@app.command("change")
def change(  # noqa: PLR0913, PLR0917 - one for each option
    name: Annotated[str, typer.Argument(help="The key.")],
    county: County,
    ranks: Annotated[str | None, typer.Option(help="The ranks it may give from now on.")] = None,
    to: Annotated[str | None, typer.Option(help="To whom it may speak from now on.")] = None,
    uses: Annotated[str | None, typer.Option(help="What it is for from now on.")] = None,
    target: Target = orders.EVERYBODY,
    by: By = store.ROOT,
    gateway: Submit = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Give a signing key another scope."""
    asked = (("ranks", ranks, RANK), ("targets", to, TARGETS), ("uses", uses, USE))
    scope = {what: number_of(said, words, what) for what, said, words in asked if said}
    if not scope:
        raise Problem("nothing is to be changed", "give --ranks, --to or --uses", USAGE)
    signed = _root(county, by, passphrase_file).change(name, orders.target_of(target), **scope)
    _hand_over(*signed, gateway, f"{name} has another scope")


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="The key that is believed no longer.")],
    county: County,
    target: Target = orders.EVERYBODY,
    by: By = store.ROOT,
    gateway: Submit = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Let no Box believe this key any more; what it ordered and nobody heard yet is dropped."""
    signed = _root(county, by, passphrase_file).revoke(name, orders.target_of(target))
    _hand_over(*signed, gateway, f"{name} is revoked")


@app.command("epoch")
def epoch(
    number: Annotated[int, typer.Argument(min=1, max=0xFFFF, help="The page tells which.")],
    county: County,
    target: Target,
    by: By = store.ROOT,
    gateway: Submit = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Order a Box to seal under a new epoch: after a conflict, or to rotate its keys."""
    signed = _root(county, by, passphrase_file).order_epoch(number, orders.target_of(target))
    _hand_over(*signed, gateway, f"epoch {number} for {target}")


def _root(county: Path, by: str, passphrase_file: Path | None) -> Rekeying:
    if by not in (store.ROOT, store.NEXT):
        raise Problem(f"{by} is no root", f"it is {store.ROOT} or {store.NEXT}", USAGE)
    store.load_public(county)
    return Rekeying(county, passphrases.obtain(passphrases.SIGNING, passphrase_file), by)


def _hand_over(name: str, frame: bytes, gateway: str | None, done: str) -> None:
    """Give the signed frame to the gateway, or to the person who carries it there."""
    if gateway is not None:
        submit_frame(gateway, frame, follow=False)
        return
    fields = {"order": name, "frame": frame.hex()}
    words = f"{done}, signed as {name}. Hand it over with `fengsui submit {frame.hex()}`"
    screen.current().data(fields, words)


def _show(public: store.Public) -> None:
    slots = [
        {
            "number": slot.number,
            "name": slot.name,
            "drill": slot.drill,
            "uses": words_of(slot.uses, USE),
            "ranks": words_of(slot.ranks, RANK),
            "targets": words_of(slot.targets, TARGETS),
            "revoked": slot.revoked,
            "public_key": slot.public_key.hex(),
        }
        for slot in public.slots
    ]
    fields = {
        "realm": public.realm.hex(), "root_public_key": public.root_public_key.hex(),
        "next_root_public_key": public.next_root_public_key.hex(), "slots": slots,
    }  # fmt: skip
    lines = [
        f"realm  {fields['realm']}",
        f"root   {fields['root_public_key']}",
        f"next   {fields['next_root_public_key']}",
    ]
    for slot in slots:
        kind = "revoked" if slot["revoked"] else ", ".join(slot["uses"])
        lines.append(f"slot {slot['number']}  {slot['public_key']}  {slot['name']} ({kind})")
    screen.current().lines(fields, lines)
