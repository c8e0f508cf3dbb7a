"""What the signer made comes in here: believed by its signature alone, then one delivery a Box.

The gateway holds no key that could sign; whoever takes it can delay an order or lose it, but
not make one.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from host_tools import crypto, describe
from host_tools.gateway import journal, lanes, pieces, retry
from host_tools.gateway.arrivals import BEIDOU, SBD
from host_tools.gateway.refusal import BAD, CONFLICT, FORBIDDEN, Refused
from host_tools.gateway.tables import boxes, deliveries, orders
from host_tools.keys.store import Public, PublicSlot
from host_tools.text import area
from protocol import calendar, frame, messages, proof
from protocol.keyring_file import (
    FOR_DRILLS,
    FOR_ORDERS,
    FOR_SETTINGS,
    ROOT_SLOT,
    covers,
    target_kind,
)
from protocol.schema import DOWN, RANK

MOST_FRAME = 400  # bytes that fit into a Carry
_LONGEST_S = 7 * 86_400  # no order is valid for longer, so a Cancel is not needed for longer
_UNTIL_TAKEN_S = 90 * 86_400  # Keys and Settings have no end of their own
_USES = {
    "Order": FOR_ORDERS | FOR_DRILLS,
    "Cancel": FOR_ORDERS | FOR_DRILLS,
    "Settings": FOR_SETTINGS,
}


class Signed(NamedTuple):
    """A frame whose signature holds; message is an Order, a Cancel, Keys or Settings."""

    header: Any
    message: Any
    data: bytes
    drill: bool


def accept(connection: Connection, public: Public, data: bytes, now: float) -> dict[str, Any]:
    """Take a SIGNED frame for delivery; return what the one who posted it is told.

    {"order": "slot:SEQ", "id": row, "boxes": how many, "satellite_messages",
    "beidou_messages": how many a try takes}.  The same frame again changes nothing and is told
    the same.  Raises Refused.
    """
    signed = believed(public, data)
    known = _known(connection, signed)
    if known is not None:
        return _told(connection, known, signed)
    ends_at = _ends_at(connection, signed, now)
    if ends_at <= now:
        raise Refused(BAD, "too late: this order has already ended")
    targets = _targets(connection, signed)
    order_id = _keep(connection, signed, now, ends_at)
    _start_deliveries(connection, order_id, signed, targets, now)
    line = f"{_named(signed)} accepted, Boxes meant: {len(targets)}"
    journal.note(connection, now, journal.GATEWAY, line)
    return _told(connection, order_id, signed)


def believed(public: Public, data: bytes) -> Signed:
    """Return what these bytes say, or raise Refused unless one of the county's keys signed it."""
    try:
        header, protected = frame.read(data)
        proof.check_permitted(header)
        if header.mode != frame.SIGNED or len(data) > MOST_FRAME:
            raise Refused(BAD, "not a signed frame that a Box can be sent")
        body, signature = proof.split_signed(protected)
        message = messages.decode(DOWN, header.type, body)
    except ValueError as why:
        raise Refused(BAD, f"not an order: {why}") from None
    to_be_signed = proof.to_be_signed(public.realm, header, body)
    found = _public_keys(public, message)
    if not any(crypto.verify(key, to_be_signed, signature) for key in found):
        raise Refused(FORBIDDEN, "not signed by a key of this county")
    slot = public.numbered(message.slot)
    if slot is not None:
        _check_scope(public, slot, header, message)
    return Signed(header, message, data, slot is not None and slot.drill)


def _public_keys(public: Public, message: Any) -> tuple[bytes, ...]:
    """Return the keys that may have signed this: Keys are the two roots' business only."""
    if isinstance(message, messages.Keys):
        return public.roots if message.slot == ROOT_SLOT else ()
    slot = public.numbered(message.slot)
    return () if slot is None or slot.revoked else (slot.public_key,)


def _check_scope(public: Public, slot: PublicSlot, header: Any, message: Any) -> None:
    """Raise Refused for what this key may not sign: no Box would act on it."""
    if not slot.targets & target_kind(header.address):
        raise Refused(FORBIDDEN, f"the key {slot.name} may not speak to so many")
    if not slot.uses & _USES.get(type(message).__name__, 0):
        raise Refused(FORBIDDEN, f"the key {slot.name} is not for this")
    if isinstance(message, messages.Cancel):
        _check_cancel(public, slot, message)
    elif isinstance(message, messages.Settings):
        if header.address == frame.EVERYBODY:
            raise Refused(FORBIDDEN, "settings are for one Box or a group")
    elif not slot.ranks >> RANK.index(message.rank) & 1:
        raise Refused(FORBIDDEN, f"the key {slot.name} may not give orders of this rank")


def _check_cancel(public: Public, slot: PublicSlot, cancel: Any) -> None:
    withdrawn = public.numbered(cancel.order[0])
    own = withdrawn is not None and withdrawn.number == slot.number
    if withdrawn is None or not (own or covers(slot, withdrawn)):
        raise Refused(FORBIDDEN, f"the key {slot.name} may not withdraw this order")


def _known(connection: Connection, signed: Signed) -> int | None:
    """Return the id of this very order, or None; its number on other bytes is refused."""
    numbered = select(orders.c.id, orders.c.frame).where(
        orders.c.slot == signed.message.slot, orders.c.seq == signed.header.seq
    )
    row = connection.execute(numbered).first()
    if row is None:
        return None
    if row.frame != signed.data:
        raise Refused(CONFLICT, f"{_named(signed)} is already another order")
    return row.id


def _ends_at(connection: Connection, signed: Signed, now: float) -> float:
    """Return when it is too late, in seconds since 1970; a Cancel ends with its order."""
    if isinstance(signed.message, messages.Order):
        return calendar.ZERO_UNIX + 60 * calendar.order_ends(signed.message)
    if not isinstance(signed.message, messages.Cancel):
        return now + _UNTIL_TAKEN_S
    slot, seq = signed.message.order[0], int.from_bytes(signed.message.order[1:], "big")
    withdrawn = select(orders.c.ends_at).where(orders.c.slot == slot, orders.c.seq == seq)
    return connection.execute(withdrawn).scalar() or now + _LONGEST_S


def _targets(connection: Connection, signed: Signed) -> list[int]:
    """Return the addresses of the Boxes meant, or raise Refused if one of them cannot read it."""
    address, text = signed.header.address, getattr(signed.message, "text", None)
    rows = connection.execute(select(boxes.c.address, boxes.c.groups, boxes.c.text_tables))
    found = [row for row in rows if frame.is_for(address, row.address, row.groups)]
    if not found:
        raise Refused(BAD, f"no Box is meant by the address {address}")
    for row in found:
        if text and text[0] and text[0] not in (row.text_tables or ()):
            raise Refused(CONFLICT, f"Box {row.address} told of no table {area.named(text[0])}")
    return [row.address for row in found]


def _keep(connection: Connection, signed: Signed, now: float, ends_at: float) -> int:
    message = signed.message
    fields = {"type": type(message).__name__, "drill": signed.drill, **describe.fields(message)}
    row = {
        "slot": message.slot, "seq": signed.header.seq, "target": signed.header.address,
        "frame": signed.data, "fields": fields, "submitted_at": now, "ends_at": ends_at,
    }  # fmt: skip
    return connection.execute(orders.insert().returning(orders.c.id), row).scalar_one()


def _start_deliveries(
    connection: Connection, order_id: int, signed: Signed, targets: list[int], now: float
) -> None:
    rule = retry.rule_of(type(signed.message).__name__, getattr(signed.message, "rank", None))
    row = {
        "order_id": order_id, "state": "waiting", "changed_at": now,
        **lanes.from_now(rule, now),
    }  # fmt: skip
    connection.execute(deliveries.insert(), [{**row, "box": address} for address in targets])


def _told(connection: Connection, order_id: int, signed: Signed) -> dict[str, Any]:
    meant = select(deliveries.c.box).where(deliveries.c.order_id == order_id)
    return {
        "order": f"{signed.message.slot}:{signed.header.seq}",
        "id": order_id,
        "boxes": len(connection.execute(meant).all()),
        "satellite_messages": len(pieces.dressed(SBD, signed.data)),
        "beidou_messages": len(pieces.dressed(BEIDOU, signed.data)),
    }


def _named(signed: Signed) -> str:
    return f"{type(signed.message).__name__} {signed.message.slot}:{signed.header.seq}"
