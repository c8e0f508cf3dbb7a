"""What the modem and the gateway must not forget: the queues both ways and the counters."""

import errno
import json
from pathlib import Path
from typing import Any

from host_tools.sim.iridium_directip import Mo

NUMBER_ENDS = 2**16  # MOMSN and MTMSN wrap there


class Kept:
    """One JSON file, replaced whole at each change.  Queues are oldest first."""

    def __init__(self, path: Path):
        """Go on with what the file keeps, or raise OSError if it keeps something else."""
        self._path = path
        was = _was(path)
        self.momsn: int = was.get("momsn", 0)
        self.mtmsn: int = was.get("mtmsn", 0)
        self.reference: int = was.get("reference", 0)
        self.ringing: bool = was.get("ringing", False)
        self.mo = [Mo._make([*kept, bytes.fromhex(data)]) for *kept, data in was.get("mo", ())]
        self.mt = [(number, bytes.fromhex(data)) for number, data in was.get("mt", ())]

    def next_reference(self) -> int:
        self.reference += 1
        return self.reference

    def next_mtmsn(self) -> int:
        """Return a number for the next MT message, 1 to 65535."""
        self.mtmsn = self.mtmsn % (NUMBER_ENDS - 1) + 1
        return self.mtmsn

    def end_session(self) -> int:
        """Return the MOMSN of the session that has just succeeded."""
        momsn = self.momsn
        self.momsn = (momsn + 1) % NUMBER_ENDS
        return momsn

    def save(self) -> None:
        now = {
            "momsn": self.momsn,
            "mtmsn": self.mtmsn,
            "reference": self.reference,
            "ringing": self.ringing,
            "mo": [[*mo[:-1], mo.payload.hex()] for mo in self.mo],
            "mt": [[number, payload.hex()] for number, payload in self.mt],
        }
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps(now))
        fresh.replace(self._path)


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
