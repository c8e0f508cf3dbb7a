"""What the county says to one Box: numbered by one allocator, sealed, kept until confirmed."""

from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from host_tools.gateway import lanes, retry
from host_tools.gateway.tables import boxes, counters, deliveries, downlink, orders
from host_tools.gateway.verify import BoxKeys
from protocol import acks, frame, messages, proof
from protocol.schema import DOWN

_LAST_SEQ = 0xFFFFFF
_LAST_SAFE_SEQ = 0xF00000
_JUMP_AFTER_RESTORE = 65_536  # numbers; wire.md, "Keys and counters"
_DOWN, _RESTORES = "down/", "restores"
_IS_RESTORES = counters.c.name == _RESTORES


class Exhausted(Exception):
    """Every down-SEQ of this Box and epoch was used; no key may see one twice."""


class Sealer:
    """cipher is host_tools.crypto or has its shape."""

    def __init__(self, box_keys: BoxKeys, cipher: Any):
        self._keys = box_keys
        self._cipher = cipher

    def seal(
        self, connection: Connection, box: Any, epoch: int, message: Any, ack_wanted: bool = False
    ) -> tuple[int, bytes]:
        """Return (SEQ, frame); not to be sent before this transaction has committed.

        box has address and issue.
        """
        seq = _next_seq(connection, box.address, epoch)
        row = messages.row_of(DOWN, message)
        header = frame.Header(
            frame.SEALED, DOWN, row.number, row.priority, ack_wanted, box.address, seq
        )
        key = self._keys.traffic(box.address, box.issue, epoch, "down")
        body = messages.encode(DOWN, message)
        protected = proof.seal(self._cipher, key, epoch, self._keys.realm, header, body)
        return seq, frame.write(header, protected)

    def reseal(self, connection: Connection, box: Any, epoch: int, row: Any) -> tuple[int, bytes]:
        """Return (SEQ, frame) of a downlink row for the epoch its Box lives in now."""
        header, protected = frame.read(row.frame)
        key = self._keys.traffic(box.address, box.issue, row.epoch, "down")
        body = proof.unseal(self._cipher, key, row.epoch, self._keys.realm, header, protected)
        message = messages.decode(DOWN, header.type, body)
        return self.seal(connection, box, epoch, message, header.ack_wanted)


def keep(connection: Connection, sealer: Sealer, call: Any, message: Any, now: float) -> None:
    """Put the answer to a call where it is sent again until its Box confirms it.

    call is a row of calls.  The answer replaces one that still waits.
    """
    box = connection.execute(select(boxes).where(boxes.c.address == call.box)).one()
    epoch = max(box.epoch, box.least_epoch)
    seq, data = sealer.seal(connection, box, epoch, message, ack_wanted=True)
    replaced = (downlink.c.call_id == call.message_id) & (downlink.c.state == "waiting")
    connection.execute(downlink.update().where(replaced).values(state="expired"))
    connection.execute(
        downlink.insert(),
        {
            "box": box.address, "type": type(message).__name__, "epoch": epoch, "seq": seq,
            "frame": data, "call_id": call.message_id, "state": "waiting", "created_at": now,
            **lanes.from_now(retry.CALL_ANSWER, now),
        },
    )  # fmt: skip


def confirm(connection: Connection, address: int, epoch: int, acknowledged: bytes) -> None:
    """A Box acknowledged these SEQs of this epoch (protocol.acks): they are sent no more."""
    answered = (
        (downlink.c.box == address)
        & (downlink.c.epoch == epoch)
        & downlink.c.seq.in_(acks.read(acknowledged))
        & (downlink.c.state == "waiting")
    )
    connection.execute(downlink.update().where(answered).values(state="confirmed", **lanes.NEVER))


def hurry(connection: Connection, address: int, now: float) -> None:
    """This Box was silent on the IP road and is heard again: what waits for it goes at once."""
    for table in (deliveries, downlink):
        waiting = (table.c.box == address) & (table.c.state == "waiting") & (table.c.next_at > now)
        connection.execute(table.update().where(waiting).values(next_at=now))


def send_more(connection: Connection, address: int, seq: int, now: float) -> None:
    """This Box lacks pieces of a waiting order with this SEQ: more go at once, where some went."""
    meant = (
        (deliveries.c.box == address)
        & (deliveries.c.state == "waiting")
        & deliveries.c.order_id.in_(select(orders.c.id).where(orders.c.seq == seq))
    )
    for lane in lanes.SATELLITES:
        went = deliveries.c[lane.tries] > 0
        connection.execute(deliveries.update().where(meant, went).values({lane.next_at: now}))


def skip_numbers(connection: Connection) -> None:
    """Let every down-SEQ, of any Box and epoch, go on far above what this database remembers."""
    again = insert(counters).values(name=_RESTORES, value=1)
    counted = again.on_conflict_do_update(
        index_elements=["name"], set_={"value": counters.c.value + 1}
    )
    connection.execute(counted)
    down = counters.c.name.startswith(_DOWN)
    connection.execute(
        counters.update().where(down).values(value=counters.c.value + _JUMP_AFTER_RESTORE)
    )


def _next_seq(connection: Connection, address: int, epoch: int) -> int:
    """Return the next down-SEQ of this Box and epoch: the only place that gives one out.

    Near the end of an epoch's numbers new frames go on in the next one, as a Box's do.
    """
    restores = select(func.coalesce(func.max(counters.c.value), 0)).where(_IS_RESTORES)
    begin = restores.scalar_subquery() * _JUMP_AFTER_RESTORE + 1
    first = insert(counters).values(name=f"{_DOWN}{address}/{epoch}", value=begin)
    counted = first.on_conflict_do_update(
        index_elements=["name"], set_={"value": counters.c.value + 1}
    )
    seq = connection.execute(counted.returning(counters.c.value)).scalar_one()
    if seq > _LAST_SEQ:
        raise Exhausted(f"Box {address}, epoch {epoch}: no down-SEQ is left")
    if seq > _LAST_SAFE_SEQ:
        worn = (boxes.c.address == address) & (boxes.c.least_epoch <= epoch)
        connection.execute(boxes.update().where(worn).values(least_epoch=epoch + 1))
    return seq
