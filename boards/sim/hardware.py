"""The simulated board: every part a real board has, each a peer on a pty or a socket."""

import binascii

from boards.linux import parts
from boards.linux.datagrams import Datagrams
from boards.linux.watchdog import AlarmWatchdog
from boards.sim.panel import Panel
from drivers.button import Button
from drivers.clock import Clock
from drivers.lamp import Lamp


class SimHardware:
    """What firmware.ports.Hardware asks for; wiring is boards.wiring.Wiring."""

    def __init__(self, wiring):
        self.settings = wiring.settings
        self.clock = Clock()
        self.reset_cause = "unknown"
        self.unique_id = wiring.made("unique_id", str, binascii.unhexlify)
        self.watchdog = AlarmWatchdog(wiring.value("watchdog_ms", int))
        self.store = parts.store(wiring)
        self.keyring_cells = parts.keyring_cells(wiring)
        self.journal_lines = parts.journal_lines(wiring)
        self.tables = parts.tables(wiring)
        self.amplifier = parts.amplifier(wiring, self.clock)
        self.player = parts.player(wiring, _speaker(wiring), self.clock)
        self.roads, modem_services = parts.roads(wiring, self.clock)
        panel = Panel(parts.line(wiring, "panel", self.clock), self.clock)
        self.call_points, lamp_services = _call_points(wiring, panel, self.clock)
        self.services = (("player", self.player.run), ("panel", panel.run))
        self.services += modem_services + lamp_services + parts.tidier(self.clock, self.store)


class SoundSocket:
    """A sound card whose speaker is a datagram socket; it opens when first used."""

    def __init__(self, open_socket):
        self._open_socket = open_socket
        self._socket = None

    def write(self, pcm):
        if self._socket is None:
            self._socket = self._open_socket()
        self._socket.send(pcm)

    def drain(self):
        """Every datagram is on its way already."""


def _speaker(wiring):
    host, port = wiring.value("audio.host", str), wiring.value("audio.port", int)
    return SoundSocket(lambda: Datagrams(host, port))


def _call_points(wiring, panel, clock):
    points, services = [], []
    for number, kind in wiring.call_points():
        name = str(number)
        lamp = Lamp(panel.lamp(name), clock)
        points.append((number, kind, Button(panel.button(name), clock), lamp))
        services.append(("lamp " + name, lamp.run))
    return tuple(points), tuple(services)
