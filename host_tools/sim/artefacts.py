"""What a simulator saw, as JSON lines that outlive it and that an auditor reads later."""

import json
import time
from pathlib import Path


class Log:
    """One file of JSON lines; a process that was killed goes on in the same file."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, at: float | None = None, **entry: object) -> None:
        """Append one entry with its time: `at`, or now, in seconds since 1970."""
        stamped = {"t": time.time() if at is None else at, **entry}
        self._file.write(json.dumps(stamped) + "\n")

    def event(self, words: str) -> None:
        self.write(event=words)

    def close(self) -> None:
        self._file.close()
