"""Compose an order, say in words what it will do, and sign it.

Refused here, before a number is used, is whatever a Box would refuse: a rank or a target
outside the key's scope, an order that ends before it begins, a template nobody recorded.
"""

import time
from typing import Any

from host_tools import templates
from host_tools.keys.store import Public, PublicSlot, Signer
from host_tools.problems import REFUSED, USAGE, Problem
from protocol import calendar, frame, messages, proof
from protocol.keyring_file import TO_ALL, TO_GROUP, TO_ONE
from protocol.schema import DOWN, EVENT, RANK, VOLUME, WITHDRAWN

MOST_VALID_MIN = 10_080  # a week
MOST_REPEATS = 20
MOST_TEXT_BYTES = 239
EVERYBODY = "all"

_UTF_8 = b"\0"  # the first byte of a text field: tag 0, table generation 0


def compose(  # noqa: PLR0913 - an order's own fields
    *,
    slot: int,
    rank: str,
    template: int | None = None,
    text: str | None = None,
    event: str | None = None,
    valid_min: int = 30,
    repeats: int = 2,
    emergency: bool = False,
    issued: int | None = None,
    replaces: bytes | None = None,
) -> Any:
    """Return the protocol's Order, or raise Problem.

    issued: minutes since 2025-01-01T00:00Z, now when left out.  valid_min is rounded up to
    tens.  event is the template's own when left out.  repeats counts every playing.
    """
    _check_words(rank, event)
    _check_numbers(valid_min, repeats)
    if (template is None) == (text is None):
        raise Problem("an order has either a template or a text", "give one of them", USAGE)
    known = templates.find(template) if template is not None else None
    return messages.make(
        "Order",
        slot=slot,
        issued=minute(time.time()) if issued is None else issued,
        valid_10min=-(-valid_min // 10),
        event=event or (known.event if known else "none"),
        rank=rank,
        repeats=repeats,
        volume=VOLUME[emergency],
        text=None if text is None else _text_field(text),
        template=template,
        replaces=replaces,
    )


def sign_order(public: Public, signer: Signer, target: int, order: Any) -> bytes:
    """Return the SIGNED frame of this order, or raise Problem before a number is used."""
    check_scope(signer.slot, target, order)
    priority = len(RANK) - 1 - RANK.index(order.rank)
    return _signed(public, signer, target, order, priority)


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
    return _signed(public, signer, target, cancel, 0)


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
    if order.template is None:
        words = (order.text[1:].decode(), "")
    else:
        known = templates.find(order.template)
        words = (known.zh, known.en)
    if not drill:
        return words
    zh, en = templates.DRILL
    return zh + words[0] + zh, f"{en} {words[1]} {en}" if words[1] else ""


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


def _text_field(text: str) -> bytes:
    """Return the text with its tag; which languages a Box speaks is the Box's to say."""
    try:
        data = text.strip().encode()
    except UnicodeEncodeError:
        raise Problem("the text holds what is not a character", exit_code=USAGE) from None
    if not data or len(data) > MOST_TEXT_BYTES:
        why = f"a text has 1 to {MOST_TEXT_BYTES} bytes, this one has {len(data)}"
        raise Problem(why, "a Chinese character has three", USAGE)
    return _UTF_8 + data


def _check_own(slot: PublicSlot, order_id: bytes) -> None:
    if order_id[0] != slot.number:
        raise Problem(f"the key {slot.name} may not withdraw {named(order_id)}", "", REFUSED)


def _check_target(slot: PublicSlot, target: int) -> None:
    if not slot.targets & _kind_of(target):
        raise Problem(f"the key {slot.name} may not speak to {said(target)}", "", REFUSED)


def _kind_of(target: int) -> int:
    if target == frame.EVERYBODY:
        return TO_ALL
    return TO_GROUP if target >= frame.FIRST_GROUP else TO_ONE


def _signed(public: Public, signer: Signer, target: int, message: Any, priority: int) -> bytes:
    body = messages.encode(DOWN, message)
    number = messages.row_of(DOWN, message).number
    seq = signer.next_seq()
    header = frame.Header(frame.SIGNED, DOWN, number, priority, False, target, seq)
    signature = signer.sign(proof.to_be_signed(public.realm, header, body))
    return frame.write(header, body + signature)
