"""A signed-in person takes a call or closes it; the Box's lamp follows only once it confirms."""

from typing import Any

from sqlalchemy import Connection, select

from host_tools.gateway import downlink, journal
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.refusal import BAD, CONFLICT, MISSING, Refused
from host_tools.gateway.tables import calls
from protocol.messages import CallClosed, CallTaken
from protocol.schema import CLOSED


def take(connection: Connection, sealer: Sealer, call_id: int, who: str, now: float) -> None:
    """who sees to this call from now on; raise Refused when somebody else already does."""
    call = _found(connection, call_id)
    if call.state != "open":
        raise Refused(CONFLICT, f"{call.by} has already {call.state} this call")
    _change(connection, call, state="taken", by=who, changed_at=now)
    answer = CallTaken(call.epoch, call.seq)
    downlink.keep(connection, sealer, call, answer, now)
    journal.note(connection, now, who, f"took call {call_id} of Box {call.box}")


def close(
    connection: Connection, sealer: Sealer, call_id: int, reason: str, who: str, now: float
) -> None:
    """The call is over; reason is a word of schema.CLOSED."""
    if reason not in CLOSED:
        raise Refused(BAD, f"the reason is one of {', '.join(CLOSED)}")
    call = _found(connection, call_id)
    if call.state == "closed":
        raise Refused(CONFLICT, f"{call.by} has already closed this call")
    _change(connection, call, state="closed", by=who, reason=reason, changed_at=now)
    answer = CallClosed(call.epoch, call.seq, reason)
    downlink.keep(connection, sealer, call, answer, now)
    journal.note(connection, now, who, f"closed call {call_id} of Box {call.box}: {reason}")


def _found(connection: Connection, call_id: int) -> Any:
    call = connection.execute(select(calls).where(calls.c.message_id == call_id)).first()
    if call is None:
        raise Refused(MISSING, f"there is no call {call_id}")
    return call


def _change(connection: Connection, call: Any, **values: Any) -> None:
    this = calls.c.message_id == call.message_id
    connection.execute(calls.update().where(this), values)
