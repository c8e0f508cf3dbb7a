"""What happened at the county, one line each; lines about the roads push out only each other."""

import asyncio
from typing import Any

from sqlalchemy import Connection, select

from host_tools.gateway.clock import Clock
from host_tools.gateway.store import CannotWrite, Store
from host_tools.gateway.tables import journal

GATEWAY, ROADS = "gateway", "roads"  # database.NOT_PEOPLE; everybody else is an operator
MOST_ABOUT_ROADS = 10_000
INSERT = journal.insert()
_MOST_CHARACTERS = 400
_MOST_WAITING = 256


def note(connection: Connection, at: float, who: str, what: str) -> None:
    """Write one line; what is cut at 400 characters."""
    connection.execute(INSERT, line(at, who, what))


def line(at: float, who: str, what: str) -> dict[str, Any]:
    """Return the row of one line, for those who INSERT several."""
    return {"at": at, "who": who, "what": what[:_MOST_CHARACTERS]}


def trim(connection: Connection) -> None:
    """Let the oldest lines about the roads fall off."""
    of_roads = journal.c.who == ROADS
    newest = select(journal.c.id).where(of_roads).order_by(journal.c.id.desc())
    last = connection.execute(newest.limit(1).offset(MOST_ABOUT_ROADS)).scalar()
    if last is not None:
        connection.execute(journal.delete().where(of_roads, journal.c.id <= last))


class Notebook:
    """Takes lines about the roads from those who have no transaction of their own."""

    def __init__(self, store: Store, clock: Clock):
        self._store = store
        self._clock = clock
        self._lines: asyncio.Queue[tuple[float, str]] = asyncio.Queue(_MOST_WAITING)

    def note(self, what: str) -> None:
        if not self._lines.full():
            self._lines.put_nowait((self._clock.now(), what))

    async def run(self) -> None:
        while True:
            at, what = await self._lines.get()
            try:
                await self._store.write(lambda c: self._written(c, at, what))  # noqa: B023
            except CannotWrite:
                continue  # the store has said so

    def _written(self, connection: Connection, at: float, what: str) -> None:
        note(connection, at, ROADS, what)
        trim(connection)
