"""`fengsui order`, `cancel` and `templates`: compose, look, sign here, submit, and follow."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from host_tools import decode, orders, templates
from host_tools.commands import following, screen
from host_tools.commands.options import County, Gateway, PassphraseFile, Target
from host_tools.gateway_link import USUAL_URL, Link
from host_tools.keys import passphrases, store
from host_tools.problems import REFUSED, UNREACHABLE, Problem
from protocol.schema import EVENT, RANK, SIREN, WITHDRAWN

Follow = Annotated[bool, typer.Option(help="Wait, and print each stage as the Boxes report it.")]


def order(  # noqa: PLR0913, PLR0917 - one for each option
    county: County,
    target: Target,
    rank: Annotated[str, typer.Option(help=f"One of {', '.join(RANK)}.")] = "notice",
    template: Annotated[
        int | None, typer.Option(help="Its number; `fengsui templates` lists them.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Or what is to be spoken.")] = None,
    slot: Annotated[
        list[str] | None,
        typer.Option(help="What fills the template's gaps, one each: 120, 3 (a place), 20:40."),
    ] = None,
    clip: Annotated[int | None, typer.Option(help="Or a recording of the Box by number.")] = None,
    siren: Annotated[str | None, typer.Option(help=f"Or one of {', '.join(SIREN)}.")] = None,
    area: Annotated[
        list[int] | None, typer.Option(help="Only for Boxes of this area; may be repeated.")
    ] = None,
    event: Annotated[
        str | None, typer.Option(help=f"The template's own, or one of {', '.join(EVENT)}.")
    ] = None,
    valid_min: Annotated[
        int, typer.Option(help="Too late after so many minutes; rounded up to tens.")
    ] = 30,
    repeats: Annotated[int, typer.Option(help="How often it is played.")] = 2,
    emergency: Annotated[bool, typer.Option("--emergency", help="At the highest volume.")] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="Sign with the drill key; Boxes say it is a drill.")
    ] = False,
    gateway: Gateway = USUAL_URL,
    passphrase_file: PassphraseFile = None,
    follow: Follow = False,
) -> None:
    """Give an order: shown first, signed in this process, then handed to the gateway.

    The signing passphrase comes from the file, from FENGSUI_SIGNING_PASSPHRASE, or from the
    keyboard; the gateway never sees it.  With --follow the exit code is 0 only when every
    Box reported that it played.
    """
    public = store.load_public(county)
    key, address = public.named("drill" if drill else "live"), orders.target_of(target)
    composed = orders.compose(
        slot=key.number, rank=rank, template=template, text=text, clip=clip, siren=siren,
        tables=() if text is None else _tables(gateway, address),
        slots=slot or (), areas=area or (), event=event,
        valid_min=valid_min, repeats=repeats, emergency=emergency,
    )  # fmt: skip
    orders.check_scope(key, address, composed)
    screen.current().say(_look(composed, key, address))
    signer = _unlocked(county, key, passphrase_file, gateway)
    frame = orders.sign_order(public, signer, address, composed)
    submit_frame(gateway, frame, follow)


def cancel(
    name: Annotated[str, typer.Argument(help="The order, named like 1:17.")],
    county: County,
    target: Target = orders.EVERYBODY,
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(WITHDRAWN)}.")] = "false_alarm",
    gateway: Gateway = USUAL_URL,
    passphrase_file: PassphraseFile = None,
    follow: Follow = False,
) -> None:
    """Withdraw an order with the key that gave it; what sounds is stopped."""
    public, order_id = store.load_public(county), orders.id_of(name)
    slot = public.numbered(order_id[0])
    if slot is None:
        raise Problem(f"no key of this county gave {name}", exit_code=REFUSED)
    address = orders.target_of(target)
    screen.current().say(f"Withdrawing {name} from {orders.said(address)}: {reason}.")
    signer = _unlocked(county, slot, passphrase_file, gateway)
    frame = orders.sign_cancel(public, signer, address, order_id, reason)
    submit_frame(gateway, frame, follow)


def submit(
    hex_bytes: Annotated[str, typer.Argument(metavar="HEX", help="The signed frame.")],
    gateway: Gateway = USUAL_URL,
    follow: Follow = False,
) -> None:
    """Hand over an order that was signed before; the gateway keeps the same bytes once."""
    submit_frame(gateway, decode.unhex(hex_bytes), follow)


def listed() -> None:
    """List what a Box can say without being sent the words."""
    rows = [
        {
            "number": known.number, "event": known.event, "zh": known.zh, "en": known.en,
            "slots": " ".join(known.slots),
        }
        for known in templates.BANK
    ]  # fmt: skip
    headings = {"number": "No.", "event": "event", "zh": "中文", "en": "English", "slots": "slots"}
    screen.current().table(rows, headings)


def _look(order: Any, slot: store.PublicSlot, address: int) -> str:
    zh, en = orders.spoken(order, slot.drill)
    kind = "DRILL" if slot.drill else "LIVE, for real"
    return "\n".join(
        line
        for line in (
            f"{kind}: rank {order.rank}, to {_whom(order, address)}, {order.event}",
            f"  {zh}",
            f"  {en}",
            f"  text by {orders.text_form(order)}" if order.text else "",
            f"  {_times(order.repeats)} at {order.volume} volume, "
            f"within {10 * order.valid_10min} minutes",
        )
        if line.strip()
    )


def _tables(gateway: str, address: int) -> Collection[int]:
    with Link(gateway) as link:
        return link.text_tables(address)


def _whom(order: Any, address: int) -> str:
    if order.areas is None:
        return orders.said(address)
    areas = ", ".join(map(str, order.areas))
    return f"{orders.said(address)} of area {areas}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _unlocked(
    county: Path, slot: store.PublicSlot, file: Path | None, gateway: str
) -> store.Signer:
    """Return the key with its counter above every number that the county has seen."""
    passphrase = passphrases.obtain(passphrases.SIGNING, file)
    signer = store.load_signing(county, slot.name, passphrase)
    with Link(gateway) as link:
        skipped_to = signer.keep_above(link.highest(slot.number))
    if skipped_to is not None:
        screen.current().say(f"The counter of {slot.name} was an old copy: on at {skipped_to}.")
    return signer


def submit_frame(gateway: str, frame: bytes, follow: bool) -> None:
    """Hand the frame over; when the gateway does not answer, the person is left with the bytes."""
    name, shown = orders.named(orders.id_in(frame)), screen.current()
    with Link(gateway) as link:
        try:
            link.submit(frame)
        except Problem as why:
            if why.exit_code != UNREACHABLE:
                raise
            again = f"{name} is signed: hand it over later with `fengsui submit {frame.hex()}`"
            raise Problem(why.cause, again, UNREACHABLE) from None
        shown.data({"order": name, "frame": frame.hex()}, f"{name} is at the gateway")
        if follow:
            raise typer.Exit(following.follow(link.state, name, shown))
