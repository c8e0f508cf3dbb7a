"""A county in a test: real keys, a real database, and a clock that only the test moves."""

import asyncio
import contextlib
import heapq
import itertools
import json
import sqlite3
from concurrent.futures import Executor, Future

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from host_tools import crypto
from host_tools.gateway import database
from host_tools.gateway.arrivals import BEIDOU, IP, SBD, Arrival
from host_tools.gateway.service import Gateway
from host_tools.gateway.store import Store
from host_tools.keys.store import Public, PublicSlot
from protocol import acks, calendar, containers, frame, keys, messages, proof
from protocol.keyring_file import (
    ALL_RANKS,
    FOR_DRILLS,
    FOR_ORDERS,
    FOR_SETTINGS,
    TO_ALL,
    TO_GROUP,
    TO_ONE,
)
from protocol.schema import DOWN, UP

MASTER = b"county master".ljust(32)
LIVE, DRILL, STRANGER = (word.ljust(32) for word in (b"live key", b"drill key", b"stranger"))
ROOT, NEXT_ROOT, OFFICE = (w.ljust(32) for w in (b"root key", b"next root", b"office"))
REALM = keys.realm(crypto.public_of(ROOT))
EVERYWHERE = TO_ONE | TO_GROUP | TO_ALL
NOON = 1_800_000_000.0
HOME = "192.0.2.7:40001"  # a Box's address on the IP road
IMEI = "300234010000001"
CARD = "0242407"
NAME, PASSWORD = "duty", "correct horse"

PUBLIC = Public(
    REALM,
    crypto.public_of(ROOT),
    crypto.public_of(NEXT_ROOT),
    (
        PublicSlot(1, crypto.public_of(LIVE), ALL_RANKS, EVERYWHERE, FOR_ORDERS, "live"),
        PublicSlot(2, crypto.public_of(DRILL), 0b0011, TO_ONE, FOR_DRILLS, "drill"),
        PublicSlot(3, crypto.public_of(OFFICE), 0, EVERYWHERE, FOR_SETTINGS, "office"),
    ),
)


def record(
    address=0x1234, issue=1, imei=IMEI, groups=(0xF001,), name="Upper village", card=None
):  # fmt: skip
    return {
        "address": address, "issue": issue, "name": name, "unique_id": "0011223344556677",
        "imei": imei, "beidou_card": card, "groups": list(groups),
    }  # fmt: skip


class Box:
    """Seals like a Box and opens what is meant for it; each message takes the next SEQ."""

    def __init__(self, address=0x1234, issue=1, epoch=1):
        self.address, self.epoch = address, epoch
        self.root = keys.box_root(MASTER, REALM, address, issue)
        self.seqs = itertools.count(1)

    def says(self, name, seq=None, epoch=None, ack_wanted=None, elided=False, **fields):
        """Return one upward frame; the newest is also kept as self.seq."""
        return self.sends(messages.make(name, **fields), seq, epoch, ack_wanted, elided)

    def sends(self, message, seq=None, epoch=None, ack_wanted=None, elided=False):
        self.seq = next(self.seqs) if seq is None else seq
        epoch = self.epoch if epoch is None else epoch
        row = messages.row_of(UP, message)
        wanted = row.name != "Ack" if ack_wanted is None else ack_wanted
        header = frame.Header(
            frame.SEALED, UP, row.number, row.priority, wanted, self.address, self.seq
        )
        body = messages.encode(UP, message)
        return frame.write(header, self.seal(header, epoch, body), elided)

    def seal(self, header, epoch, body):
        key = keys.traffic_key(
            self.root, epoch, "up" if header.mode != frame.LOCAL else "local-up"
        )
        return proof.seal(crypto, key, epoch, REALM, header, body)

    def calls(self, **more):
        return self.says("Call", **{"button": 1, "kind": "help", "minute": minute(NOON), **more})

    def health(self, queue=0, faults=0, **more):
        return self.says(
            "Health", links_up=1, queue=queue, oldest_waiting_min=0, faults=faults,
            free_store_percent=90, uptime_h=1, software=1, **more,
        )  # fmt: skip

    def boots(self, started=None, **more):
        return self.says(
            "Boot", boot=1, cause="power", started=started, software=1, schema=b"abcd",
            store="kept", roads=(1200, 340), templates=1, languages=1,
            **{"counters": b"", **more},
        )  # fmt: skip

    def plays(self, stage, order_id, **more):
        return self.says("Playback", stage=stage, order=order_id, **more)

    def acknowledges(self, seq, **more):
        return self.says("Ack", acknowledged=acks.write([seq])[0], **more)

    def opens(self, payload):
        """Return [(header, message)] of the sealed frames in a payload meant for this Box."""
        return [self._opened(data) for data in containers.unpack(payload)]

    def _opened(self, data):
        header, protected = frame.read(data, self.address)
        assert header.direction == DOWN
        assert header.address == self.address
        key = keys.traffic_key(self.root, self.epoch, "down")
        body = proof.unseal(crypto, key, self.epoch, REALM, header, protected)
        return header, messages.decode(DOWN, header.type, body)


def minute(unix_s):
    return int(unix_s - calendar.ZERO_UNIX) // 60


def signed(
    name="Order", seq=1, target=0x1234, private=LIVE, realm=REALM, priority=0, **fields
):  # fmt: skip
    """Return the SIGNED frame of an Order or a Cancel."""
    usual = {
        "slot": 1, "issued": minute(NOON), "valid_10min": 3, "event": "flash_flood",
        "rank": "danger", "repeats": 2, "volume": "emergency", "template": 17,
    }  # fmt: skip
    message = messages.make(name, **({**usual, **fields} if name == "Order" else fields))
    header = frame.Header(
        frame.SIGNED, DOWN, messages.row(DOWN, name).number, priority, False, target, seq
    )
    body = messages.encode(DOWN, message)
    signature = crypto.sign(private, proof.to_be_signed(realm, header, body))
    return frame.write(header, body + signature)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now=NOON):
        self._now = now
        self._sleepers = []
        self._order = itertools.count()

    def now(self):
        return self._now

    def jump(self, seconds):
        """Be later without waking anybody, as after a suspended machine."""
        self._now += seconds

    async def sleep(self, seconds):
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def wait(self, event, seconds):
        tasks = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.sleep(seconds))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        return event.is_set()

    async def advance(self, seconds):
        """Let time pass; whoever is due wakes at the moment it wanted."""
        end = self._now + seconds
        await settled()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue
            self._now = max(self._now, due)
            woken.set_result(None)
            await settled()
        self._now = end
        await settled()


async def settled():
    for _ in range(40):
        await asyncio.sleep(0)


class AtOnce(Executor):
    """Does in place what a thread would do, so that virtual time can wait for it."""

    def submit(self, fn, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as why:  # noqa: BLE001 - as a thread would hand it over
            done.set_exception(why)
        return done


class Road:
    """Remembers what was sent on it: [(when, to, payload)]."""

    def __init__(self, clock):
        self._clock = clock
        self.sent = []

    def send(self, to, payload):
        self.sent.append((self._clock.now(), to, payload))

    def taken(self):
        sent, self.sent = self.sent, []
        return sent


class TurnRoad(Road):
    """One whose turns come at once."""

    def ask(self, maker):
        self._asked = asyncio.ensure_future(self._make(maker))

    def drop_unless(self, is_wanted):
        pass

    async def _make(self, maker):
        for to, data in await maker():
            self.send(to, data)


class County:
    """One county on a disk; its gateway may be started again and again.

    It has a BeiDou road where a test gives it one; noted: what roads told the journal.
    """

    def __init__(self, folder):
        self.path = folder / "county.db"
        self.engine = database.open_engine(self.path)
        self.clock = Clock()
        self.ip, self.sbd = Road(self.clock), Road(self.clock)
        self.beidou = None
        self.noted = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.engine.dispose()

    def enter(self, **fields):
        """Register a Box and return it."""
        entry = record(**fields)
        database.register_box(self.engine, entry)
        return Box(entry["address"], entry["issue"])

    @contextlib.asynccontextmanager
    async def gateway(self):
        store = Store(self.engine, AtOnce(), AtOnce())
        roads = {IP: self.ip, SBD: self.sbd}
        if self.beidou is not None:
            roads[BEIDOU] = self.beidou
        gateway = Gateway(store, PUBLIC, MASTER, roads, self.clock)
        running = [asyncio.create_task(service()) for service in gateway.services()]
        try:
            yield gateway
            await settled()
            for task in running:
                if task.done():
                    task.result()
        finally:
            gateway.close()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def arrival(self, raw, bearer=IP, sender=None):
        usual = {IP: HOME, SBD: IMEI, BEIDOU: CARD}[bearer]
        return Arrival(raw, bearer, sender or usual, self.clock.now())

    async def brings(self, gateway, raw, bearer=IP, sender=None):
        """A payload comes and is taken; acknowledgements have had their moment."""
        gateway.offer(self.arrival(raw, bearer, sender))
        await self.clock.advance({IP: 0.05, SBD: 1.1, BEIDOU: 3.1}[bearer])

    def rows(self, query, *values):
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def count(self, table):
        return self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]

    def fields(self, kind):
        rows = self.rows("SELECT fields FROM messages WHERE type = ? ORDER BY id", kind)
        return [json.loads(row["fields"]) for row in rows]

    def everything(self):
        """Return all rows of all tables, to see that nothing changed."""
        names = [
            row["name"] for row in self.rows("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {name: self.rows(f"SELECT * FROM {name}") for name in names}


def acknowledged(box, road):
    """Return the SEQs acknowledged to a Box on this road, and forget what was sent."""
    found = []
    for _, _, payload in road.taken():
        for _, message in box.opens(payload):
            if isinstance(message, messages.Ack):
                found += acks.read(message.acknowledged)
    return found


@contextlib.contextmanager
def no_commit_succeeds(engine):
    """Each transaction does all its work and then cannot be committed."""

    def refuse(_connection):
        full = sqlite3.OperationalError("database or disk is full")
        raise OperationalError("COMMIT", {}, full)

    event.listen(engine, "commit", refuse)
    try:
        yield
    finally:
        event.remove(engine, "commit", refuse)


def play(county, script):
    """Run script(gateway) against a running gateway of this county."""

    async def run():
        async with county.gateway() as gateway:
            await script(gateway)

    asyncio.run(run())
