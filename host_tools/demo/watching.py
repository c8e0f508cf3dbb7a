"""What the demo waits for: facts in the county's database and lines in the Box's journal."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOK_S = 0.1


class Late(Exception):
    """What the script waits for did not happen in time; the sentence says what."""


async def until(what: str, happened: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Wait until happened() is true and return it, or raise Late."""
    ends = time.monotonic() + within_s
    while True:
        found = happened()
        if found:
            return found
        if time.monotonic() > ends:
            raise Late(f"waited {within_s:.0f} s in vain for: {what}")
        await asyncio.sleep(LOOK_S)


class County:
    """Reads the gateway's database; never writes."""

    def __init__(self, path: Path):
        self._path = path

    def rows(self, query: str, *values: Any) -> list[Any]:
        connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def fields(self, kind: str) -> list[dict[str, Any]]:
        """Return the fields of every message of this type, the oldest first."""
        query = "SELECT fields FROM messages WHERE type = ? ORDER BY id"
        return [json.loads(row[0]) for row in self.rows(query, kind)]

    def stages(self, order_id: bytes) -> list[dict[str, Any]]:
        """Return what the Box reported of this order, the oldest first."""
        return [p for p in self.fields("Playback") if p["order"] == order_id.hex()]

    def finished(self, order_id: bytes) -> dict[str, Any] | None:
        ends = [p for p in self.stages(order_id) if p["stage"] == "finished"]
        return ends[0] if ends else None

    def began(self, order_id: bytes) -> bool:
        return any(p["stage"] == "playing" for p in self.stages(order_id))

    def calls(self, button: int) -> list[tuple[int, str]]:
        """Return (message id, state) of this button's calls, the oldest first."""
        query = "SELECT message_id, state FROM calls WHERE button = ? ORDER BY message_id"
        return self.rows(query, button)

    def epoch(self, address: int) -> int:
        return self.rows("SELECT epoch FROM boxes WHERE address = ?", address)[0][0]


class Lines:
    """A text file that only grows, counted by what its lines contain."""

    def __init__(self, path: Path):
        self._path = path

    def count(self, words: str) -> int:
        if not self._path.exists():
            return 0
        return sum(words in line for line in self._path.read_text(errors="replace").splitlines())
