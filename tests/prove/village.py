"""A Box of the real firmware on fake parts: one power, one flash, two roads into the air."""

import asyncio
from unittest import mock

from drivers.outcomes import REFUSED, SENT, Outcome
from firmware import box as product
from firmware.outbox import Outbox
from firmware.supervisor import keep
from host_tools import crypto
from protocol import keyring_file, keys
from tests.fakes import (
    FakeAmplifier,
    FakeButton,
    FakeLamp,
    FakePlayer,
    FakeWatchdog,
    ListLines,
    Mailbox,
)
from tests.host import gateway_county as county
from tests.prove.air import UP, Parcel
from tests.prove.flash import Chip, cells, store
from tests.prove.moment import BoardClock

ADDRESS, ISSUE = 0x1234, 1
UNIQUE_ID = bytes.fromhex("0011223344556677")
CLIPS_MS = {"17": 3_000, "18": 3_000, "19": 3_000}
SETTINGS = {
    "site": {"name": "Upper village", "area": 7, "groups": [0xF001]},
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
# What speaks by itself at each start or each hour: the scenes bring their own reports.
_SILENT_SERVICES = ("boot", "health", "journal head", "pieces")


def provisioned():
    """Return the flash of a Box that never ran."""
    chip = Chip()
    for cell in cells(chip):
        cell.write(keyring_file.write(_ring()))
    return bytes(chip.image)


class Village:
    """witness is told what was kept and what sounded, by the parts and not by the firmware."""

    def __init__(self, chip, time, air, witness):
        self.chip = chip
        self._time, self._air, self._witness = time, air, witness
        self.refusals = dict.fromkeys(("ip", "sbd"), 0)  # sends the road will refuse from now on
        self.lines = ListLines()
        self._tasks = []

    async def start(self):
        """Give the board power: new parts, an empty memory, the same flash."""
        self.chip.on()
        self.board = Board(self, self._time, self._air, self._witness)
        noted = mock.patch.multiple(product, ccm=crypto, Outbox=_noted(self._witness))
        with noted:
            self.box = product.assemble(self.board, Judge())
        self._tasks = [
            asyncio.ensure_future(self._kept(name, run))
            for name, run in self.box.services
            if name not in _SILENT_SERVICES
        ]

    async def die(self):
        """The power is gone: whatever ran does not go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.board.player.die()

    def press(self):
        self.board.button.press()

    def release(self):
        self.board.button.release()

    def post(self, message):
        """Let the Box report this, as its gauges and its supervision do."""
        return self.box.sentinel.post(message)

    def put(self, parcel):
        self.board.modems[parcel.road].put(parcel.data)

    def lamp(self):
        return self.board.lamp.shown[-1] if self.board.lamp.shown else None

    def crashes(self):
        return [line for line in self.lines.lines if "crashed: " in line]

    async def _kept(self, name, run):
        await keep(name, run, self.box.journal, self.box.sentinel, self.board.clock)


class Board:
    """What firmware.ports.Hardware asks for, new at each start."""

    def __init__(self, village, time, air, witness):
        self.clock = BoardClock(time)
        self.store = store(village.chip)
        self.keyring_cells = cells(village.chip)
        self.unique_id = UNIQUE_ID
        self.settings = SETTINGS
        self.journal_lines = village.lines
        self.tables = b""
        self.modems = {road: Modem(road, village, air) for road in ("ip", "sbd")}
        self.roads = tuple((road, road, modem) for road, modem in self.modems.items())
        self.amplifier = FakeAmplifier()
        self.player = Player(self.clock, village.chip, witness)
        self.button, self.lamp = FakeButton(self.clock), Lamp(village.chip)
        self.call_points = ((1, "help", self.button, self.lamp),)
        self.watchdog = FakeWatchdog()
        self.reset_cause = "power"
        self.services = ()


class Modem(Mailbox):
    """Its carrier takes everything at once, unless it refuses; what becomes of it is the air's."""

    def __init__(self, road, village, air):
        Mailbox.__init__(self)
        self._road, self._village, self._air = road, village, air

    async def send(self, data):
        self._village.chip.check()
        if self._village.refusals[self._road]:
            self._village.refusals[self._road] -= 1
            return Outcome(REFUSED, "no signal")
        self._air.put(Parcel(self._road, UP, bytes(data)))
        return Outcome(SENT, "")


class Player(FakePlayer):
    """Tells the witness what begins, and what came to its end."""

    def __init__(self, clock, chip, witness):
        FakePlayer.__init__(self, clock, CLIPS_MS)
        self._chip, self._witness = chip, witness
        self._sounds, self._ends_ms = None, 0

    def start(self, parts):
        self._chip.check()
        self._sounds = self._witness.begins(parts)
        self._ends_ms = self._clock.ticks_ms() + self.length_ms(parts)
        FakePlayer.start(self, parts)

    def sounding(self):
        part = FakePlayer.sounding(self)
        if part is None and self._sounds is not None:
            self._witness.heard_whole(self._sounds, self._ends_ms)
            self._sounds = None
        return part

    def stop(self):
        FakePlayer.stop(self)
        self._sounds = None

    def die(self):
        """The power is gone in the middle of it."""
        self._started = self._sounds = None


class Lamp(FakeLamp):
    def __init__(self, chip):
        FakeLamp.__init__(self)
        self._chip = chip

    def show(self, pattern):
        self._chip.check()
        FakeLamp.show(self, pattern)


class Judge:
    """protocol.ed25519.Verifier's shape with the county's arithmetic: real, and quicker."""

    def verify_steps(self, public_key, message, signature):
        yield None
        return crypto.verify(public_key, message, signature)


def _noted(witness):
    class Noted(Outbox):
        """An Outbox that is heard to say that it kept something."""

        def post(self, message, instead_of=()):
            slip = Outbox.post(self, message, instead_of)
            witness.kept(slip.row.name, slip.body)
            return slip

    return Noted


def _ring():
    root = keys.box_root(county.MASTER, county.REALM, ADDRESS, ISSUE)
    roots = county.PUBLIC.roots
    slots = tuple(slot.in_keyring() for slot in county.PUBLIC.slots)
    return keyring_file.Keyring(UNIQUE_ID, ADDRESS, ISSUE, county.REALM, root, 0, 0, roots, slots)
