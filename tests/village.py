"""A village without hardware and its county without a network: one Box in virtual time.

The village's parts are tests/fakes.py; its power can fail at any operation on flash.  The county
signs, seals, acknowledges and remembers with protocol/ and a signature that costs nothing.
"""

import asyncio
import hashlib
from collections import namedtuple

from drivers.outcomes import REFUSED, SENT, Outcome
from firmware import safe_mode
from firmware.box import assemble
from firmware.keyring_copies import NoKeys
from firmware.settings import BadSettings
from firmware.supervisor import supervise
from protocol import (
    acks,
    calendar,
    ccm,
    containers,
    frame,
    health_delta,
    keyring_file,
    keys,
    messages,
    proof,
)
from protocol.keyring_file import (
    ALL_RANKS,
    FOR_DRILLS,
    FOR_ORDERS,
    FOR_SETTINGS,
    TO_ALL,
    TO_GROUP,
    TO_ONE,
    Slot,
)
from protocol.schema import DOWN, UP
from tests.fakes import (
    FakeAmplifier,
    FakeButton,
    FakeClock,
    FakeLamp,
    FakePlayer,
    FakeWatchdog,
    ListLines,
    Mailbox,
    MemoryCell,
    MemoryStore,
)
from tests.shared.running import run

BOX, NEIGHBOUR, GROUP, OTHER_GROUP = 0x1234, 0x1235, 0xF001, 0xF002
UNIQUE_ID = b"\x00\x11\x22\x33\x44\x55\x66\x77"
AREA = 7
ROOT, LIVE, DRILL, TOWNSHIP, OFFICE, NEWEST = range(6)
ROOTS = (b"r" * 32, b"n" * 32)
REALM = keys.realm(ROOTS[0])
EVERY_TARGET = TO_ONE | TO_GROUP | TO_ALL
SLOTS = (
    Slot(LIVE, b"l" * 32, ALL_RANKS, EVERY_TARGET, FOR_ORDERS, 0),
    Slot(DRILL, b"d" * 32, ALL_RANKS, EVERY_TARGET, FOR_DRILLS, 0),
    Slot(TOWNSHIP, b"t" * 32, 0b0011, TO_ONE | TO_GROUP, FOR_ORDERS, 0),  # routine and notice
    Slot(OFFICE, b"o" * 32, 0, EVERY_TARGET, FOR_SETTINGS, 0),
)
START_SECOND = 60 * 800_000

SETTINGS = {
    "site": {"name": "Upper Village", "area": AREA, "groups": [GROUP]},
    "heartbeat_s": 900,
    "alert": {"tone_hz": 1000, "tone_ms": 1000},
    "volume_pct": {"normal": 60, "emergency": 100},
    "limits": {
        "volts_mv": 20_000,
        "ohms_tenths_low": 400,
        "ohms_tenths_high": 10_000,
        "microphone_db": 60,
    },
    "call_points": [{"number": 1, "kind": "help"}],
}
CLIPS_MS = {"1": 3_000, "2": 3_000, "3": 3_000, "drill": 1_000}

# order_id: four bytes; message: Order or Cancel; frame: bytes as they were signed
Signed = namedtuple("Signed", ("order_id", "message", "frame"))
# what the county holds of one message: name (epoch, SEQ), message, roads it came by
Row = namedtuple("Row", ("name", "message", "roads"))


def in_a_village(script, **conditions):
    """Run script(village), a coroutine, in a fresh village with a running Box."""
    run(_lived(script, conditions))


async def _lived(script, conditions):
    village = Village(**conditions)
    await village.start()
    await script(village)
    village.stop()


class PowerCut(asyncio.CancelledError):
    """The board is dead: its tasks end where they are, and nobody restarts them."""


class Power:
    """What all parts of a board live on: fails at one operation on flash, before or just after it.

    log, once it is a list, gets all that the board does: ("put", key, value), ("remove", key),
    ("send", road, data) and ("start", parts) of a programme.
    """

    def __init__(self):
        self.on = True
        self.operations = 0
        self.fails_before = self.fails_after = ()  # numbers of operations
        self.log = None

    def check(self):
        if not self.on:
            raise PowerCut()

    def operate(self, action, *arguments):
        self.check()
        self.operations += 1
        self._fail_at(self.fails_before)
        action(*arguments)
        self._fail_at(self.fails_after)

    def note(self, *deed):
        if self.log is not None:
            self.log.append(deed)

    def _fail_at(self, operations):
        if self.operations in operations:
            self.on = False
            raise PowerCut()


class Flash(MemoryStore):
    """A store on a board's power; where refuse(key, value) is true a put raises StoreFull."""

    def __init__(self, power, state="kept"):
        super().__init__(state)
        self.power = power
        self.refuse = None

    def put(self, key, value):
        self.full = self.refuse is not None and self.refuse(key, value)
        self.power.operate(self._put, key, value)

    def remove(self, key):
        self.power.operate(self._remove, key)

    def _put(self, key, value):
        MemoryStore.put(self, key, value)
        self.power.note("put", key, value)

    def _remove(self, key):
        MemoryStore.remove(self, key)
        self.power.note("remove", key)


class PoweredCell(MemoryCell):
    def __init__(self, power, data):
        super().__init__(data)
        self._power = power

    def write(self, data):
        self._power.operate(MemoryCell.write, self, data)


class BoardClock:
    """The village's time as one board sees it, from its own start until its power fails."""

    def __init__(self, time, power):
        self._time = time
        self._power = power
        self._started = time.ticks_ms()
        self.since_ms = time.since_ms
        self.ticks_ms = time.ticks_ms

    def uptime_s(self):
        return self._time.since_ms(self._started) // 1000

    async def sleep_ms(self, ms):
        self._power.check()
        await self._time.sleep_ms(ms)
        self._power.check()

    async def within(self, ms, awaitable):
        return await self._time.within(ms, awaitable)


class Road(Mailbox):
    """A modem with the county at its other end; cut, a send ends in `when_cut`."""

    def __init__(self, name, county, clock, power, when_cut, takes_ms):
        super().__init__()
        self.name = name
        self.cut = False
        self._county = county
        self._clock = clock
        self._power = power
        self._when_cut = when_cut
        self._takes_ms = takes_ms

    async def send(self, data):
        self.tried.append(data)
        self._power.note("send", self.name, data)
        await self._clock.sleep_ms(self._takes_ms)
        self._power.check()
        if self.cut:
            return self._when_cut
        self.carried.append(data)
        for answer in self._county.hear(data, self.name):
            self.put(answer)
        return Outcome(SENT, "")

    async def receive(self):
        data = await Mailbox.receive(self)
        self._power.check()
        return data


class Player(FakePlayer):
    def __init__(self, clock, power):
        super().__init__(clock, CLIPS_MS)
        self._power = power

    def start(self, parts):
        self._power.check()
        self._power.note("start", parts)
        FakePlayer.start(self, parts)


class FakeVerifier:
    """Believes signature_of(); counts what it was asked."""

    def __init__(self):
        self.asked = []

    def verify_steps(self, public_key, message, signature):
        self.asked.append(message)
        for _ in range(3):
            yield None
        return signature == signature_of(public_key, message)


def signature_of(public_key, message):
    """Return 64 bytes that only these arguments give."""
    half = hashlib.sha256(public_key + message).digest()
    return half + hashlib.sha256(half).digest()


class County:
    """Signs and seals for one Box, and keeps each of its messages once."""

    def __init__(self, clock, slots=SLOTS):
        self.ring = _ring(1, bytes(range(32)), slots)
        self.clock = clock
        self.epoch = 1
        self.rows = []
        self.received = 0
        self.conflicts = []
        self.acknowledges = True
        self.tells_the_time = True
        self._bytes = {}
        self._keys = {}
        self._seq = {}
        self._learned = {}

    def provision_again(self):
        """Give the Box a new secret, as a technician would; return its keyring's bytes."""
        issue = self.ring.issue + 1
        self.ring, self.epoch = _ring(issue, bytes((issue,)) * 32, self.ring.slots), 0
        self._bytes, self._keys = {}, {}
        return keyring_file.write(self.ring)

    def second(self):
        return START_SECOND + self.clock.ticks_ms() // 1000

    def minute(self):
        return self.second() // 60

    def order(self, rank="notice", slot=LIVE, to=BOX, realm=REALM, seq=None, **fields):
        """Return this order, Signed; it is for now, for an hour, once, by clip 1."""
        usual = {"issued": self.minute(), "valid_10min": 6, "event": "test", "repeats": 1}
        usual.update({"volume": "normal", "template": 1})
        usual.update(fields)
        order = messages.make("Order", slot=slot, rank=rank, **usual)
        return self._signed(order, to, realm, seq)

    def cancel(self, order_id, slot=LIVE, to=BOX, seq=None):
        cancel = messages.Cancel(slot, order_id, "over")
        return self._signed(cancel, to, REALM, seq)

    def keys(self, to=BOX, seq=None, slot=ROOT, by=ROOTS[0], **fields):
        """Return these Keys, Signed by this root."""
        message = messages.make("Keys", slot=slot, issued=self.minute(), **fields)
        return self._signed(message, to, REALM, seq, by)

    def learn(self, number, public_key):
        """Sign with this key for that slot from now on."""
        self._learned[number] = public_key

    def image(self, slot, to=BOX):
        usual = {"sequence": 1, "board": "pico_box", "software": 2, "schema": bytes(4)}
        usual.update({"length_bytes": 1, "chunk_bytes": 1, "digest": bytes(32)})
        message = messages.make("Image", slot=slot, issued=self.minute(), **usual)
        return self._signed(message, to, REALM, None)

    def settings(self, slot=OFFICE, to=BOX, seq=None, **fields):
        message = messages.make("Settings", slot=slot, issued=self.minute(), **fields)
        return self.signed(message, to, seq)

    def signed(self, message, to=BOX, seq=None):
        """Return this message of any type, Signed by its slot."""
        return self._signed(message, to, REALM, seq)

    def carry(self, signed):
        """Return the datagram that brings it over IP."""
        return self.sealed(messages.Carry(signed.frame))

    def sealed(self, message, ack_wanted=False, epoch=None, to=BOX, seq=None, mode=frame.SEALED):
        epoch = self.epoch if epoch is None else epoch
        row = messages.row_of(DOWN, message)
        seq = self._next("down", epoch) if seq is None else seq
        header = frame.Header(mode, DOWN, row.number, row.priority, ack_wanted, to, seq)
        body = messages.encode(DOWN, message)
        key = self._key(epoch, proof.purpose(header))
        return frame.write(header, proof.seal(ccm, key, epoch, REALM, header, body))

    def hear(self, payload, road):
        """Take what the Box sent by this road; return the datagrams that answer it."""
        answers = []
        for data in containers.unpack(payload):
            answers += self._hear(data, road)
        return answers

    def _hear(self, data, road):
        self.received += 1
        header, protected = frame.read(data, BOX if road == "sbd" else None)
        epoch, message = self._unsealed(header, protected)
        self._keep((epoch, header.seq), message, frame.canonical(header) + protected, road)
        answers = []
        if self.tells_the_time and _asks_for_time(message):
            answers.append(self.sealed(messages.Time(header.seq, self.second()), epoch=epoch))
        if self.acknowledges and header.ack_wanted:
            answers.append(self.ack([header.seq], epoch))
        return answers

    def ack(self, seqs, epoch=None):
        return self.sealed(messages.Ack(acks.write(seqs)[0]), epoch=epoch)

    def forget(self):
        """Remember no message any longer, as in a test of many thousands on a small heap."""
        self.rows, self._bytes = [], {}

    def said(self, kind):
        """Return the messages of this kind, in the order they first came."""
        return [row.message for row in self.rows if type(row.message).__name__ == kind]

    def health(self):
        """Return how the Box last said it is: a whole report and what changed since."""
        known = {}
        for row in self.rows:
            if type(row.message) is messages.Health:
                known[row.name] = newest = row.message
            elif type(row.message) is messages.HealthDelta:
                newest = health_delta.applied(known[_base_of(row)], row.message)
                known[row.name] = newest
        return newest

    def names(self, kind):
        """Return (epoch, SEQ) of the messages of this kind."""
        return [row.name for row in self.rows if type(row.message).__name__ == kind]

    def fate(self, signed):
        """Return (stage, outcome, cause) of each Playback about this order."""
        about = [p for p in self.said("Playback") if p.order == signed.order_id]
        return [(p.stage, p.outcome, p.cause) for p in about]

    def finished(self, signed):
        """Return the last Playback about this order."""
        return [p for p in self.said("Playback") if p.order == signed.order_id][-1]

    def _signed(self, message, to, realm, seq, by=None):
        number = messages.row_of(DOWN, message).number
        seq = self._next("sign", message.slot) if seq is None else seq
        header = frame.Header(frame.SIGNED, DOWN, number, 0, False, to, seq)
        body = messages.encode(DOWN, message)
        by = self._public_key(message.slot) if by is None else by
        signature = self.signature(by, proof.to_be_signed(realm, header, body))
        order_id = calendar.order_id(message.slot, seq)
        return Signed(order_id, message, frame.write(header, body + signature))

    def signature(self, public_key, to_be_signed):
        """Return what the owner of this key signs; with real keys somebody else does that."""
        return signature_of(public_key, to_be_signed)

    def _public_key(self, slot_number):
        for slot in self.ring.slots:
            if slot.number == slot_number:
                return slot.public_key
        return self._learned.get(slot_number, b"?" * 32)

    def _unsealed(self, header, protected):
        for epoch in [self.epoch] + list(range(self.epoch + keys.EPOCHS_AHEAD, -1, -1)):
            try:
                key = self._key(epoch, "up")
                body = proof.unseal(ccm, key, epoch, REALM, header, protected)
            except ccm.Forged:
                continue
            self.epoch = max(epoch, self.epoch)
            return epoch, messages.decode(UP, header.type, body)
        raise AssertionError("the county cannot read this frame")

    def _keep(self, name, message, data, road):
        if name not in self._bytes:
            self._bytes[name] = data
            self.rows.append(Row(name, message, [road]))
            return
        if self._bytes[name] != data:
            self.conflicts.append(name)
        for row in self.rows:
            if row.name == name:
                row.roads.append(road)

    def _key(self, epoch, purpose):
        if (epoch, purpose) not in self._keys:
            self._keys[epoch, purpose] = keys.traffic_key(self.ring.box_root, epoch, purpose)
        return self._keys[epoch, purpose]

    def _next(self, what, which):
        self._seq[what, which] = self._seq.get((what, which), 0) + 1
        return self._seq[what, which]


def _base_of(row):
    """Return the name of the report that this HealthDelta changes."""
    epoch, seq = row.name
    return epoch, seq - 1 - (seq - 1 - row.message.base) % 256


def _ring(issue, box_root, slots):
    return keyring_file.Keyring(UNIQUE_ID, BOX, issue, REALM, box_root, 0, 0, ROOTS, slots)


def _asks_for_time(message):
    if type(message) is messages.Boot:
        return message.started is None
    return (getattr(message, "minute", None) or getattr(message, "started", None) or 0) < 0


class Hardware:
    """What firmware.ports.Hardware asks for, of fakes; a new one at each start of the board."""

    def __init__(self, village):
        clock = BoardClock(village.clock, village.power)
        self.clock = clock
        self.store = village.store
        self.keyring_cells = village.cells
        self.unique_id = UNIQUE_ID
        self.settings = village.settings
        self.journal_lines = village.lines
        self.tables = village.tables
        self.ip = Road("ip", village.county, clock, village.power, Outcome(SENT, ""), 20)
        no_signal = Outcome(REFUSED, "no signal")
        self.sbd = Road("sbd", village.county, clock, village.power, no_signal, 900)
        self.roads = (("sbd", "sbd", self.sbd), ("ip", "ip", self.ip))
        self.amplifier = FakeAmplifier()
        self.player = Player(clock, village.power)
        self.player.speaks = village.speaks
        self.button = FakeButton(clock)
        self.lamp = FakeLamp()
        self.call_points = ((1, "help", self.button, self.lamp),)
        self.watchdog = FakeWatchdog()
        self.reset_cause = "power"
        self.services = ()


class Village:
    """The Box's disk, what the village heard, and the county it belongs to."""

    def __init__(
        self,
        roads=("ip", "sbd"),
        state="kept",
        slots=SLOTS,
        verifier=None,
        tables=b"",
        speaks=False,
        settings=SETTINGS,
        kept=(),
    ):
        self.clock = FakeClock()
        self.power = Power()
        self.county = County(self.clock, slots)
        self.store = Flash(self.power, state)
        for key, value in kept:
            MemoryStore.put(self.store, key, value)
        image = keyring_file.write(self.county.ring)
        self.cells = (PoweredCell(self.power, image), PoweredCell(self.power, image))
        self.lines = ListLines()
        self.settings = settings
        self.tables = tables  # protocol.table_area
        self.speaks = speaks
        self.verifier = verifier or FakeVerifier()
        self.boards = []
        self._open = roads
        self._supervised = None

    @property
    def board(self):
        """The Hardware that is running now."""
        return self.boards[-1]

    async def start(self):
        """Give the board power; it dies and starts again if the power fails at once."""
        box = None
        while box is None:
            self.power.on = True
            self.boards.append(Hardware(self))
            self.set_roads(*self._open)
            box = await asyncio.create_task(self._assembled())
        run_for_ever = supervise(box, self.board.clock, self.board.watchdog)
        self._supervised = asyncio.create_task(run_for_ever)
        await self.pass_s(1)

    def stop(self):
        self.power.on = False
        self._supervised.cancel()

    async def cut_power(self):
        """Take the power away, and give it back."""
        self.stop()
        await self.clock.advance(1_000)
        await self.start()

    async def pass_s(self, seconds):
        """Let time pass; after a power failure the board starts again."""
        await self.clock.advance(1000 * seconds)
        if not self.power.on:
            await self.cut_power()

    def set_roads(self, *names):
        """These roads are open, the others cut."""
        self._open = names
        for _, name, road in self.board.roads:
            road.cut = name not in names

    def tell(self, signed, road="ip"):
        """The county sends this order or cancel by this road."""
        data = self.county.carry(signed) if road == "ip" else signed.frame
        self.put(data, road)

    def put(self, data, road="ip"):
        (self.board.ip if road == "ip" else self.board.sbd).put(data)

    async def press(self, held_ms=300):
        self.board.button.press()
        await self.clock.advance(held_ms)
        self.board.button.release()
        await self.clock.advance(50)

    def heard(self):
        """Return the names of the clips the village heard, over all starts of the board."""
        for board in self.boards:
            board.player.sounding()
        return [part[1] for b in self.boards for part in b.player.heard if part[0] == "clip"]

    def lamp(self):
        """Return the pattern the lamp shows now."""
        return self.board.lamp.shown[-1]

    def journal(self):
        """Return the lines so far as "who: what", without stamps and chain."""
        return [line.split(" ", 1)[1].rsplit(" #", 1)[0] for line in self.lines.lines]

    def count(self, words):
        """Return how many lines of the journal have these words in them."""
        return sum(words in line for line in self.lines.lines)

    async def _assembled(self):
        """Return the Box, None if the power fails; in a task, so that its stack is not ours."""
        try:
            return assemble(self.board, self.verifier)
        except (BadSettings, NoKeys) as why:
            return safe_mode.assemble(self.board, why)
        except PowerCut:
            return None
