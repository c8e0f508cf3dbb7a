"""What the county acknowledged, as it was seen on the roads."""

from typing import NamedTuple

from tests.audit import wire
from tests.audit.run import Run
from tests.audit.words import Unreadable


class Acking(NamedTuple):
    """One report acknowledged at this time; reached: the Ack got to the Box."""

    t: float
    epoch: int
    seq: int
    reached: bool


def given(run: Run) -> list[Acking]:
    """Return every acknowledgement that was seen going down, in order of time."""
    found = []
    for one in run.sightings:
        if one.frame.down and one.epoch is not None and one.message and one.message.name == "Ack":
            for seq in _seqs(one.message.fields.get("acknowledged")):
                found.append(Acking(one.t, one.epoch, seq, one.reached))
    return found


def _seqs(data: object) -> list[int]:
    try:
        return wire.acknowledged(data if isinstance(data, bytes) else b"")
    except Unreadable:
        return []
