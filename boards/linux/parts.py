"""The parts every Linux board builds the same way, from its wiring."""

from boards.linux.datagrams import Datagrams
from boards.linux.serial import SerialStream
from drivers.amplifier import Amplifier
from drivers.audio.clips import Clips
from drivers.audio.player import Player
from drivers.cells import FileCell
from drivers.file_area import FileArea
from drivers.line import Line
from drivers.lines_file import JournalFile
from drivers.maps import find
from drivers.modbus import Master
from drivers.modems.cellular import CellularModem
from drivers.modems.sbd import SbdModem
from drivers.modems.udp import UdpModem
from drivers.store import LogStore

_AREA_BYTES = 128 * 1024
_MOST_KEYS = 1024  # 8 slots of 64 orders, 200 Slips, and the rest
_JOURNAL_BYTES = 256 * 1024
_TABLES_BYTES = 256 * 1024  # at most


def line(wiring, name, clock):
    """Return the byte line board.lines.<name>; it opens when first used."""
    path = wiring.file("lines." + name + ".path")
    baud = wiring.value("lines." + name + ".baud", int)
    return Line(lambda: SerialStream(path, baud), clock)


def store(wiring):
    """Return the store on its preallocated file, or raise OSError naming the file."""
    path = wiring.file("store")
    areas = [FileArea(path, i * _AREA_BYTES, _AREA_BYTES) for i in (0, 1)]
    return LogStore(*areas, most_keys=_MOST_KEYS)


def keyring_cells(wiring):
    """Return the two cells of the keyring's copies."""
    return [FileCell(wiring.beside(cell)) for cell in wiring.made("keyring", list, _two_texts)]


def journal_lines(wiring):
    return JournalFile(wiring.file("journal"), _JOURNAL_BYTES)


def tables(wiring):
    """Return the text tables in the file board.tables; none where it is not named or not there."""
    if "tables" not in wiring.settings["board"]:
        return b""
    path = wiring.file("tables")
    try:
        with open(path, "rb") as file:
            return file.read(_TABLES_BYTES)
    except OSError:
        return b""


def amplifier(wiring, clock):
    bus = Master(line(wiring, "amplifier", clock), clock)
    register_map = wiring.made("amplifier.map", str, find)
    return wiring.made("amplifier.address", int, lambda at: Amplifier(bus, at, register_map))


def player(wiring, device, clock):
    return Player(device, Clips(wiring.file("clips")), clock)


def roads(wiring, clock):
    """Return (roads, services): IP by the kernel's network, Iridium SBD on a serial line.

    Where board.roads names "cellular": also IP by a 4G module on a serial line.
    """
    host, port = wiring.value("udp.host", str), wiring.value("udp.port", int)
    udp = UdpModem(lambda: Datagrams(host, port), clock)
    sbd = SbdModem(line(wiring, "sbd", clock), clock)
    built = (("ip", "ip", udp), ("sbd", "sbd", sbd))
    services = (("ip modem", udp.run), ("sbd modem", sbd.run))
    if "cellular" in wiring.settings["board"].get("roads", ()):
        apn = wiring.value("cellular.apn", str)
        cellular = CellularModem(line(wiring, "cellular", clock), clock, host, port, apn)
        built += (("4g", "ip", cellular),)
        services += (("4g modem", cellular.run),)
    return built, services


def _two_texts(paths):
    if len(paths) != 2 or any(type(path) is not str for path in paths):
        raise ValueError("expected two paths")
    return paths
