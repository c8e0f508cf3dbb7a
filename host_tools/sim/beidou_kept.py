"""What cards and satellites do not forget: when a card last sent, and what is in the air."""

import errno
import json
from pathlib import Path
from typing import Any

from host_tools.sim.beidou_words import Message


class Kept:
    """One JSON file, replaced whole at each change.  Times are in seconds since 1970."""

    def __init__(self, path: Path):
        """Go on with what the file keeps, or raise OSError if it keeps something else."""
        self._path = path
        was = _was(path)
        self.sent_at: dict[str, float] = was.get("sent_at", {})
        self.early: dict[str, int] = was.get("early", {})
        self.air = [(due, _message(*rest)) for due, *rest in was.get("air", ())]

    def save(self) -> None:
        air = [
            [due, one.sender, one.receiver, one.coding.hex(), one.data.hex()]
            for due, one in self.air
        ]
        now = {"sent_at": self.sent_at, "early": self.early, "air": air}
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps(now))
        fresh.replace(self._path)


def _message(sender: str, receiver: str, coding: str, data: str) -> Message:
    return Message(sender, receiver, bytes.fromhex(coding), bytes.fromhex(data))


def _was(path: Path) -> dict[str, Any]:
    try:
        was = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        was = None
    if not isinstance(was, dict):
        raise OSError(errno.EINVAL, "is not a queue of this simulator; remove it", str(path))
    return was
