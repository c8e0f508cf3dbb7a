"""The parts every Linux board builds the same way, from its wiring."""

from boards.keeping import PASSING
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
from drivers.modems.beidou import BeidouModem
from drivers.modems.cellular import CellularModem
from drivers.modems.sbd import SbdModem
from drivers.modems.udp import UdpModem
from drivers.ring_store import RingStore
from drivers.tidier import Tidier

_STORE_BYTES, _SECTOR_BYTES = 256 * 1024, 4 * 1024
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
    area = FileArea(wiring.file("store"), _STORE_BYTES, _SECTOR_BYTES)
    return RingStore(area, PASSING, most_keys=_MOST_KEYS)


def tidier(clock, store):
    """Return the service that erases ahead: a disk leaves the lines alone meanwhile."""
    return (("tidier", Tidier(clock, lambda: True, (store,)).run),)


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
    """Return (roads, services): the roads that board.roads lists, IP and Iridium without it."""
    listed = "roads" in wiring.settings["board"]
    names = wiring.made("roads", list, _known_roads) if listed else ("udp", "sbd")
    found, services = (), ()
    for name in names:
        road, served = _ROADS[name](wiring, clock)
        found += (road,)
        services += served
    return found, services


def _udp(wiring, clock):
    host, port = _county(wiring)
    modem = UdpModem(lambda: Datagrams(host, port), clock)
    return ("ip", "ip", modem), (("ip modem", modem.run),)


def _cellular(wiring, clock):
    apn = wiring.value("cellular.apn", str)
    modem = CellularModem(line(wiring, "cellular", clock), clock, *_county(wiring), apn)
    return ("4g", "ip", modem), (("4g modem", modem.run),)


def _sbd(wiring, clock):
    modem = SbdModem(line(wiring, "sbd", clock), clock)
    return ("sbd", "sbd", modem), (("sbd modem", modem.run),)


def _beidou(wiring, clock):
    terminal = line(wiring, "beidou", clock)
    modem = wiring.made("beidou.county", str, lambda card: BeidouModem(terminal, clock, card))
    return ("beidou", "beidou", modem), (("beidou modem", modem.run),)


def _county(wiring):
    return wiring.value("udp.host", str), wiring.value("udp.port", int)


_ROADS = {"udp": _udp, "cellular": _cellular, "sbd": _sbd, "beidou": _beidou}


def _known_roads(names):
    for name in names:
        if type(name) is not str or name not in _ROADS:
            raise ValueError("expected some of " + ", ".join(sorted(_ROADS)))
    return names


def _two_texts(paths):
    if len(paths) != 2 or any(type(path) is not str for path in paths):
        raise ValueError("expected two paths")
    return paths
