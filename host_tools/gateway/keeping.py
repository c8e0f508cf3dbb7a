"""How what came in is kept: one row for a message, one for each time it came, one for a refusal.

Whatever strangers can repeat has a bound, and only its own oldest rows fall off.
"""

from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from host_tools.gateway import downlink, journal
from host_tools.gateway.arrivals import BEIDOU, IP, SBD, Arrival, Genuine, Kept
from host_tools.gateway.tables import (
    boxes,
    conflicts,
    messages,
    pieces,
    receptions,
    unreadable,
)

MOST_UNREADABLE = 10_000  # rows
MOST_CONFLICTS = 10_000  # rows
MOST_PIECES = 10_000  # rows
MOST_RECEPTIONS = 64  # rows of one message, whoever repeats it
_MOST_RAW = 1_024  # bytes kept of a refused payload
_SILENT_S = 10  # a Box not heard by IP for so long is sent at once what waits for it


_KNOWN = select(
    messages.c.id, messages.c.box, messages.c.issue, messages.c.epoch, messages.c.seq,
    messages.c.type, messages.c.fields,
).where(messages.c.digest == bindparam("digest"))  # fmt: skip
_BOX = select(boxes).where(boxes.c.address == bindparam("address"))
_NAMED_BY = {  # on the roads whose carrier says which Box sends
    SBD: select(boxes.c.address).where(boxes.c.imei == bindparam("sender")),
    BEIDOU: select(boxes.c.address).where(boxes.c.beidou_card == bindparam("sender")),
}
_KEEP = insert(messages).on_conflict_do_nothing().returning(messages.c.id)
_RECEIVE = receptions.insert().from_select(
    ["digest", "message_id", "bearer", "received_at"],
    select(bindparam("digest"), bindparam("message"), bindparam("bearer"), bindparam("at")).where(
        select(func.count())
        .select_from(receptions)
        .where(receptions.c.message_id == bindparam("message"))
        .scalar_subquery()
        < MOST_RECEPTIONS
    ),
)
_ALIVE = {"heard_at": bindparam("at"), "epoch": func.max(boxes.c.epoch, bindparam("now_in"))}
_HEARD = boxes.update().where(boxes.c.address == bindparam("of_box")).values(_ALIVE)
_HEARD_BY = {
    IP: _HEARD.values(ip_heard_at=bindparam("at"), ip_address=bindparam("sender")),
    SBD: _HEARD.values(sbd_heard_at=bindparam("at")),
    BEIDOU: _HEARD.values(beidou_heard_at=bindparam("at")),
}


class Batch:
    """Payloads taken in one transaction.

    Rows that nobody looks up before the commit are gathered, and finish() writes them together.
    """

    def __init__(self, connection: Connection):
        self.connection = connection
        self._boxes: dict[int, Any] = {}
        self._received: list[dict[str, Any]] = []
        self._heard: dict[str, list[dict[str, Any]]] = {bearer: [] for bearer in _HEARD_BY}
        self._pieces: list[dict[str, Any]] = []
        self._refused: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []

    def known(self, digest: bytes) -> Any:
        """Return the row of the message whose frame has this SHA-256, or None."""
        return self.connection.execute(_KNOWN, {"digest": digest}).first()

    def box_at(self, address: int) -> Any:
        """Return the row of the Box with this address, as it was before the batch, or None."""
        if address not in self._boxes:
            row = self.connection.execute(_BOX, {"address": address}).first()
            self._boxes[address] = row
        return self._boxes[address]

    def address_of(self, arrival: Arrival) -> int | None:
        """Return the address of the Box whose modem or card sent this; a datagram names nobody."""
        named_by = _NAMED_BY.get(arrival.bearer)
        if named_by is None:
            return None
        return self.connection.execute(named_by, {"sender": arrival.sender}).scalar()

    def receive(self, arrival: Arrival, digest: bytes, message_id: int) -> None:
        """Note that a message came, once more or for the first time."""
        self._received.append(
            {"digest": digest, "message": message_id, "bearer": arrival.bearer, "at": arrival.at}
        )

    def keep(
        self, arrival: Arrival, genuine: Genuine, whole: bytes, digest: bytes, fields: dict
    ) -> Kept | None:
        """Store a message never seen; return it, or None where its number has other bytes."""
        box, header = genuine.box, genuine.header
        row = {
            "box": box.address, "issue": box.issue, "epoch": genuine.epoch, "seq": header.seq,
            "type": type(genuine.message).__name__, "priority": header.priority, "frame": whole,
            "digest": digest, "fields": fields, "received_at": arrival.at,
            "bearer": arrival.bearer,
        }  # fmt: skip
        message_id = self.connection.execute(_KEEP, row).scalar()
        if message_id is None:
            _conflict(self.connection, arrival, genuine, whole)
            return None
        self.receive(arrival, digest, message_id)
        self._hear(arrival, genuine)
        return Kept(message_id, box.address, box.issue, genuine.epoch, header.seq, arrival.at)

    def keep_piece(self, arrival: Arrival) -> None:
        """Keep a fragment as it came, whatever becomes of its frame."""
        self._pieces.append(
            {"raw": arrival.raw, "bearer": arrival.bearer, "sender": arrival.sender,
             "received_at": arrival.at}
        )  # fmt: skip

    def refuse(self, arrival: Arrival, data: bytes, reason: str) -> None:
        """Keep what cannot be read, and say so in one line."""
        self._refused.append(
            {"raw": data[:_MOST_RAW], "reason": reason, "bearer": arrival.bearer,
             "received_at": arrival.at}
        )  # fmt: skip
        line = f"refused {len(data)} bytes by {arrival.bearer} from {arrival.sender}: {reason}"
        self._lines.append(journal.line(arrival.at, journal.ROADS, line))

    def finish(self) -> None:
        """Write what was gathered; of refusals and fragments the oldest fall off."""
        self._write(_RECEIVE, self._received)
        for bearer, heard in self._heard.items():
            self._write(_HEARD_BY[bearer], heard)
        if self._pieces:
            self._write(pieces.insert(), self._pieces)
            _trim_to(self.connection, pieces, MOST_PIECES)
        if self._refused:
            self._write(unreadable.insert(), self._refused)
            self._write(journal.INSERT, self._lines)
            _trim_to(self.connection, unreadable, MOST_UNREADABLE)
            journal.trim(self.connection)

    def _write(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(statement, rows)

    def _hear(self, arrival: Arrival, genuine: Genuine) -> None:
        """The Box lives; only a new SEQ says so, a repeated frame may be anybody's."""
        box = genuine.box
        values = {"of_box": box.address, "at": arrival.at, "now_in": genuine.epoch}
        if arrival.bearer == IP:
            values["sender"] = arrival.sender
        self._heard[arrival.bearer].append(values)
        if arrival.bearer == IP and _was_away(box, arrival):
            downlink.hurry(self.connection, box.address, arrival.at)


def _was_away(box: Any, arrival: Arrival) -> bool:
    moved = box.ip_address != arrival.sender
    return moved or arrival.at - (box.ip_heard_at or 0) > _SILENT_S


def _trim_to(connection: Connection, table: Table, most: int) -> None:
    """Let the oldest rows fall off."""
    newest = select(func.max(table.c.id)).scalar_subquery()
    connection.execute(table.delete().where(table.c.id <= newest - most))


def _conflict(connection: Connection, arrival: Arrival, genuine: Genuine, whole: bytes) -> None:
    """Two frames of one number, both sealed by the Box's key: a clone, or a disk put back."""
    address, seq = genuine.box.address, genuine.header.seq
    row = {
        "box": address, "issue": genuine.box.issue, "epoch": genuine.epoch, "seq": seq,
        "frame": whole, "bearer": arrival.bearer, "received_at": arrival.at,
    }  # fmt: skip
    made = connection.execute(insert(conflicts).on_conflict_do_nothing(), row)
    if not made.rowcount:
        return
    line = f"conflict: Box {address} sent epoch {genuine.epoch} SEQ {seq} with other bytes: "
    line += f"a clone, or a disk put back. The root has to order epoch {genuine.epoch + 1}"
    journal.note(connection, arrival.at, journal.ROADS, line)
    _trim_to(connection, conflicts, MOST_CONFLICTS)
