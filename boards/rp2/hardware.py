"""Everything a Box on a Pico is made of, built from the pin table, the flash map and settings."""

import machine
import rp2

from boards.keeping import PASSING
from boards.rp2 import flash, gpio, satellite, sound
from boards.rp2.clips import mount_clips
from boards.rp2.reset_cause import reset_cause
from boards.rp2.streams import Rs485Stream, UartStream
from boards.rp2.technician import WATCHDOG_MS
from boards.rp2.traffic import Traffic
from drivers.amplifier import Amplifier
from drivers.audio.clips import Clips
from drivers.audio.player import Player
from drivers.button import Button
from drivers.clock import Clock
from drivers.errors import DriverError
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from drivers.flash_lines import FlashLines
from drivers.keyed_amplifier import KeyedAmplifier
from drivers.lamp import Lamp
from drivers.line import Line
from drivers.maps import find
from drivers.modbus import Master
from drivers.ptt import Ptt
from drivers.ring_store import RingStore
from drivers.tidier import Tidier

_MOST_KEYS = 448  # 3 slots of 64 orders, 200 Slips, and the rest: 25 KB of memory at most
_CALL_POINTS = (1, 2)
_RS485, _SATELLITE = 0, 1  # which of the chip's UARTs
_AMPLIFIER_ANSWER_MS = 1_000
_CELLULAR_ANSWER_MS = 1_000  # of a datagram; what takes longer is short, and its ring has room
_MODEM_OFF_MS = 2_500  # 9602 Developer's Guide, 3.2.4: at least 2 s, or it may never start
_SLOWEST, _FASTEST = 1_200, 115_200  # Bd
_ALIVE = (100, 900)  # how the LED blinks
_STOP_MS = 2_000


def usual_settings(board):
    """Return what a Box without readable settings is built from: enough for siren and buttons."""
    return {
        "call_points": [{"number": number, "kind": "help"} for number in _CALL_POINTS],
        "board": {
            "name": board,
            "amplifier": {"map": "line_60w", "address": 1, "baud": 9_600},
            "sbd": {"baud": 19_200},
        },
    }


class Hardware:
    """What firmware.ports.Hardware asks for; wiring is boards.wiring.Wiring."""

    def __init__(self, board, flash_map, wiring):
        self.settings = wiring.settings
        _check_board(wiring, board)
        self.clock = Clock()
        self.reset_cause = reset_cause()
        self.unique_id = machine.unique_id()
        self.watchdog = machine.WDT(timeout=WATCHDOG_MS)
        self._traffics = []
        self._make_flash(flash_map, wiring)
        self._make_sound(flash_map)
        self._make_amplifier(wiring)
        self._make_roads(wiring)
        self._make_call_points(wiring)
        self._make_services()

    def quiet(self):
        """Return whether interrupts may be off for some 100 ms: nobody would notice."""
        lines_quiet = all(traffic.quiet() for traffic in self._traffics)
        silent = self.player.sounding() is None
        return lines_quiet and silent and all(contact() for contact in self._contacts)

    async def silence(self):
        """Stop the amplifier on a bus of its own, for the old one may be held for ever."""
        self.player.stop()
        self._ptt.release()
        try:
            await self.clock.within(_STOP_MS, self._amplifier(self._bus()).stop())
        except DriverError:
            pass  # its comm-loss timeout must do it

    def _make_flash(self, flash_map, wiring):
        def area(name):
            start, size = flash.extent(flash_map, name)
            return FlashArea(storage, start // flash.SECTOR_BYTES, size // flash.SECTOR_BYTES)

        storage = rp2.Flash()
        self.store = self._opened_store(wiring, area("store"))
        self.keyring_cells = [FlashCell(area("keyring_a")), FlashCell(area("keyring_b"))]
        self.journal_lines = FlashLines(area("journal"))
        tables = flash.area(flash_map, "tables")
        self.tables = memoryview(tables)  # pyright: ignore[reportArgumentType]

    def _opened_store(self, wiring, in_flash):
        if "fram" not in wiring.settings["board"]:
            return _ring_store(in_flash)
        from boards.rp2 import fram  # noqa: PLC0415 - memory that only such a Box has to spend

        return fram.opened(wiring, self.unique_id, _ring_store)

    def _make_sound(self, flash_map):
        clips = Clips(mount_clips(flash_map))
        self._sound = sound.Sound(self.clock)
        self.player = Player(self._sound, clips, self.clock, lead_ms=sound.LEAD_MS)

    def _make_amplifier(self, wiring):
        self._baud = wiring.made("amplifier.baud", int, _speed)
        self._map = wiring.made("amplifier.map", str, find)
        self._bus_traffic = self._traffic(_AMPLIFIER_ANSWER_MS)
        self._ptt = Ptt(gpio.switch("ptt"), self.clock)
        bus = self._bus()
        self._address = wiring.value("amplifier.address", int)
        amplifier = wiring.made("amplifier.address", int, lambda _: self._amplifier(bus))
        self.amplifier = KeyedAmplifier(amplifier, self._ptt)

    def _amplifier(self, bus):
        return Amplifier(bus, self._address, self._map)

    def _bus(self):
        def opened():
            return Rs485Stream(_RS485, "rs485", self._baud, self._bus_traffic)

        return Master(Line(opened, self.clock), self.clock, self._baud)

    def _make_roads(self, wiring):
        kind = satellite.kind_of(wiring)
        baud = wiring.made(kind + ".baud", int, _speed)
        traffic = self._traffic(satellite.answer_ms(kind))
        self._satellite_power = gpio.switch("satellite_power")

        def opened():
            return UartStream(_SATELLITE, "satellite", baud, traffic)

        self._modem = satellite.modem(kind, wiring, Line(opened, self.clock), self.clock)
        self.roads = ((kind, kind, self._modem),)
        self._modem_services = ((kind + " modem", self._serve_satellite),)
        if "cellular" in wiring.settings["board"]:
            self._add_cellular(wiring)

    def _add_cellular(self, wiring):
        from boards.rp2 import cellular  # noqa: PLC0415 - memory that only such a Box has to spend

        baud = wiring.made("cellular.baud", int, _speed)
        traffic = self._traffic(_CELLULAR_ANSWER_MS)
        modem = cellular.modem(wiring, self.clock, baud, traffic)
        self.roads += (("4g", "ip", modem),)
        self._modem_services += (("4g modem", modem.run),)

    def _traffic(self, answer_ms):
        """Return the Traffic of one more line that must be quiet before flash is erased."""
        traffic = Traffic(self.clock, answer_ms)
        self._traffics.append(traffic)
        return traffic

    async def _serve_satellite(self):
        """The reset has switched the modem off; for two seconds it must stay so."""
        await self.clock.sleep_ms(_MODEM_OFF_MS)
        self._satellite_power(1)
        await self._modem.run()

    def _make_call_points(self, wiring):
        points, self._contacts, self._lamps = [], [], []
        for number, kind in wiring.call_points():
            _check_call_point(wiring, number)
            contact = gpio.contact("button_" + str(number))
            lamp = Lamp(gpio.switch("lamp_" + str(number)), self.clock)
            points.append((number, kind, Button(contact, self.clock), lamp))
            self._contacts.append(contact)
            self._lamps.append(("lamp " + str(number), lamp.run))
        self.call_points = tuple(points)

    def _make_services(self):
        heartbeat = Lamp(gpio.switch("heartbeat"), self.clock)
        heartbeat.show(_ALIVE)
        tidier = Tidier(self.clock, self.quiet, (self.store, self.journal_lines))
        self.services = (
            ("player", self.player.run),
            ("sound", self._sound.run),
            ("ptt", self._ptt.run),
            ("led", heartbeat.run),
            ("tidier", tidier.run),
        )
        self.services += self._modem_services + tuple(self._lamps)


def _ring_store(area):
    return RingStore(area, PASSING, most_keys=_MOST_KEYS)


def _check_board(wiring, board):
    def same(name):
        if name != board:
            raise ValueError("these settings are for " + name + ", and this is a " + board)

    wiring.made("name", str, same)


def _speed(baud):
    if not _SLOWEST <= baud <= _FASTEST:
        raise ValueError("expected a number from %d to %d" % (_SLOWEST, _FASTEST))
    return baud


def _check_call_point(wiring, number):
    if number not in _CALL_POINTS:
        raise wiring.wrong("call_points", "a Pico has call points 1 and 2, not " + str(number))
