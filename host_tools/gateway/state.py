"""What the page shows, as one value: what needs attention first, and nothing nobody reported."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, select

from host_tools import describe
from host_tools.gateway import stages
from host_tools.gateway.tables import (
    SLOT,
    boxes,
    calls,
    conflicts,
    counters,
    downlink,
    faults,
    messages,
    orders,
    reports,
    unreadable,
)
from protocol import calendar
from protocol.schema import FAULT

MOST_BOXES = 2_000
MOST_OPEN_CALLS = 200
MOST_CLOSED_CALLS = 10
MOST_REPORTS = 20


def whole(connection: Connection, now: float) -> dict[str, Any]:
    """Return calls, boxes and orders, fit for JSON; times are seconds since 1970."""
    return {
        "now": now,
        "calls": _calls(connection),
        "boxes": _boxes(connection),
        "orders": stages.orders_shown(connection),
        "slots": _slots(connection),
        "reports": _reports(connection),
        "unreadable": _unreadable(connection),
    }


def messages_after(
    connection: Connection, box: int | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """Return messages with a higher id, the oldest first."""
    found = select(messages).where(messages.c.id > after).order_by(messages.c.id).limit(limit)
    if box is not None:
        found = found.where(messages.c.box == box)
    return [_message(row) for row in connection.execute(found)]


def _message(row: Any) -> dict[str, Any]:
    shown = ("id", "box", "issue", "epoch", "seq", "type", "priority", "fields", "received_at")
    return {**{name: getattr(row, name) for name in shown}, "bearer": row.bearer,
            "frame": row.frame.hex()}  # fmt: skip


def _calls(connection: Connection) -> list[dict[str, Any]]:
    """Return the calls nobody closed, the oldest first, then the last ones closed."""
    found = select(calls, messages.c.fields, messages.c.received_at).join(messages)
    waiting = found.where(calls.c.state != "closed").order_by(calls.c.message_id)
    closed = found.where(calls.c.state == "closed").order_by(calls.c.changed_at.desc())
    rows = [
        *connection.execute(waiting.limit(MOST_OPEN_CALLS)),
        *connection.execute(closed.limit(MOST_CLOSED_CALLS)),
    ]
    lamps = _lamps(connection, [row.message_id for row in rows])
    return [_call(row, lamps.get(row.message_id)) for row in rows]


def _call(row: Any, lamp: str | None) -> dict[str, Any]:
    """lamp says whether the Box confirmed the newest answer: waiting, confirmed or expired."""
    minute = row.fields["minute"]
    return {
        "id": row.message_id, "box": row.box, "button": row.button, "kind": row.kind,
        "state": row.state, "by": row.by, "reason": row.reason, "changed_at": row.changed_at,
        "received_at": row.received_at, "lamp": lamp,
        "pressed_at": None if minute < 0 else calendar.ZERO_UNIX + 60 * minute,
    }  # fmt: skip


def _lamps(connection: Connection, call_ids: list[int]) -> dict[int, str]:
    answers = select(downlink.c.call_id, downlink.c.state).where(downlink.c.call_id.in_(call_ids))
    return {row.call_id: row.state for row in connection.execute(answers.order_by(downlink.c.id))}


def _reports(connection: Connection) -> list[dict[str, Any]]:
    """Return what villages told last, the newest first; a field's value is in words."""
    found = select(messages).join(reports).order_by(reports.c.message_id.desc())
    return [
        {
            "id": row.id, "box": row.box, "type": row.type, "received_at": row.received_at,
            "fields": describe.words(describe.stored(row.type, row.fields)),
        }
        for row in connection.execute(found.limit(MOST_REPORTS))
    ]  # fmt: skip


def _boxes(connection: Connection) -> list[dict[str, Any]]:
    fault_rows, conflicting = defaultdict(list), _conflicts(connection)
    for row in connection.execute(select(faults)):
        fault_rows[row.box].append(row)
    found = select(boxes).order_by(boxes.c.address).limit(MOST_BOXES)
    return [
        _box(row, fault_rows[row.address], conflicting.get((row.address, row.issue), (0, -1)))
        for row in connection.execute(found)
    ]


def _box(row: Any, fault_rows: list[Any], conflicting: tuple[int, int]) -> dict[str, Any]:
    """order_epoch: what a root has to order, because two boards use one epoch, or None."""
    health, (conflict_count, newest_conflict) = row.health or {}, conflicting
    return {
        "address": row.address, "name": row.name, "heard_at": row.heard_at,
        "ip_heard_at": row.ip_heard_at, "sbd_heard_at": row.sbd_heard_at,
        "beidou_heard_at": row.beidou_heard_at, "satellite": row.imei is not None,
        "beidou": row.beidou_card is not None, "queue": health.get("queue"),
        "mains": health.get("mains"), "battery_percent": health.get("battery_percent"),
        "faults": _open_faults(row, health, fault_rows), "conflicts": conflict_count,
        "order_epoch": row.epoch + 1 if newest_conflict >= row.epoch else None,
        "epoch": row.epoch, "keys_taken": row.keys_taken, "groups": row.groups,
        "text_tables": row.text_tables or [],
    }  # fmt: skip


def _open_faults(row: Any, health: dict[str, Any], fault_rows: list[Any]) -> list[str]:
    """Return what is open: the newest Health's bits, and the Faults reported after it."""
    bits = health.get("faults", 0)
    found = {code for i, code in enumerate(FAULT) if bits >> i & 1}
    for fault in fault_rows:
        if fault.mark > row.health_mark:
            (found.add if fault.open else found.discard)(fault.code)
    return [code for code in FAULT if code in found]


def _conflicts(connection: Connection) -> dict[tuple[int, int], tuple[int, int]]:
    """Return {(box, issue): (how many, the newest epoch that has one)}."""
    whose = (conflicts.c.box, conflicts.c.issue)
    counted = select(*whose, func.count(), func.max(conflicts.c.epoch)).group_by(*whose)
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(counted)}


def _slots(connection: Connection) -> dict[str, int]:
    """Return the highest number of each signing key that was submitted or that a Box knows."""
    submitted = select(orders.c.slot, func.max(orders.c.seq)).group_by(orders.c.slot)
    highest = {str(slot): seq for slot, seq in connection.execute(submitted)}
    for row in connection.execute(select(counters).where(counters.c.name.startswith(SLOT))):
        slot = row.name.removeprefix(SLOT)
        highest[slot] = max(row.value, highest.get(slot, 0))
    return highest


def _unreadable(connection: Connection) -> dict[str, Any]:
    newest = select(func.count(), func.max(unreadable.c.received_at))
    count, last_at = connection.execute(newest).one()
    return {"count": count, "last_at": last_at}
