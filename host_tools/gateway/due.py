"""Which orders and answers to calls are due now, and when each is due again.

Orders (deliveries) and answers (downlink) rest by the table in retry.py, on each road by itself.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, case, func, or_, select

from host_tools.gateway import retry
from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from host_tools.gateway.downlink import Exhausted, Sealer
from host_tools.gateway.lanes import IN_TURN, LANES, NEVER, Lane
from host_tools.gateway.retry import Rule
from host_tools.gateway.tables import boxes, deliveries, downlink, orders
from protocol.messages import Carry
from protocol.schema import RANK

MOST_AT_ONCE = 256  # rows looked at in one transaction


class Sending(NamedTuple):
    bearer: str
    to: str
    frame: bytes
    tries: int  # how often it went before


def next_at(connection: Connection, lanes: Iterable[Lane]) -> float:
    """Return when the next row is due on one of these or too late, in seconds since 1970."""
    infinite = float("inf")
    soonest = infinite
    for table in (deliveries, downlink):
        for lane in lanes:
            first = select(func.min(table.c[lane.next_at])).where(_waits(table))
            found = connection.execute(first).scalar()
            soonest = min(soonest, infinite if found is None else found)
    ends = select(func.min(orders.c.ends_at)).join(deliveries).where(_waits(deliveries))
    end = connection.execute(ends).scalar()
    return soonest if end is None else min(soonest, end)


def begin_again(connection: Connection, now: float) -> None:
    """The gateway was started: what waited for its turn then is due anew."""
    for table in (deliveries, downlink):
        for lane in IN_TURN:
            resting = _waits(table) & (table.c[lane.tries] > 0)
            connection.execute(table.update().where(resting).values({lane.next_at: now}))


def waits_for_turn(connection: Connection, card: str, seq: int) -> bool:
    """Return whether an order or an answer with this SEQ waits still for the Box of this card."""
    ordered = (
        select(deliveries.c.box).join(orders).join(boxes, deliveries.c.box == boxes.c.address)
    )
    answered = select(downlink.c.box).join(boxes, downlink.c.box == boxes.c.address)
    is_its = boxes.c.beidou_card == card
    return any(
        connection.execute(found.where(is_its, _waits(table), column == seq).limit(1)).first()
        for found, table, column in (
            (ordered, deliveries, orders.c.seq),
            (answered, downlink, downlink.c.seq),
        )
    )


def collect(
    connection: Connection, sealer: Sealer, now: float, lanes: tuple[Lane, ...]
) -> tuple[int, list[Sending]]:
    """Return (rows that expired, what is to be sent once this transaction has committed)."""
    expired = _expire(connection, now)
    orders_due = _orders(connection, sealer, now, lanes)
    return expired, orders_due + _answers(connection, sealer, now, lanes)


def _expire(connection: Connection, now: float) -> int:
    ended = select(orders.c.id).where(orders.c.ends_at <= now)
    given_up = {"state": "expired", **NEVER}
    late = deliveries.update().where(_waits(deliveries), deliveries.c.order_id.in_(ended))
    old = downlink.c.created_at <= now - retry.CALL_ANSWER_ENDS_S
    answers = downlink.update().where(_waits(downlink), old)
    return (
        connection.execute(late, {**given_up, "changed_at": now}).rowcount
        + connection.execute(answers, given_up).rowcount
    )


def _orders(
    connection: Connection, sealer: Sealer, now: float, lanes: tuple[Lane, ...]
) -> list[Sending]:
    """An order goes by IP in a Carry, sealed once, and by satellite as it was signed."""
    sendings: list[Sending] = []
    for row in connection.execute(_due(_WAITING_ORDERS, deliveries, now, lanes)).all():
        rule = retry.rule_of(row.fields["type"], row.fields.get("rank"))
        taken, values = _plan(row, rule, now, lanes)
        values.update(_carried(connection, sealer, row))
        frames = {IP: values.get("carry", row.carry), SBD: row.frame, BEIDOU: row.frame}
        sendings += _sendings(row, taken, frames)
        this = (deliveries.c.order_id == row.order_id) & (deliveries.c.box == row.address)
        connection.execute(deliveries.update().where(this), values)
    return sendings


def _answers(
    connection: Connection, sealer: Sealer, now: float, lanes: tuple[Lane, ...]
) -> list[Sending]:
    """An answer to a call is the same sealed frame on every road."""
    sendings: list[Sending] = []
    for row in connection.execute(_due(_WAITING_ANSWERS, downlink, now, lanes)).all():
        taken, values = _plan(row, retry.CALL_ANSWER, now, lanes)
        values.update(_resealed(connection, sealer, row))
        data = values.get("frame", row.frame)
        sendings += _sendings(row, taken, dict.fromkeys((IP, SBD, BEIDOU), data))
        connection.execute(downlink.update().where(downlink.c.id == row.id), values)
    return sendings


def _plan(
    row: Any, rule: Rule, now: float, lanes: tuple[Lane, ...]
) -> tuple[list[Lane], dict[str, Any]]:
    """Return the lanes this row goes out on now, and its columns afterwards."""
    taken, values = [], {}
    for lane in lanes:
        next_at = getattr(row, lane.next_at)
        if next_at is None or next_at > now:
            continue
        if getattr(row, lane.to) is None:
            values[lane.next_at] = now + retry.NO_ADDRESS_S
            continue
        tries = getattr(row, lane.tries) + 1
        values[lane.tries] = tries
        values[lane.next_at] = now + rule.pause(lane.bearer, tries)
        taken.append(lane)
    return taken, values


def _sendings(row: Any, taken: list[Lane], frames: dict[str, bytes]) -> list[Sending]:
    return [
        Sending(lane.bearer, getattr(row, lane.to), frames[lane.bearer], getattr(row, lane.tries))
        for lane in taken
        if frames[lane.bearer] is not None
    ]


def _carried(connection: Connection, sealer: Sealer, row: Any) -> dict[str, Any]:
    """Return the columns of a Carry for the epoch the Box lives in, if it has none yet."""
    if row.carry_epoch == row.box_epoch:
        return {}
    try:
        _, data = sealer.seal(connection, row, row.box_epoch, Carry(row.frame))
    except Exhausted:
        return {}
    return {"carry": data, "carry_epoch": row.box_epoch}


def _resealed(connection: Connection, sealer: Sealer, row: Any) -> dict[str, Any]:
    """Return the columns of an answer for the epoch the Box lives in, if it is of another."""
    if row.epoch == row.box_epoch:
        return {}
    try:
        seq, data = sealer.reseal(connection, row, row.box_epoch, row)
    except Exhausted:
        return {}
    return {"epoch": row.box_epoch, "seq": seq, "frame": data}


def _waits(table: Table) -> Any:
    return table.c.state == "waiting"


def _due(waiting: Select, table: Table, now: float, lanes: tuple[Lane, ...]) -> Select:
    soon = or_(*(table.c[lane.next_at] <= now for lane in lanes))
    return waiting.where(_waits(table), soon).limit(MOST_AT_ONCE)


_SEALED_IN = func.max(boxes.c.epoch, boxes.c.least_epoch)
_BOX = (
    boxes.c.address, boxes.c.issue, _SEALED_IN.label("box_epoch"),
    *(boxes.c[lane.to] for lane in LANES),
)  # fmt: skip


def _rests(table: Table) -> list[Any]:
    return [table.c[name] for lane in LANES for name in (lane.tries, lane.next_at)]


_LEAST_URGENT_LAST = case(  # what has no rank withdraws an order or a key
    {rank: -i for i, rank in enumerate(RANK)},
    value=orders.c.fields["rank"].as_string(),
    else_=-len(RANK),
)
_WAITING_ORDERS = (
    select(
        deliveries.c.order_id, deliveries.c.carry, deliveries.c.carry_epoch,
        *_rests(deliveries), orders.c.frame, orders.c.fields, *_BOX,
    )
    .join(orders, deliveries.c.order_id == orders.c.id)
    .join(boxes, deliveries.c.box == boxes.c.address)
    .order_by(_LEAST_URGENT_LAST, deliveries.c.order_id)
)  # fmt: skip
_WAITING_ANSWERS = select(
    downlink.c.id, downlink.c.epoch, downlink.c.frame, *_rests(downlink), *_BOX
).join(boxes, downlink.c.box == boxes.c.address)
