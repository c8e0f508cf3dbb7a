"""Compose an order, say in words what it will do, and sign it.

Refused here, before a number is used, is whatever a Box would refuse: a rank or a target
outside the key's scope, an order that ends before it begins, a template nobody recorded.
"""

import time
from collections.abc import Collection, Sequence
from typing import Any

from host_tools import slots as slot_values
from host_tools import templates, wording
from host_tools.keys.store import Public, PublicSlot, Signer
from host_tools.problems import REFUSED, USAGE, Problem
from host_tools.text import area, known
from protocol import calendar, frame, messages, proof
from protocol.keyring_file import target_kind
from protocol.schema import DOWN, EVENT, RANK, SIREN, VOLUME, WITHDRAWN

MOST_VALID_MIN = 10_080  # a week
MOST_REPEATS = 20
MOST_CLIP = 0xFFFF
MOST_AREAS = 16
EVERYBODY = "all"

_UNREADABLE = "(…)"  # a text by a table that is not here


def compose(  # noqa: PLR0913 - an order's own fields
    *,
    slot: int,
    rank: str,
    template: int | None = None,
    text: str | None = None,
    tables: Collection[int] = (),
    clip: int | None = None,
    siren: str | None = None,
    slots: Sequence[str] = (),
    areas: Sequence[int] = (),
    event: str | None = None,
    valid_min: int = 30,
    repeats: int = 2,
    emergency: bool = False,
    issued: int | None = None,
    replaces: bytes | None = None,
) -> Any:
    """Return the protocol's Order, or raise Problem.

    It is by template, by text, by clip or by siren (a word of schema.SIREN).  slots: what
    fills the template's gaps, as typed.  tables: the first bytes of texts that every target told
    it can read; a text is written by one of them or in UTF-8, in the fewest bytes.  areas: only
    Boxes of these areas take it.
    issued: minutes since 2025-01-01T00:00Z, now when left out.  valid_min is rounded up to
    tens.  event is the template's own when left out.  repeats counts every playing.
    """
    _check_words(rank, event)
    _check_numbers(valid_min, repeats)
    _check_voice(template, text, clip, siren)
    _check_areas(areas)
    bank = templates.find(template) if template is not None else None
    values = slot_values.read(template or 0, bank.slots if bank else (), slots)
    return messages.make(
        "Order",
        slot=slot,
        issued=minute(time.time()) if issued is None else issued,
        valid_10min=-(-valid_min // 10),
        event=event or (bank.event if bank else "none"),
        rank=rank,
        repeats=repeats,
        volume=VOLUME[emergency],
        text=None if text is None else _text_field(text, tables),
        template=template,
        slots=values or None,
        areas=bytes(sorted(set(areas))) or None,
        replaces=replaces,
        clip=clip,
        siren=siren,
    )


def sign_order(public: Public, signer: Signer, target: int, order: Any) -> bytes:
    """Return the SIGNED frame of this order, or raise Problem before a number is used."""
    check_scope(signer.slot, target, order)
    priority = len(RANK) - 1 - RANK.index(order.rank)
    return signed(public, signer, target, order, priority)


def sign_cancel(
    public: Public, signer: Signer, target: int, order_id: bytes, reason: str
) -> bytes:
    """Return the SIGNED frame that withdraws an order, or raise Problem.

    reason is a word of schema.WITHDRAWN.  A key withdraws its own orders only: a Box refuses
    a Cancel of an order that its slot could not have given.
    """
    if reason not in WITHDRAWN:
        raise Problem(f"the reason is one of {', '.join(WITHDRAWN)}", exit_code=USAGE)
    slot = signer.slot
    _check_own(slot, order_id)
    _check_target(slot, target)
    cancel = messages.make("Cancel", slot=slot.number, order=order_id, reason=reason)
    return signed(public, signer, target, cancel, 0)


def check_scope(slot: PublicSlot, target: int, order: Any) -> None:
    """Raise Problem when this key may not give this order to this target."""
    if order.slot != slot.number:
        raise Problem(f"the order names slot {order.slot}, the key is {slot.number}", "", USAGE)
    if not slot.ranks >> RANK.index(order.rank) & 1:
        raise Problem(f"the key {slot.name} may not give orders of rank {order.rank}", "", REFUSED)
    _check_target(slot, target)
    if order.replaces is not None:
        _check_own(slot, order.replaces)


def target_of(words: str) -> int:
    """Return the address in "all", a Box's number or a group's, as 61441 or 0xF001."""
    if words == EVERYBODY:
        return frame.EVERYBODY
    try:
        address = int(words, 0)
    except ValueError:
        address = 0
    if not 0 < address <= frame.LAST_GROUP:
        why = f"{words} is no target"
        raise Problem(why, "give a Box's address, a group's or the word all", USAGE)
    return address


def said(target: int) -> str:
    """Return a target in words."""
    if target == frame.EVERYBODY:
        return "everybody"
    return f"group 0x{target:04X}" if target >= frame.FIRST_GROUP else f"Box {target}"


def spoken(order: Any, drill: bool) -> tuple[str, str]:
    """Return what the village will hear, in Chinese and in English; a text has one language.

    A Box says before and after a drill that it is one.
    """
    if order.text is not None:
        words = (known.words(order.text) or _UNREADABLE, "")
    else:
        words = wording.of(order.template, order.slots, order.clip, order.siren)
    if not drill:
        return words
    zh, en = templates.DRILL
    return zh + words[0] + zh, f"{en} {words[1]} {en}" if words[1] else ""


def text_form(order: Any) -> str:
    """Return how the text of an order is written, in words: by which table, in how many bytes."""
    by = area.named(order.text[0]) if order.text[0] else "UTF-8"
    return f"{by}, {len(order.text)} bytes"


def named(order_id: bytes) -> str:
    """Return slot and SEQ as people read them, like 1:17."""
    return f"{order_id[0]}:{int.from_bytes(order_id[1:], 'big')}"


def id_of(words: str) -> bytes:
    """Return the four bytes of a name like 1:17, or raise Problem."""
    slot, colon, seq = words.partition(":")
    if not (colon and slot.isdecimal() and seq.isdecimal()):
        raise Problem(f"{words} is no order", "an order is named like 1:17", USAGE)
    if int(slot) > 255 or int(seq) > 0xFFFFFF:
        raise Problem(f"{words} is no order", "slots end at 255, numbers at 16777215", USAGE)
    return calendar.order_id(int(slot), int(seq))


def id_in(signed_frame: bytes) -> bytes:
    """Return the four bytes that name the Order or Cancel in a SIGNED frame, or raise Problem."""
    try:
        header, protected = frame.read(signed_frame)
        proof.check_permitted(header)
        body, _ = proof.split_signed(protected)
        slot = messages.decode(DOWN, header.type, body).slot
    except (AttributeError, ValueError):
        raise Problem("these bytes are not a signed order", exit_code=USAGE) from None
    return calendar.order_id(slot, header.seq)


def minute(unix_s: float) -> int:
    """Return the wire's minute of a time in seconds since 1970."""
    return int(unix_s - calendar.ZERO_UNIX) // 60


def _check_voice(
    template: int | None, text: str | None, clip: int | None, siren: str | None
) -> None:
    if (template, text, clip, siren).count(None) != 3:
        why = "an order has a template, a text, a clip or a siren"
        raise Problem(why, "give one of them", USAGE)
    if siren is not None and siren not in SIREN:
        raise Problem(f"the siren is one of {', '.join(SIREN)}", exit_code=USAGE)
    if clip is not None and not 0 <= clip <= MOST_CLIP:
        raise Problem(f"a clip has a number from 0 to {MOST_CLIP}", exit_code=USAGE)


def _check_areas(areas: Sequence[int]) -> None:
    if len(set(areas)) > MOST_AREAS or any(not 0 <= area <= 255 for area in areas):
        raise Problem(f"an order is for at most {MOST_AREAS} areas, 0 to 255", exit_code=USAGE)


def _check_words(rank: str, event: str | None) -> None:
    if rank not in RANK:
        raise Problem(f"the rank is one of {', '.join(RANK)}", exit_code=USAGE)
    if event is not None and event not in EVENT:
        raise Problem(f"the event is one of {', '.join(EVENT)}", exit_code=USAGE)


def _check_numbers(valid_min: int, repeats: int) -> None:
    if not 1 <= valid_min <= MOST_VALID_MIN:
        raise Problem(f"an order is valid for 1 to {MOST_VALID_MIN} minutes", exit_code=USAGE)
    if not 1 <= repeats <= MOST_REPEATS:
        raise Problem(f"an order is played 1 to {MOST_REPEATS} times", exit_code=USAGE)


def _text_field(text: str, tables: Collection[int]) -> bytes:
    if not text.strip():
        raise Problem("a text has at least one character", exit_code=USAGE)
    return known.field_of(text.strip(), tables)


def _check_own(slot: PublicSlot, order_id: bytes) -> None:
    if order_id[0] != slot.number:
        raise Problem(f"the key {slot.name} may not withdraw {named(order_id)}", "", REFUSED)


def _check_target(slot: PublicSlot, target: int) -> None:
    if not slot.targets & target_kind(target):
        raise Problem(f"the key {slot.name} may not speak to {said(target)}", "", REFUSED)


def signed(public: Public, signer: Signer, target: int, message: Any, priority: int) -> bytes:
    """Return the SIGNED frame of any message, under a number that nobody used before."""
    body = messages.encode(DOWN, message)
    number = messages.row_of(DOWN, message).number
    seq = signer.next_seq()
    header = frame.Header(frame.SIGNED, DOWN, number, priority, False, target, seq)
    signature = signer.sign(proof.to_be_signed(public.realm, header, body))
    return frame.write(header, body + signature)
