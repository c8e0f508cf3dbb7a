"""A Raspberry Pi under Linux: serial lines, GPIO, ALSA and the kernel's watchdog."""

from boards.linux import parts
from boards.linux.watchdog import AlarmWatchdog, KernelWatchdog
from boards.pi_linux.gpio import Chip
from boards.pi_linux.sound import SoundCard
from drivers.button import Button
from drivers.clock import Clock
from drivers.lamp import Lamp

_SERIAL_NUMBER = "/sys/firmware/devicetree/base/serial-number"
_UNIQUE_ID_BYTES = 8


class PiHardware:
    """What firmware.ports.Hardware asks for; wiring is boards.wiring.Wiring."""

    def __init__(self, wiring):
        self.settings = wiring.settings
        self.clock = Clock()
        self.reset_cause = "unknown"
        self.unique_id = _unique_id()
        self.watchdog = _watchdog(wiring)
        self.store = parts.store(wiring)
        self.keyring_cells = parts.keyring_cells(wiring)
        self.journal_lines = parts.journal_lines(wiring)
        self.tables = parts.tables(wiring)
        self.amplifier = parts.amplifier(wiring, self.clock)
        card = SoundCard(wiring.value("sound_card", str))
        self.player = parts.player(wiring, card, self.clock)
        self.roads, modem_services = parts.roads(wiring, self.clock)
        chip = Chip(wiring.value("gpio.chip", str))
        self.call_points, lamp_services = _call_points(wiring, chip, self.clock)
        self.services = (("player", self.player.run),) + modem_services + lamp_services
        self.services += parts.tidier(self.clock, self.store)


def _call_points(wiring, chip, clock):
    """Each call point's GPIO numbers stand under board.gpio.call_points.<number>."""
    points, services = [], []
    for number, kind in wiring.call_points():
        name = str(number)
        where = "gpio.call_points." + name
        button = Button(chip.button(wiring.value(where + ".button", int)), clock)
        lamp = Lamp(chip.lamp(wiring.value(where + ".lamp", int)), clock)
        points.append((number, kind, button, lamp))
        services.append(("lamp " + name, lamp.run))
    return tuple(points), tuple(services)


def _watchdog(wiring):
    """board.watchdog is a device such as /dev/watchdog, or "process" for alarm(2)."""
    device = wiring.value("watchdog", str)
    if device == "process":
        return AlarmWatchdog(wiring.value("watchdog_ms", int))
    return KernelWatchdog(device)


def _unique_id():
    """Return the 8 bytes the board's firmware calls its serial number."""
    with open(_SERIAL_NUMBER) as file:
        digits = file.read().strip("\0\n")
    return int(digits, 16).to_bytes(_UNIQUE_ID_BYTES, "big")
