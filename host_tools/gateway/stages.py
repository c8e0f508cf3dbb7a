"""How far each order is, in the words of the Boxes: never a stage that no Box reported."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, select

from host_tools import wording
from host_tools.gateway.tables import deliveries, messages, orders
from host_tools.problems import Problem
from host_tools.text import known
from protocol import frame

MOST_ORDERS = 20
MOST_DELIVERIES = 40  # of one order; those that went wrong come first

_EVIDENCE = ("cause", "volts_mv", "amps_ma", "microphone_db", "times", "seconds")
_ATTENTION = ("refused", "expired", "finished", "waiting", "received", "verified", "playing")


def orders_shown(connection: Connection) -> list[dict[str, Any]]:
    """Return the newest orders with their stages, fit for JSON."""
    newest = select(orders).order_by(orders.c.id.desc()).limit(MOST_ORDERS)
    rows = connection.execute(newest).all()
    delivered = defaultdict(list)
    for row in connection.execute(_delivered([row.id for row in rows])):
        delivered[row.order_id].append(row)
    return [_order(row, delivered[row.id]) for row in rows]


def _delivered(order_ids: list[int]) -> Any:
    return (
        select(deliveries, messages.c.fields)
        .join(messages, deliveries.c.message_id == messages.c.id, isouter=True)
        .where(deliveries.c.order_id.in_(order_ids))
    )


def _order(row: Any, delivered: list[Any]) -> dict[str, Any]:
    shown = ("type", "rank", "event", "template", "drill", "repeats", "order", "reason")
    fields = {name: row.fields.get(name) for name in shown}
    stages = sorted(map(_stage, delivered), key=_attention)
    return {
        **fields, "id": row.id, "slot": row.slot, "seq": row.seq, "target": row.target,
        "everybody": row.target == frame.EVERYBODY, **_spoken(row.fields),
        "submitted_at": row.submitted_at, "ends_at": row.ends_at,
        "counts": Counter(stage["state"] for stage in stages),
        "deliveries": stages[:MOST_DELIVERIES],
    }  # fmt: skip


def _stage(row: Any) -> dict[str, Any]:
    """Return how far an order is at one Box: what that Box reported, and no more."""
    playback = row.fields or {}
    told = {name: playback[name] for name in _EVIDENCE if name in playback}
    if playback.get("started", 0) < 0:  # a minute of a clock that nobody set
        told["without_clock"] = True
    return {"box": row.box, "state": row.state, "outcome": row.outcome,
            "changed_at": row.changed_at, **told}  # fmt: skip


def _attention(stage: dict[str, Any]) -> tuple[bool, int, int]:
    """Sort key: what ended otherwise than played comes first."""
    went_well = stage["state"] == "finished" and stage["outcome"] == "played"
    return went_well, _ATTENTION.index(stage["state"]), stage["box"]


def _spoken(fields: dict[str, Any]) -> dict[str, str | None]:
    """Return what the village hears, where it is known: the words sent, or the recording's."""
    text = fields.get("text")
    if text is not None:
        return {"text": known.words(bytes.fromhex(text)), "text_en": None}
    try:
        zh, en = wording.of(*(fields.get(n) for n in ("template", "slots", "clip", "siren")))
    except Problem:  # words that this county does not know
        return {"text": None, "text_en": None}
    return {"text": zh, "text_en": en}
