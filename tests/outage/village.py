"""A village whose roads are cut and mended, and a county that keeps only what it must count."""

import asyncio

from drivers.errors import DriverError
from drivers.outcomes import REFUSED, Outcome
from firmware import box
from firmware.outbox import Outbox, OutboxFull
from firmware.supervisor import supervise
from protocol import containers, keyring_file, messages
from protocol.schema import UP
from tests.fakes import FakeClock, NorFlash
from tests.quiet_board import BLOCKS, QuietBoard, cells
from tests.village import County, Power, Road

SEND_MS = {"ip": 50, "sbd": 10_000}  # how long a road is busy with one frame: its slot


class CoarseClock(FakeClock):
    """FakeClock for days: whoever sleeps wakes at the next multiple of grain_ms."""

    grain_ms = 1

    async def sleep_ms(self, ms):
        late_ms = -(self.ticks_ms() + ms) % self.grain_ms
        await FakeClock.sleep_ms(self, ms + late_ms)


class CountedOutbox(Outbox):
    """The Outbox, and what post() said: how many were kept, and whose place others took."""

    posted = replaced = refused = 0

    def post(self, message, instead_of=()):
        before = self._count_unsent(instead_of)
        try:
            slip = Outbox.post(self, message, instead_of)
        except Exception:
            self.refused += 1
            raise
        self.posted += 1
        if instead_of:
            is_one_of_them = type(message).__name__ in instead_of
            self.replaced += before + is_one_of_them - self._count_unsent(instead_of)
        return slip

    def _count_unsent(self, names):
        return sum(slip.row.name in names and slip.seq is None for slip in self)


class Observed(Road):
    """A road whose sends are told to told(road, data), and not remembered."""

    def __init__(self, name, village):
        no_way = Outcome(REFUSED, "no signal")
        Road.__init__(self, name, village.county, village.clock, Power(), no_way, SEND_MS[name])
        self._told = village.told
        self.busy = False

    async def send(self, data):
        if not self.cut:
            self._told(self.name, data)
        self.busy = True
        outcome = await Road.send(self, data)
        self.busy = False
        self.tried.clear()
        self.carried.clear()
        return outcome


def kinds_in(payload):
    """Return the types of the messages in what a Box sends, the first one first."""
    return [messages.row(UP, data[1] >> 3).name for data in containers.unpack(payload)]


class DarkVillage:
    """told(road, payload) is called when a payload begins to go by a road that is open."""

    def __init__(self, roads, told, heartbeat_s, outbox=CountedOutbox):
        self.clock = CoarseClock()
        self.county = County(self.clock)
        self.told = told
        self.roads = [Observed(name, self) for name in roads]
        self._flash = NorFlash(BLOCKS)
        for cell in cells(self._flash):
            cell.write(keyring_file.write(self.county.ring))
        carriers = tuple((road.name, road.name, road) for road in self.roads)
        self._board = QuietBoard(self.clock, self._flash, carriers, heartbeat_s)
        self._outbox_type = outbox
        self._supervised = None
        self.outbox = None

    async def start(self):
        assembled = self._assembled()
        run_for_ever = supervise(assembled, self.clock, self._board.watchdog)
        self._supervised = asyncio.create_task(run_for_ever)
        await self.clock.advance(1_000)

    def open(self, *names):
        """These roads are open, the others cut."""
        for road in self.roads:
            road.cut = road.name not in names

    def post(self, name, **fields):
        """Post this message; return whether it was kept."""
        try:
            self.outbox.post(messages.make(name, **fields))
        except (OutboxFull, DriverError):
            return False
        return True

    def _assembled(self):
        """Return the Box, whose Outbox is known to us."""
        usual, box.Outbox = box.Outbox, self._counted
        try:
            return box.assemble(self._board)
        finally:
            box.Outbox = usual

    def _counted(self, *parts):
        self.outbox = self._outbox_type(*parts)
        return self.outbox
