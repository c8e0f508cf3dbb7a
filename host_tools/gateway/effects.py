"""What a genuine message from a Box changes at the county, besides being kept."""

from typing import Any

from sqlalchemy import JSON, Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from host_tools import describe
from host_tools.gateway import downlink, lanes
from host_tools.gateway.arrivals import Kept
from host_tools.gateway.tables import (
    SLOT,
    boxes,
    calls,
    counters,
    deliveries,
    faults,
    messages,
    orders,
    reports,
)
from protocol import health_delta
from protocol import messages as wire

# What a person at the desk is shown as it came; what is done about it is theirs to say.
REPORTED = (
    "Alarm", "Answer", "Evacuation", "Disaster", "Hazard", "SelfTest", "Series", "LogHead",
)  # fmt: skip
_FINAL = ("finished", "refused")  # and the outcome is not "interrupted"
_STATE_OF_STAGE = {
    "received": "received",
    "verified": "verified",
    "queued": "verified",
    "playing": "playing",
    "finished": "finished",
}
_NEWER_HEALTH = (
    boxes.update()
    .where(boxes.c.address == bindparam("of_box"), boxes.c.health_mark < bindparam("mark"))
    .values(health=bindparam("told", type_=JSON), health_mark=bindparam("mark"))
)


_HEALTH_KNOWN = select(boxes.c.health, boxes.c.health_mark).where(
    boxes.c.address == bindparam("of_box")
)
_MOST_LATER = 255  # further back than this the low byte of a SEQ names another


def apply(connection: Connection, kept: Kept, message: Any) -> None:
    """Do what this message means, in the transaction that stores it."""
    effect = _EFFECTS.get(type(message).__name__)
    if effect is not None:
        effect(connection, kept, message)


def needs_whole_health(connection: Connection, kept: Kept) -> bool:
    """Return whether this Box told only what changed since a report that is not here."""
    return connection.execute(_HEALTH_KNOWN, {"of_box": kept.box}).one().health_mark < kept.mark


def _ack(connection: Connection, kept: Kept, ack: Any) -> None:
    downlink.confirm(connection, kept.box, kept.epoch, ack.acknowledged)


def _more(connection: Connection, kept: Kept, more: Any) -> None:
    downlink.send_more(connection, kept.box, more.seq, kept.received_at)


def _boot(connection: Connection, kept: Kept, boot: Any) -> None:
    """What waits there, the Keys it took, texts it can read, the highest number of each slot."""
    newest = (boxes.c.address == kept.box) & (boxes.c.boot_mark < kept.mark)
    told = {"oldest_epoch": boot.oldest_epoch, "keys_taken": boot.keyring, "boot_mark": kept.mark}
    told["text_tables"] = list(boot.tables or b"")
    connection.execute(boxes.update().where(newest).values(told))
    for at in range(0, len(boot.counters) // 4 * 4, 4):
        slot, seq = boot.counters[at], int.from_bytes(boot.counters[at + 1 : at + 4])
        first = insert(counters).values(name=f"{SLOT}{slot}", value=seq)
        higher = {"value": func.max(counters.c.value, seq)}
        connection.execute(first.on_conflict_do_update(index_elements=["name"], set_=higher))


def _call(connection: Connection, kept: Kept, call: Any) -> None:
    row = {
        "message_id": kept.id, "box": kept.box, "epoch": kept.epoch, "seq": kept.seq,
        "button": call.button, "kind": call.kind, "state": "open", "changed_at": kept.received_at,
    }  # fmt: skip
    connection.execute(calls.insert(), row)


def _health_delta(connection: Connection, kept: Kept, change: Any) -> None:
    """Change the newest report, if that is the one meant; a report that is not here stays unknown.

    A Box tells changes only of its last report, so between the two there is no other.
    """
    known = connection.execute(_HEALTH_KNOWN, {"of_box": kept.box}).one()
    is_near = 0 < kept.mark - known.health_mark <= _MOST_LATER
    if known.health is None or not is_near or known.health_mark & 0xFF != change.base:
        return
    try:
        health = health_delta.applied(wire.make("Health", **known.health), change)
    except ValueError:
        return
    _health(connection, kept, health)


def _health(connection: Connection, kept: Kept, health: Any) -> None:
    values = {"of_box": kept.box, "told": describe.fields(health), "mark": kept.mark}
    connection.execute(_NEWER_HEALTH, values)


def _fault(connection: Connection, kept: Kept, fault: Any) -> None:
    values = {"open": fault.open, "mark": kept.mark, "changed_at": kept.received_at}
    first = insert(faults).values(box=kept.box, code=fault.code, **values)
    newer = first.on_conflict_do_update(
        index_elements=["box", "code"], set_=values, where=faults.c.mark < kept.mark
    )
    connection.execute(newer)


def _playback(connection: Connection, kept: Kept, playback: Any) -> None:
    order_id = _order_named(connection, playback.order)
    if order_id is None:
        return
    this = (deliveries.c.order_id == order_id) & (deliveries.c.box == kept.box)
    values = _stage_reported(kept, playback)
    known = connection.execute(_reported_before().where(this)).first()
    if known is None:
        connection.execute(deliveries.insert().values(order_id=order_id, box=kept.box, **values))
    elif _is_news(known, kept, values):
        connection.execute(deliveries.update().where(this).values(values))


def _report(connection: Connection, kept: Kept, _message: Any) -> None:
    connection.execute(reports.insert(), {"message_id": kept.id})


def _order_named(connection: Connection, name: bytes) -> int | None:
    slot, seq = name[0], int.from_bytes(name[1:], "big")
    named = select(orders.c.id).where(orders.c.slot == slot, orders.c.seq == seq)
    return connection.execute(named).scalar()


def _reported_before() -> Any:
    return select(deliveries.c.state, deliveries.c.outcome, messages.c.epoch, messages.c.seq).join(
        messages, deliveries.c.message_id == messages.c.id, isouter=True
    )


def _stage_reported(kept: Kept, playback: Any) -> dict[str, Any]:
    """The Box has the order, so that nothing more is sent to it."""
    refused = playback.outcome == "refused"
    return {
        "state": "refused" if refused else _STATE_OF_STAGE[playback.stage],
        "outcome": playback.outcome,
        "message_id": kept.id,
        "changed_at": kept.received_at,
        **lanes.NEVER,
    }


def _is_news(known: Any, kept: Kept, values: dict[str, Any]) -> bool:
    """Return whether this report says more than the last: an end stays, else the newer counts."""
    if _is_end(known.state, known.outcome):
        return False
    if known.seq is None or _is_end(values["state"], values["outcome"]):
        return True
    return (kept.epoch, kept.seq) > (known.epoch, known.seq)


def _is_end(state: str, outcome: str | None) -> bool:
    return state in _FINAL and outcome != "interrupted"


_EFFECTS = {
    "Ack": _ack,
    "More": _more,
    "Boot": _boot,
    "Call": _call,
    "Health": _health,
    "HealthDelta": _health_delta,
    "Fault": _fault,
    "Playback": _playback,
    **dict.fromkeys(REPORTED, _report),
}
