"""Stand-ins for hardware and time, in the shapes of firmware/ports.pyi, for both interpreters."""

import asyncio

from drivers.amplifier import Reading
from drivers.errors import LineLost, NoClip, NoReply, StoreFull
from drivers.outcomes import SENT, Outcome

HEALTHY = Reading(80_000, 480, 92)
DEAD = Reading(0, 0, 40)


class FakeClock:
    """Time that moves only when a test says so, by advance() or outlast()."""

    def __init__(self):
        self._now_ms = 0
        self._sleepers = []

    def ticks_ms(self):
        return self._now_ms

    def since_ms(self, earlier):
        return self._now_ms - earlier

    def uptime_s(self):
        return self._now_ms // 1000

    async def sleep_ms(self, ms):
        woken = asyncio.Event()
        self._sleepers.append((self._now_ms + max(ms, 0), woken))
        await woken.wait()

    async def within(self, ms, awaitable):
        over, ended = asyncio.Event(), []
        task = asyncio.create_task(_watched(awaitable, over, ended))
        self._sleepers.append((self._now_ms + ms, over))
        try:
            await over.wait()
        finally:
            self._forget(over)
            if task.cancel():
                # In MicroPython an ended task points at the one made while it waited for its turn,
                # and so at all later ones: this one ends first.
                await asyncio.sleep(0)
        if not ended:
            raise NoReply("nothing came within " + str(ms) + " ms")
        return _result(ended)

    async def advance(self, ms):
        """Let ms pass, waking sleepers in the order their time comes."""
        end = self._now_ms + ms
        await settle()
        while self._sleepers and min(s[0] for s in self._sleepers) <= end:
            await self._wake_next()
        self._now_ms = end

    def stall(self, ms):
        """Let ms pass while no task runs, as a slow flash or a busy processor would."""
        self._now_ms += ms

    async def outlast(self, awaitable, most_ms=600_000):
        """Return what the awaitable returns, letting as much time pass as it needs.

        Time has one mover: a test outlasts one thing at a time.
        """
        over, ended = asyncio.Event(), []
        task = asyncio.create_task(_watched(awaitable, over, ended))
        end = self._now_ms + most_ms
        await settle()
        while not ended:
            if not self._sleepers or self._now_ms > end:
                task.cancel()
                raise AssertionError("it would wait for ever")
            await self._wake_next()
        return _result(ended)

    async def _wake_next(self):
        first = min(self._sleepers, key=lambda sleeper: sleeper[0])
        self._sleepers.remove(first)
        self._now_ms = max(self._now_ms, first[0])
        first[1].set()
        await settle()

    def _forget(self, event):
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[1] is not event]


async def settle():
    """Give every task its turns until all of them wait for something."""
    for _ in range(10_000):
        await asyncio.sleep(0)
        if not _somebody_is_ready():
            return
    raise AssertionError("some task never waits")


def _somebody_is_ready():
    if hasattr(asyncio, "sleep_ms"):
        core = asyncio.core
        task = core._task_queue.peek()
        return task is not None and core.ticks_diff(task.ph_key, core.ticks()) <= 0
    return bool(asyncio.get_running_loop()._ready)


async def _watched(awaitable, over, ended):
    """Await it and note (True, result) or (False, exception); raise nothing."""
    try:
        ended.append((True, await awaitable))
    except Exception as why:  # noqa: BLE001 - handed on to whoever waits
        ended.append((False, why))
    except asyncio.CancelledError:
        pass
    over.set()


def _result(ended):
    succeeded, value = ended[0]
    if not succeeded:
        raise value
    return value


class FakePin:
    """Call with a level to write, without to read; remembers what was written."""

    def __init__(self, level=1):
        self.level = level
        self.written = []

    def __call__(self, level=None):
        if level is None:
            return self.level
        self.level = level
        self.written.append(level)
        return None


class FakeLine:
    """A drivers.line.Line without a line.

    respond(data) is called with each write and returns the bytes that come back, or None;
    feed() is the device speaking by itself; lose() pulls the plug and mend() puts it back.
    damage(data) and spoil(said), if set, return what arrives of what the driver writes and
    of what the device says.
    """

    def __init__(self, clock, respond=None):
        self.written = []
        self.damage = None
        self.spoil = None
        self._clock = clock
        self._respond = respond
        self._waiting = b""
        self._lost = None
        self._changed = asyncio.Event()

    def feed(self, data):
        self._waiting += data if self.spoil is None else self.spoil(data)
        self._changed.set()

    def lose(self, why="the line is lost"):
        self._lost = why
        self._changed.set()

    def mend(self):
        self._lost = None

    async def read(self, most, timeout_ms):
        await self._clock.within(timeout_ms, self._something())
        data, self._waiting = self._waiting[:most], self._waiting[most:]
        return data

    async def poll(self, most, wait_ms):
        try:
            return await self.read(most, wait_ms)
        except NoReply:
            return b""

    async def write(self, data, timeout_ms=1_000):
        self._check()
        self.written.append(bytes(data))
        arrives = bytes(data) if self.damage is None else self.damage(bytes(data))
        answer = self._respond(arrives) if self._respond else None
        if answer:
            self.feed(answer)

    async def drain(self, quiet_ms, most=4_096):
        dropped = 0
        while dropped < most:
            data = await self.poll(most - dropped, quiet_ms)
            if not data:
                break
            dropped += len(data)
        return dropped

    async def _something(self):
        while True:
            self._check()
            if self._waiting:
                return
            self._changed.clear()
            await self._changed.wait()

    def _check(self):
        if self._lost is not None:
            raise LineLost(self._lost)


class MemoryArea:
    """Flash of a fixed size that complains when a byte is programmed twice."""

    def __init__(self, size, image=None, sector_bytes=None):
        self.size = size
        self.sector_bytes = sector_bytes or size
        self.image = bytearray(image) if image is not None else bytearray(b"\xff" * size)

    def read(self, at, count):
        return bytes(self.image[at : at + count])

    def readinto(self, at, buffer):
        assert at + len(buffer) <= self.size, "read beyond the end"
        buffer[:] = self.image[at : at + len(buffer)]

    def program(self, at, data):
        assert at + len(data) <= self.size, "programmed beyond the end"
        assert self.read(at, len(data)) == b"\xff" * len(data), "programmed twice"
        self.image[at : at + len(data)] = data

    def erase(self, at):
        assert at % self.sector_bytes == 0, "no sector begins there"
        self.image[at : at + self.sector_bytes] = b"\xff" * self.sector_bytes


class PowerCut(BaseException):
    """The power failed; nothing of the program goes on."""


class NorFlash:
    """A flash chip as rp2.Flash shows it: programming clears bits, only an erase sets them.

    fails_at is the number of the operation (a page programmed, a block erased) at which the
    power fails: before it has begun or, if torn, half-way.  on() brings the power back.
    watch(deed), if set, is called before each operation; deed(flash) does it to another chip.
    """

    BLOCK_BYTES, PAGE_BYTES = 4_096, 256

    def __init__(self, blocks, fails_at=None, torn=False):
        self.image = bytearray(b"\xff" * (blocks * self.BLOCK_BYTES))
        self.operations = 0
        self.watch = None
        self.erased = []  # blocks, in the order they were erased
        self.broken = False  # while set, nothing can be programmed or erased
        self._fails_at = fails_at
        self._torn = torn
        self._dead = False

    def on(self):
        self._fails_at, self._dead = None, False

    def fail(self, soon, torn=False):
        """Let the power fail at the operation that many from now."""
        self._fails_at, self._torn = self.operations + soon, torn

    def hold(self, other):
        """Have in it what the other chip has; a copy would need its room once more."""
        self.image[:] = other.image

    def copy(self, fails_at=None, torn=False):
        """Return another chip with the same in it."""
        other = NorFlash(0, fails_at, torn)
        other.image = bytearray(self.image)
        return other

    def readblocks(self, block, buffer, offset=0):
        self._check()
        at = block * self.BLOCK_BYTES + offset
        assert at + len(buffer) <= len(self.image), "read beyond the chip"
        buffer[:] = self.image[at : at + len(buffer)]

    def writeblocks(self, block, data, offset=None):
        assert offset is not None, "without an offset the chip would erase first"
        assert len(data) == self.PAGE_BYTES, "no whole page"
        assert offset % self.PAGE_BYTES == 0, "not at a page"
        self._operate(NorFlash._program, block * self.BLOCK_BYTES + offset, data)

    def ioctl(self, request, block):
        assert request == 6, "not asked by any of our drivers"
        self._operate(NorFlash._erase, block * self.BLOCK_BYTES, None)
        return 0

    def _operate(self, action, at, data):
        self._check()
        if self.broken:
            raise OSError(5, "it does not answer")
        if self.watch is not None:
            kept = None if data is None else bytes(data)
            self.watch(lambda flash: flash._operate(action, at, kept))
        self.operations += 1
        if self.operations == self._fails_at:
            self._die(action, at, data)
        action(self, at, data)

    def _die(self, action, at, data):
        if self._torn:
            action(self, at, data, torn=True)
        self._dead = True
        raise PowerCut()

    def _program(self, at, data, torn=False):
        """Clear bits; torn, only of the first bytes that had any to clear."""
        wanted = [i for i in range(len(data)) if data[i] != 0xFF]
        for i in wanted[: len(wanted) // 2] if torn else wanted:
            assert self.image[at + i] == 0xFF, "programmed twice"
            self.image[at + i] = data[i]

    def _erase(self, at, _, torn=False):
        """Set to FF; torn, each bit has got there or not, in no order."""
        for i in range(self.BLOCK_BYTES):
            self.image[at + i] |= (i * 40_503 >> 5) & 0xFF if torn else 0xFF
        if not torn:
            self.erased.append(at // self.BLOCK_BYTES)

    def _check(self):
        if self._dead:
            raise PowerCut()


class MemoryStore:
    """What flash does for the Box, without the flash; full makes it refuse."""

    def __init__(self, state="kept"):
        self.state = state
        self.full = False
        self._values = {}

    def items(self):
        return sorted(self._values.items())

    def get(self, key):
        return self._values.get(key)

    def put(self, key, value):
        if len(key) > 16 or len(value) > 1_024:
            raise ValueError("the real store takes no such record")
        if self.full:
            raise StoreFull("the store is full")
        self._values[bytes(key)] = bytes(value)

    def remove(self, key):
        self._values.pop(key, None)

    def free_pct(self):
        return 0 if self.full else 90


class MemoryCell:
    """A few bytes written whole; data is what a Box would find at its next start."""

    def __init__(self, data=None):
        self.data = data

    def read(self):
        if self.data is None:
            raise OSError(2, "nothing was ever written here")
        return self.data

    def write(self, data):
        self.data = bytes(data)


class ListLines:
    """Where a Journal goes in a test."""

    def __init__(self):
        self.lines = []

    def append(self, line):
        self.lines.append(line)

    def last(self):
        return self.lines[-1] if self.lines else ""


class FakeWatchdog:
    def __init__(self):
        self.fed = 0

    def feed(self):
        self.fed += 1


class Mailbox:
    """A modem a test can talk through: put() is the county sending.

    outcomes are given out one a send, then the last one for ever; carried holds what was
    SENT, tried everything; lose() makes receive() raise once.
    """

    def __init__(self, outcomes=()):
        self.outcomes = list(outcomes) or [Outcome(SENT, "")]
        self.carried = []
        self.tried = []
        self.resting_ms = 0  # what its carrier makes the next send wait
        self._inbound = []
        self._arrived = asyncio.Event()

    async def send(self, data):
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        self.tried.append(bytes(data))
        if outcome.word == SENT:
            self.carried.append(bytes(data))
        return outcome

    def wait_ms(self):
        return self.resting_ms

    def put(self, data):
        self._inbound.append(data)
        self._arrived.set()

    def lose(self, why="the line is lost"):
        self.put(LineLost(why))

    async def receive(self):
        while not self._inbound:
            self._arrived.clear()
            await self._arrived.wait()
        first = self._inbound.pop(0)
        if isinstance(first, Exception):
            raise first
        return first


class FakeAmplifier:
    """Measures `reading` while awake; raises `broken` (a DriverError) from every call if set."""

    def __init__(self, reading=HEALTHY):
        self.reading = reading
        self.broken = None
        self.awake = False
        self.asked = []

    async def wake(self, volume_pct):
        self._ask(("wake", volume_pct))
        self.awake = True

    async def measure(self):
        self._ask(("measure",))
        return self.reading if self.awake else DEAD

    async def stop(self):
        self._ask(("stop",))
        self.awake = False

    def _ask(self, what):
        self.asked.append(what)
        if self.broken is not None:
            raise self.broken


class FakePlayer:
    """Plays to nobody in clock time; heard lists the parts that began to sound."""

    def __init__(self, clock, clip_ms=None):
        self.clip_ms = {"1": 3_000, "drill": 1_000} if clip_ms is None else clip_ms
        self.broken = None  # set to a sentence, it ends the programme early
        self.speaks = False  # a text sounds for 400 ms a character
        self.heard = []
        self._clock = clock
        self._parts = ()
        self._begun = 0
        self._started = None

    def start(self, parts):
        self.length_ms(parts)
        self._parts, self._begun, self._started = tuple(parts), 0, self._clock.ticks_ms()

    def sounding(self):
        if self._started is None or self.broken is not None:
            return None
        left_ms = self._clock.since_ms(self._started)
        for index, part in enumerate(self._parts):
            self._hear(index)
            left_ms -= self._part_ms(part)
            if left_ms < 0:
                return index
        self._started = None
        return None

    def failure(self):
        return self.broken

    def has_clip(self, name):
        return name in self.clip_ms

    def has_voice(self):
        return self.speaks

    def length_ms(self, parts):
        return sum(self._part_ms(part) for part in parts)

    def stop(self):
        self.sounding()
        self._started = None

    def _hear(self, index):
        if index >= self._begun:
            self.heard.append(self._parts[index])
            self._begun = index + 1

    def _part_ms(self, part):
        if part[0] == "text":
            return 400 * len(part[1])
        if part[0] != "clip":
            return part[-1]
        if part[1] not in self.clip_ms:
            raise NoClip("no clip " + part[1])
        return self.clip_ms[part[1]]


class FakeButton:
    """press() and release() are the villager's hand."""

    def __init__(self, clock):
        self._clock = clock
        self._down = asyncio.Event()
        self._up = asyncio.Event()
        self._since = self._held_ms = 0

    def press(self):
        self._since = self._clock.ticks_ms()
        self._up.clear()
        self._down.set()

    def release(self):
        self._held_ms = self._clock.since_ms(self._since)
        self._down.clear()
        self._up.set()

    async def pressed(self):
        await self._down.wait()

    async def released(self):
        await self._up.wait()
        return self._held_ms


class FakeLamp:
    """Remembers every pattern it was shown."""

    def __init__(self):
        self.shown = []

    def show(self, pattern):
        self.shown.append(pattern)
