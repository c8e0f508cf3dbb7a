"""The store in an FRAM on the SPI pins; imported only by a Box whose settings have one.

Its first sector says whose store this is: a chip can be pulled out and put into another Box,
which would go on with numbers of its own that are used up, and send calls that are not its own.
"""

from machine import SPI

from boards.rp2 import gpio
from drivers.errors import StoreFailed
from drivers.fram import FramArea

_UNIT, _BAUD = 0, 4_000_000  # slow enough for a hand's length of wire
_SECTOR_BYTES = 4_096
_STORE_BYTES = 128 * 1024  # as in flash: what is kept is bounded by the index in memory
_HAS_OWNER = b"Fengsui1"


def opened(wiring, unique_id, store_on):
    """Return store_on(area), or raise BadWiring.

    There is no other store to fall back on: it would not know what was promised in this one.
    """
    wiring.value("fram", dict)
    select = gpio.chip_select("spi_cs")
    clock, mosi, miso = [gpio.signal("spi_" + name) for name in ("clock", "mosi", "miso")]
    spi = SPI(_UNIT, baudrate=_BAUD, sck=clock, mosi=mosi, miso=miso)
    try:
        _own(FramArea(spi, select, 0, _SECTOR_BYTES, _SECTOR_BYTES), unique_id)
        return store_on(FramArea(spi, select, _SECTOR_BYTES, _STORE_BYTES, _SECTOR_BYTES))
    except StoreFailed as why:
        raise wiring.wrong("board.fram", str(why))


def _own(label, unique_id):
    """Write this Box's name on a chip that has none; the end of a label comes last."""
    wanted = unique_id + _HAS_OWNER
    found = bytes(label.read(0, len(wanted)))
    if found == wanted:
        return
    if found.endswith(_HAS_OWNER):
        raise StoreFailed("the FRAM: it holds the store of another Box")
    label.program(0, wanted)
