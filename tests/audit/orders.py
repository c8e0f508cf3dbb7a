"""Which orders came to the Box, and by the wire's rules: may they sound?"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.audit import proofs, wire, words
from tests.audit.artefacts import Evidence, Slot
from tests.audit.roads import Signed
from tests.audit.words import RANKS, UNIX_OF_MINUTE_0, Message, Unreadable

TIMELY, LATE, FORGED, ELSEWHERE = "timely", "late", "forged", "for another Box"
ORDER, CANCEL = 4, 5
DRILL_CLIP = "drill"
CLOCK_S = 2.0  # what the Box's clock may be off by


class Order(NamedTuple):
    """An order as it came, once for its exact bytes.

    expected: the voices its Programme has, or None if this Box has no voice for it.
    """

    name: bytes  # slot and SEQ
    kind: str
    frame: wire.Frame
    arrivals: tuple[float, ...]
    rank: int
    drill: bool
    repeats: int
    expected: tuple[str, ...] | None
    ends_at: float
    replaces: bytes | None

    @property
    def said(self) -> str:
        return f"{self.name[0]}:{int.from_bytes(self.name[1:], 'big')}"

    def outranks(self, other: "Order") -> bool:
        """Does this order silence the other?  Whatever is live silences a drill."""
        return (not self.drill, self.rank) > (not other.drill, other.rank)


class Withdrawal(NamedTuple):
    """From this time on an order was not to sound, by a genuine Cancel or its correction."""

    t: float
    order: bytes


def received(evidence: Evidence, signed: list[Signed]) -> list[Order]:
    """Return every distinct Order that reached the Box, by first arrival."""
    arrivals: dict[bytes, list[Signed]] = {}
    for one in signed:
        if one.frame.type != CANCEL:
            arrivals.setdefault(one.frame.whole, []).append(one)
    return [_order(evidence, same) for same in arrivals.values()]


def withdrawals(
    evidence: Evidence, signed: list[Signed], orders: Iterable[Order]
) -> list[Withdrawal]:
    """Return what genuine Cancels and corrections took back."""
    found = [
        Withdrawal(order.arrivals[0], order.replaces)
        for order in orders
        if order.kind == TIMELY and order.replaces is not None
    ]
    for t, frame in signed:
        message = _message(frame)
        if frame.type == CANCEL and message and _is_genuine(evidence, frame, message):
            found.append(Withdrawal(t, message.fields["order"]))
    return found


def _order(evidence: Evidence, same: list[Signed]) -> Order:
    frame, message = same[0].frame, _message(same[0].frame)
    fields: dict[str, Any] = message.fields if message else {}
    slot = _number(fields.get("slot"))
    ends_min = _number(fields.get("issued")) + 10 * _number(fields.get("valid_10min"))
    known: Slot | None = evidence.keys.slots.get(slot)
    drill = bool(known and known.drill)
    order = Order(
        name=bytes((slot & 0xFF,)) + frame.seq.to_bytes(3, "big"),
        kind=FORGED,
        frame=frame,
        arrivals=tuple(one.t for one in same),
        rank=RANKS.index(fields.get("rank", RANKS[0])),
        drill=drill,
        repeats=max(1, _number(fields.get("repeats"))),
        expected=_expected(fields, drill),
        ends_at=UNIX_OF_MINUTE_0 + 60.0 * ends_min,
        replaces=fields.get("replaces"),
    )
    return order._replace(kind=_kind(evidence, order, message))


def _kind(evidence: Evidence, order: Order, message: Message | None) -> str:
    if message is None or not _is_genuine(evidence, order.frame, message):
        return FORGED
    site, areas = evidence.settings.get("site", {}), message.fields.get("areas")
    groups = site.get("groups", [])
    if order.frame.address not in (evidence.keys.address, wire.EVERYBODY, *groups):
        return ELSEWHERE
    if areas is not None and site.get("area") not in areas:
        return ELSEWHERE
    return LATE if order.arrivals[0] >= order.ends_at + CLOCK_S else TIMELY


def _message(frame: wire.Frame) -> Message | None:
    try:
        return words.read(True, frame.type, proofs.split(frame)[0])
    except Unreadable:
        return None


def _is_genuine(evidence: Evidence, frame: wire.Frame, message: Message) -> bool:
    """Is it signed by the very key whose slot it names, as only an Order and a Cancel do?"""
    slot = evidence.keys.slots.get(_number(message.fields.get("slot")))
    if slot is None:
        return False
    return proofs.is_signed(slot.public_key, evidence.keys.realm, frame)


def _expected(fields: dict[str, Any], drill: bool) -> tuple[str, ...] | None:
    """Return the clips an order is spoken with, where it is; a drill says so around it."""
    if fields.get("clip") is not None:
        voice = (f"clip{fields['clip']}",)
    elif fields.get("template") is not None and not fields.get("slots"):
        voice = (str(fields["template"]),)
    else:
        return None
    once = (DRILL_CLIP, *voice, DRILL_CLIP) if drill else voice
    return once * min(max(1, _number(fields.get("repeats"))), 20)


def _number(value: Any) -> int:
    """Return the value where it is a number; what a forger wrote may be anything."""
    return value if type(value) is int else -1
