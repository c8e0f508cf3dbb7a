"""The plain log of a run, one JSON object a line: the judge reads this and the database."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any

from firmware.outbox import Outbox
from tests.chaos import virtual
from tests.village import Power, PowerCut


class Log:
    """Lines with the time they were written at, in seconds since 1970."""

    def __init__(self, path: Path):
        self._file = path.open("w")

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, _kind: type | None, _why: Any, _where: TracebackType | None) -> None:
        self._file.close()

    def note(self, **what: Any) -> None:
        at = virtual.NOON + virtual.now_s()
        self._file.write(json.dumps({"at": at, **what}) + "\n")


Name = tuple[int, int, bytes]  # of a Slip: its number, type and body


class Slips:
    """Which posts wait in a Box, over all its starts: {name of the Slip: number of the post}.

    A Slip that goes without an Ack is one that expired, or whose place another took.
    """

    def __init__(self, log: Log):
        self._log = log
        self._waiting: dict[Name, int] = {}
        self._posts = 0
        self._unsure: str | None = None  # the type of a post that the power cut short

    def posted(self, message: Any, outcome: str) -> int:
        """Note one post; outcome is "kept", "full" or "cut"."""
        self._posts += 1
        kind = type(message).__name__
        self._unsure = kind if outcome == "cut" else None
        self._log.note(post=self._posts, type=kind, fields=_fields(message), outcome=outcome)
        return self._posts

    def found(self, names: set[Name]) -> None:
        """A Box has started, and these wait."""
        self.changed(names, self._unsure)
        for name in names - set(self._waiting):
            self._log.note(found=self._posts)  # the post that was cut short was kept after all
            self._waiting[name] = self._posts
        self._unsure = None

    def changed(self, names: set[Name], by: str | None) -> None:
        """These wait now, because a message of this type was posted (None: an Ack came)."""
        for name in set(self._waiting) - names:
            self._log.note(gone=self._waiting.pop(name), by=by)

    def added(self, name: Name, post: int, kind: str) -> None:
        """This post waits; in the place, it may be, of one that said the same."""
        if name in self._waiting:
            self._log.note(gone=self._waiting[name], by=kind)
        self._waiting[name] = post

    def sent(self, name: Name) -> None:
        self._log.note(sent=self._waiting[name])


class LoggedOutbox(Outbox):
    """The Outbox, and what came of each post() on the log."""

    slips: Slips

    def __init__(self, power: Power, *parts: Any):
        super().__init__(*parts)
        self._power = power
        self.slips.found(self._names())
        for slip in self:
            if slip.seq is not None:
                self.slips.sent(_name(slip))

    def post(self, message: Any, instead_of: Any = ()) -> Any:
        self._power.check()  # a dead board posts nothing
        try:
            slip = super().post(message, instead_of)
        except PowerCut:
            self.slips.posted(message, "cut")
            raise
        except Exception:
            self.slips.posted(message, "full")
            self.slips.changed(self._names(), type(message).__name__)
            raise
        kind = type(message).__name__
        self.slips.changed(self._names(), kind)
        self.slips.added(_name(slip), self.slips.posted(message, "kept"), kind)
        return slip

    def hand_over(self, slip: Any) -> Any:
        is_new = slip.seq is None
        handed = super().hand_over(slip)
        if is_new:
            self.slips.sent(_name(slip))
        return handed

    def acknowledged_steps(self, epoch: int, seqs: Any) -> Any:
        for step in super().acknowledged_steps(epoch, seqs):
            self.slips.changed(self._names(), None)
            yield step

    def _names(self) -> set[Name]:
        return {_name(slip) for slip in self}


def _name(slip: Any) -> Name:
    return slip.number, slip.row.number, slip.body


def _fields(message: Any) -> dict[str, Any]:
    """Return the fields that are there, bytes as hex, as the county's table has them."""
    present = {name: it for name, it in message._asdict().items() if it is not None}
    return {name: it.hex() if isinstance(it, bytes) else it for name, it in present.items()}
