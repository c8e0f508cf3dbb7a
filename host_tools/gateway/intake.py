"""Bytes in, what is owed out: nothing here knows a socket, and nothing is answered here.

What a Box sealed is kept once and acknowledged as often as it comes; what is anything else is
kept as unreadable, noted in one line and not answered.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from host_tools import describe
from host_tools.gateway import effects, undress
from host_tools.gateway.arrivals import Arrival, Genuine, Kept
from host_tools.gateway.keeping import Batch
from host_tools.gateway.undress import Refused
from host_tools.gateway.verify import Verifier
from protocol import acks, frame, messages, proof, series
from protocol.reassembly import Reassembly
from protocol.schema import UP

MOST_IN_PIECES = 1_024  # frames, 1 kB each; whoever sends too many displaces its own first


class Answer(NamedTuple):
    """Owed to a Box once the transaction that found it has committed.

    kind is "ack", "time", or "health" where its whole Health is asked for.
    """

    kind: str
    bearer: str
    sender: str
    address: int
    issue: int
    epoch: int
    seq: int


class Intake:
    def __init__(self, verifier: Verifier):
        self._verifier = verifier
        self._reassembly = Reassembly(MOST_IN_PIECES)

    def take(self, connection: Connection, arrivals: Iterable[Arrival]) -> list[Answer]:
        """Take these payloads; return what is owed when the transaction has committed."""
        answers: list[Answer] = []
        batch = Batch(connection)
        for arrival in arrivals:
            try:
                if frame.is_fragment(arrival.raw) and not arrival.broken:
                    answers += self._take_piece(batch, arrival)
                    continue
                frames = undress.frames_in(arrival)
            except Refused as why:
                batch.refuse(arrival, arrival.raw, str(why))
                continue
            for data in frames:
                try:
                    answers += self._take_frame(batch, arrival, data)
                except Refused as why:
                    batch.refuse(arrival, data, str(why))
        batch.finish()
        return answers

    def _take_piece(self, batch: Batch, arrival: Arrival) -> list[Answer]:
        """Keep one fragment and take the frame it makes whole, or raise Refused.

        A frame that is not believed gives way to one made of other pieces.
        """
        piece = undress.piece(batch, arrival)
        batch.keep_piece(arrival)
        answers: list[Answer] = []
        rebuilt = self._reassembly.put(f"{arrival.bearer} {arrival.sender}", piece)
        while rebuilt is not None:
            try:
                answers = self._take_frame(batch, arrival, rebuilt.frame)
                genuine = True
            except Refused as why:
                batch.refuse(arrival, rebuilt.frame, str(why))
                genuine = False
            rebuilt = self._reassembly.judged(rebuilt, genuine)
        return answers

    def _take_frame(self, batch: Batch, arrival: Arrival, data: bytes) -> list[Answer]:
        """Keep one frame and return what it is owed, or raise Refused with nothing changed.

        The bytes are looked up first: only those never seen are verified.
        """
        header, protected = undress.frame_of(batch, arrival, data)
        whole = frame.write(header, protected)
        digest = hashlib.sha256(whole).digest()
        known = batch.known(digest)
        if known is not None:
            batch.receive(arrival, digest, known.id)
            return _owed(arrival, header, known, known.type, known.fields)
        genuine = self._believed(batch, header, protected)
        fields = describe.fields(genuine.message)
        kept = batch.keep(arrival, genuine, whole, digest, fields)
        if kept is None:
            return []
        effects.apply(batch.connection, kept, genuine.message)
        owed = _owed(arrival, header, kept, type(genuine.message).__name__, fields)
        return owed + _asked(batch, arrival, kept, genuine.message)

    def _believed(self, batch: Batch, header: Any, protected: bytes) -> Genuine:
        """Return what this frame says and which Box sealed it, or raise Refused."""
        if header.direction != UP:
            raise Refused("a downward frame coming up")
        box = batch.box_at(header.address)
        try:
            proof.check_permitted(header)
            if header.mode != frame.SEALED:
                raise Refused("a local frame, and this Box has no Station")
            if box is None:
                raise Refused(f"no Box has the address {header.address}")
            epoch, body = self._verifier.unseal(box, header, protected)
            message = messages.decode(UP, header.type, body)
            _check_deeper(message)
        except ValueError as why:
            raise Refused(str(why)) from None
        return Genuine(box, header, epoch, message)


def _check_deeper(message: Any) -> None:
    """Raise ValueError for a field that the table allows and its own format does not."""
    if isinstance(message, messages.Ack):
        acks.read(message.acknowledged)
    if isinstance(message, messages.Series):
        series.decode(message.values)


def _owed(
    arrival: Arrival, header: Any, row: Any, kind: str, fields: dict[str, Any]
) -> list[Answer]:
    """Return what a kept message is owed: the first time and each time it comes again."""
    to = (arrival.bearer, arrival.sender, row.box, row.issue, row.epoch, row.seq)
    answers = [Answer("ack", *to)] if header.ack_wanted else []
    return answers + [Answer("time", *to)] if _asks_for_time(kind, fields) else answers


def _asked(batch: Batch, arrival: Arrival, kept: Kept, message: Any) -> list[Answer]:
    """Return what its Box is to be asked because of this message."""
    if not isinstance(message, messages.HealthDelta):
        return []
    if not effects.needs_whole_health(batch.connection, kept):
        return []
    to = (arrival.bearer, arrival.sender, kept.box, kept.issue, kept.epoch, kept.seq)
    return [Answer("health", *to)]


def _asks_for_time(kind: str, fields: dict[str, Any]) -> bool:
    """Return whether its sender's clock was never set."""
    if kind == "Boot":
        return "started" not in fields
    return any(fields.get(name, 0) < 0 for name in ("minute", "started", "start"))
