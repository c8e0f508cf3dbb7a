"""What became of every message, from the county's database and the log; it knows no product.

A message that was kept must be in the county's table, once; or it expired, is none of those
that never may, and the Box has told of it.
"""

import json
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NEVER_EXPIRE = {"Call", "Alarm", "Playback"}
# Of each of these the Box keeps only the newest that was never sent.
NEWEST_ONLY = ({"Health", "HealthDelta"}, {"Boot"}, {"LogHead"})
ANSWER_S = 5.0  # an acknowledgement leaves within that, unless the gateway failed meanwhile


class Post:
    """One call of post(), and what the Box said later about it."""

    def __init__(self, line: dict[str, Any]):
        self.kind = line["type"]
        self.content = self.kind, json.dumps(line["fields"], sort_keys=True)
        self.kept = line["outcome"] == "kept"
        self.sent = False
        self.gone_by: str | None = None
        self.stored = False

    def superseded(self) -> bool:
        group = next((g for g in NEWEST_ONLY if self.kind in g), set())
        return self.gone_by in group and not self.sent


class Verdict:
    def __init__(self, folder: Path):
        log = (folder / "log.jsonl").read_text()
        self._lines = [json.loads(line) for line in log.splitlines()]
        self._db = sqlite3.connect(folder / "county.db")
        self._db.row_factory = sqlite3.Row
        try:
            self._judge()
        finally:
            self._db.close()

    def _judge(self) -> None:
        posts = self._posts()
        rows = self._rows("SELECT type, fields FROM messages")
        found = Counter((row["type"], _sorted(row["fields"])) for row in rows)
        self._match(posts, found)
        missing = [p for p in posts if p.kept and not p.stored and not p.superseded()]
        expired = [p for p in missing if p.gone_by and p.kind not in NEVER_EXPIRE]
        self.kept = sum(post.kept for post in posts)
        self.stored = len(rows)
        self.lost = len(missing) - len(expired)
        self.expired = len(expired)
        self.superseded = sum(p.kept and not p.stored and p.superseded() for p in posts)
        self.yet_arrived = sum(bool(p.gone_by) and p.stored and not p.superseded() for p in posts)
        self.told = self._told()
        self.duplicated = self._duplicated() + sum(found.values())  # rows that nobody posted
        self.copies = self._count("receptions") - self.stored
        self.conflicts = self._count("conflicts") + self._count("unreadable")
        self.unanswered, self.unfounded = self._acknowledgements()

    def complaints(self) -> Iterator[str]:
        """Yield what was promised and is not so, in sentences."""
        if self.lost:
            yield f"{self.lost} messages were kept and are not in the county's table"
        if self.duplicated:
            yield f"{self.duplicated} rows of the table are one too many"
        if self.conflicts:
            yield f"{self.conflicts} frames were refused, or two of them have one number"
        if self.unanswered:
            yield f"{self.unanswered} times a message came and was not acknowledged"
        if self.unfounded:
            yield f"{self.unfounded} acknowledgements are of what was not in the table"
        if self.told != self.expired + self.yet_arrived:
            yield (
                f"{self.expired} messages expired, and {self.yet_arrived} that had arrived, "
                f"but the Box told of {self.told}"
            )

    def _posts(self) -> list[Post]:
        posts: list[Post] = []
        for line in self._lines:
            if "post" in line:
                posts.append(Post(line))
            elif "found" in line:
                posts[line["found"] - 1].kept = True
            elif "sent" in line:
                posts[line["sent"] - 1].sent = True
            elif line.get("gone") and line["by"]:
                posts[line["gone"] - 1].gone_by = line["by"]
        return posts

    def _match(self, posts: list[Post], found: Counter) -> None:
        """Give each row to a post of its content: one that was kept before one cut short, and
        one in whose place none came before one that had to go.
        """
        for post in sorted(posts, key=lambda post: (not post.kept, post.superseded())):
            if found[post.content]:
                found[post.content] -= 1
                post.stored = True

    def _duplicated(self) -> int:
        """Return how many rows have a frame, or a number, that another has too."""
        again = "SELECT count(*) - count(DISTINCT {}) AS n FROM messages"
        names = "box || ' ' || issue || ' ' || epoch || ' ' || seq"
        return sum(self._rows(again.format(of))[0]["n"] for of in ("hex(frame)", names))

    def _told(self) -> int:
        """Return how many expired by the newest Health that the county knows."""
        (box,) = self._rows("SELECT health FROM boxes")
        return json.loads(box["health"] or "{}").get("expired", 0)

    def _acknowledgements(self) -> tuple[int, int]:
        """Return (receptions not acknowledged, SEQs acknowledged that had not been received)."""
        acks = defaultdict(list)
        for line in self._lines:
            for seq in line.get("ack", ()):
                acks[line["epoch"], seq, line["road"]].append(line["at"])
        failures = [line["at"] for line in self._lines if "gateway" in line]
        receptions = self._rows(
            "SELECT m.epoch, m.seq, r.bearer, r.received_at FROM receptions AS r "
            "JOIN messages AS m ON m.id = r.message_id"
        )
        unanswered, first = 0, {}
        for row in receptions:
            name, at = (row["epoch"], row["seq"], row["bearer"]), row["received_at"]
            first[name] = min(at, first.get(name, at))
            unanswered += not _within(acks[name], at) and not _within(failures, at)
        unfounded = [n for n, times in acks.items() if times and min(times) < first.get(n, 9e99)]
        return unanswered, len(unfounded)

    def _rows(self, query: str) -> list[sqlite3.Row]:
        return self._db.execute(query).fetchall()

    def _count(self, table: str) -> int:
        return self._rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]


def _sorted(fields: str) -> str:
    return json.dumps(json.loads(fields), sort_keys=True)


def _within(times: list[float], at: float) -> bool:
    """Return whether one of these times, in order, is soon after this one."""
    i = bisect_left(times, at)
    return i < len(times) and times[i] <= at + ANSWER_S
