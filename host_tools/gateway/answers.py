"""What a Box is owed at once, as sealed frames: acknowledgements, the time, a question."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from host_tools.gateway.downlink import Exhausted, Sealer
from host_tools.gateway.intake import Answer
from protocol import acks, calendar, messages

_WHOLE_HEALTH = messages.make("Query", what="health")


class Whom(NamedTuple):
    """One Box in one epoch, at one end of the road."""

    sender: str
    address: int
    issue: int
    epoch: int


def by_box(owed: Iterable[Answer]) -> dict[Whom, list[Answer]]:
    found = defaultdict(list)
    for answer in sorted(owed):
        found[whom(answer)].append(answer)
    return found


def whom(answer: Answer) -> Whom:
    return Whom(answer.sender, answer.address, answer.issue, answer.epoch)


def frames(
    connection: Connection, sealer: Sealer, to: Whom, answers: Iterable[Answer], now: float
) -> list[bytes]:
    """Return few frames that say all of it, numbered in this transaction; none if no number is."""
    try:
        said = _messages(sorted(answers), int(now) - calendar.ZERO_UNIX)
        return [sealer.seal(connection, to, to.epoch, message)[1] for message in said]
    except Exhausted:
        return []


def _messages(answers: list[Answer], second: int) -> list[Any]:
    """Only the newest question for the time is answered: the others have waited for longer."""
    asked = [answer.seq for answer in answers if answer.kind == "time"][-1:]
    told = [messages.Time(seq, second) for seq in asked]
    arrived = acks.write(answer.seq for answer in answers if answer.kind == "ack")
    wanted = [_WHOLE_HEALTH] if any(answer.kind == "health" for answer in answers) else []
    return told + [messages.Ack(some) for some in arrived] + wanted
