"""The county: the real gateway on a database in memory, one step after the other.

What it does depends on its database, the moment and what comes; so each different step is lived
once and remembered.  In between it keeps nothing in memory: it is begun anew for each step.
"""

import asyncio
import contextlib
import io
import math
import sqlite3
from typing import Any, NamedTuple
from unittest import mock

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from host_tools.gateway import acks, database, due, intake, lanes, orders, service
from host_tools.gateway.arrivals import Arrival
from host_tools.gateway.store import Store
from tests.host import gateway_county as county
from tests.prove.air import DOWN, ROADS, Parcel
from tests.prove.moment import CountyClock, Time, loop
from tests.prove.village import ADDRESS, ISSUE

ARRIVES, KILLED, ORDERED, DUE = "arrives", "killed", "ordered", "due"
NEVER_MS = 1 << 40  # due then: never

_SENDERS = {"ip": county.HOME, "sbd": county.IMEI}
_MESSAGES = "SELECT epoch, seq, frame FROM messages ORDER BY epoch, seq"
# What makes two databases the same: not in it are row numbers, receptions, numbers used up.
_CONTENT = (
    _MESSAGES,
    "SELECT epoch, seq, frame FROM conflicts ORDER BY frame",
    "SELECT count(*), min(reason) FROM unreadable",
    "SELECT epoch, seq, state FROM calls ORDER BY epoch, seq",
    "SELECT slot, seq, frame FROM orders ORDER BY slot, seq",
    "SELECT slot, seq, state, outcome, tries, next_at, sbd_tries, sbd_next_at, carry IS NULL"
    " FROM deliveries JOIN orders ON orders.id = order_id ORDER BY slot, seq",
    "SELECT epoch, least_epoch, ip_address, ip_heard_at FROM boxes",
)


class Database(NamedTuple):
    """The database after a step; due_ms: when the gateway next does something by itself."""

    disk: bytes
    messages: list  # (epoch, SEQ, frame) of each row
    content: str
    due_ms: int


class Step(NamedTuple):
    after: Database
    sent: list[Parcel]


class County:
    """All its steps so far: {(disk, now in ms, deed, what it is done with): Step}."""

    def __init__(self):
        self._loop = loop()
        self._engine = database.open_engine(":memory:")
        database.register_box(self._engine, county.record(ADDRESS, ISSUE))
        self._steps: dict[Any, Step] = {}
        self._now_ms = 0
        self.empty = self._database()

    def close(self):
        self._engine.dispose()
        self._loop.close()

    def step(self, disk, now_ms, deed, what=None):
        """Return the Step from this disk at this moment."""
        key = disk, now_ms, deed, what
        if key not in self._steps:
            self._connection().deserialize(disk)
            self._now_ms = now_ms
            sent = self._loop.run_until_complete(self._lived(deed, what))
            self._steps[key] = Step(self._database(), sent)
        return self._steps[key]

    async def _lived(self, deed, what):
        """Start the gateway, let it do this, and end it; return what it sent."""
        sent, time = [], Time(self._now_ms)
        gateway = _gateway(self._engine, sent, CountyClock(time))
        with mock.patch.dict(acks.PAUSE_S, dict.fromkeys(ROADS, 0)):  # answers do not gather
            tasks = [asyncio.ensure_future(run()) for run in gateway.services()]
            await time.advance(0)
            with self._no_commit() if deed == KILLED else contextlib.nullcontext():
                if deed in (ARRIVES, KILLED):
                    gateway.offer(self._arrival(what))
                elif deed == ORDERED:
                    await _order(gateway.page, what)
                await time.advance(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return sent

    def _arrival(self, parcel):
        now = CountyClock(Time(self._now_ms)).now()
        return Arrival(parcel.data, parcel.road, _SENDERS[parcel.road], now)

    @contextlib.contextmanager
    def _no_commit(self):
        """The next transaction does all its work and then cannot be committed."""

        def refuse(_connection):
            full = sqlite3.OperationalError("database or disk is full")
            raise OperationalError("COMMIT", {}, full)

        event.listen(self._engine, "commit", refuse, once=True)
        with contextlib.redirect_stderr(io.StringIO()):  # where the gateway tells of it
            yield

    def _database(self):
        connection = self._connection()
        content = [list(connection.execute(query)) for query in _CONTENT]
        with self._engine.connect() as reading:
            due_at = due.next_at(reading, lanes.of_roads(ROADS))
        due_ms = NEVER_MS if math.isinf(due_at) else math.ceil((due_at - county.NOON) * 1000)
        return Database(connection.serialize(), content[0], repr(content), due_ms)

    def _connection(self):
        with contextlib.closing(self._engine.raw_connection()) as connection:
            return connection.driver_connection


class Desk:
    """A county in a story."""

    def __init__(self, steps, begins, time, air):
        self.database = begins
        self._steps = steps
        self._time, self._air = time, air

    def does(self, deed, what=None):
        """Let the gateway do this now."""
        now_ms = self._time.ticks_ms()
        self.database, sent = self._steps.step(self.database.disk, now_ms, deed, what)
        for parcel in sent:
            self._air.put(parcel)


class Road:
    def __init__(self, road, sent):
        self._road, self._sent = road, sent

    def send(self, _to, payload):
        self._sent.append(Parcel(self._road, DOWN, bytes(payload)))


class NoTime:
    """The time is not told: clocks are tried elsewhere, and each answer is a parcel more."""

    def __init__(self, _clock):
        pass

    def allows(self, _address):
        return False


def _gateway(engine, sent, clock):
    """Return the gateway as its service builds it, without a page and with room for few pieces."""
    store = Store(engine, county.AtOnce(), county.AtOnce())
    roads = {road: Road(road, sent) for road in ROADS}
    no_page = mock.patch.object(service.web, "build", lambda desk: desk)
    no_time = mock.patch.object(service, "Ration", NoTime)
    few_pieces = mock.patch.object(intake, "MOST_IN_PIECES", 1)
    with no_page, no_time, few_pieces:
        return service.Gateway(store, county.PUBLIC, county.MASTER, roads, clock)


async def _order(desk, data):
    """Do what the desk does with a signed frame that somebody brings."""
    now = desk.clock.now()
    await desk.store.write(lambda c: orders.accept(c, desk.public, data, now))
    desk.dispatch.wake()
