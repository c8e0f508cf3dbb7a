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
    """Return (roads, services) for the names in board.roads; without it: udp and sbd."""
    names = wiring.settings["board"].get("roads", ("udp", "sbd"))
    unknown = [name for name in names if name not in _ROADS]
    if unknown:
        raise wiring.wrong("board.roads", "there is no road " + str(unknown[0]))
    built = tuple(_ROADS[name](wiring, clock) for name in names)
    return built, tuple((name + " modem", modem.run) for name, _, modem in built)


def _udp(wiring, clock):
    """Return the road by the kernel's network."""
    host, port = _county(wiring)
    return "ip", "ip", UdpModem(lambda: Datagrams(host, port), clock)


def _sbd(wiring, clock):
    return "sbd", "sbd", SbdModem(line(wiring, "sbd", clock), clock)


def _cellular(wiring, clock):
    """Return the road by a 4G module on a serial line, to the same address at the county."""
    apn = wiring.value("cellular.apn", str)
    modem = CellularModem(line(wiring, "cellular", clock), clock, *_county(wiring), apn)
    return "4g", "ip", modem


_ROADS = {"udp": _udp, "sbd": _sbd, "cellular": _cellular}


def _county(wiring):
    return wiring.value("udp.host", str), wiring.value("udp.port", int)


def _two_texts(paths):
    if len(paths) != 2 or any(type(path) is not str for path in paths):
        raise ValueError("expected two paths")
    return paths
