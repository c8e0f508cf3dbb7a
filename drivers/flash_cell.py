"""A few hundred bytes in one sector of flash: after a power cut whole, or not there at all.

The bytes begin at the second page.  The head (magic, how many, their CRC-32) is in the first
page and programmed last of all.
"""

import struct
from binascii import crc32

from drivers.errors import StoreFailed

_HEAD = "<4sII"
_HEAD_BYTES = 12
_MAGIC = b"FCL1"
_BEGIN = 256
_NO_SUCH_FILE, _IO_ERROR = 2, 5


class FlashCell:
    """What firmware.ports.Cell asks for, on an area (drivers.flash_area) of one sector.

    A write erases first, so who must never be without its bytes has two cells and writes
    one after the other.
    """

    def __init__(self, area):
        self._area = area
        self._most_bytes = area.size - _BEGIN

    def read(self):
        """Return what was last written, or raise OSError if nothing ever was, or not whole."""
        magic, count, checksum = struct.unpack(_HEAD, self._area.read(0, _HEAD_BYTES))
        if magic != _MAGIC:
            raise OSError(_NO_SUCH_FILE, "this cell of flash was never written")
        if count > self._most_bytes:
            raise OSError(_IO_ERROR, "this cell of flash is damaged")
        data = bytes(self._area.read(_BEGIN, count))
        if crc32(data) != checksum:
            raise OSError(_IO_ERROR, "this cell of flash is damaged")
        return data

    def write(self, data):
        """Replace the content; on the flash when this returns, or raise StoreFailed."""
        if len(data) > self._most_bytes:
            raise ValueError("a cell of flash holds at most " + str(self._most_bytes) + " bytes")
        self._area.erase(0)
        self._area.program(_BEGIN, data)
        self._area.program(0, struct.pack(_HEAD, _MAGIC, len(data), crc32(data)))
        self._check(data)

    def _check(self, data):
        try:
            kept = self.read() == data
        except OSError:
            kept = False
        if not kept:
            raise StoreFailed("a cell of flash did not keep what was written")
