"""A part of an FRAM chip on SPI that stands for an area.

FM25V20A (Infineon, before that Cypress), 256 KiB; its data sheet: "Memory Operation", "Status
Register", "Device ID".  A byte is kept as soon as its last bit has come: there is nothing to
wait for, interrupts stay on, and nothing wears out.
"""

from drivers.errors import StoreFailed

_WREN, _RDSR, _READ, _WRITE, _RDID = b"\x06", b"\x05", 0x03, 0x02, b"\x9f"
_WRITE_ENABLED, _PROTECTED = 0x02, 0x0C  # status: WEL; BP1 and BP0
_CHIP = b"\x7f\x7f\x7f\x7f\x7f\x7f\xc2\x25"  # maker, family and density; then its revision
_ID_BYTES = 9
_PIECE_BYTES = 128
_BLANK = b"\xff" * _PIECE_BYTES


class FramArea:
    """size bytes of the chip from the byte start on, whole sectors of sector_bytes: the chip
    knows none, but a store moves so much at a time.

    spi has machine.SPI's write(data) and readinto(buffer), in mode 0 and at most 40 MHz;
    select(level) sets the pin /CS.  What is read, the chip has said its name after: nobody
    takes a wire that came off for a blank chip.
    """

    def __init__(self, spi, select, start, size, sector_bytes):
        self.size = size
        self.sector_bytes = sector_bytes
        self._spi = spi
        self._select = select
        self._start = start
        self._id = bytearray(_ID_BYTES)
        self._status = bytearray(1)
        self._piece = memoryview(bytearray(_PIECE_BYTES))

    def read(self, at, count):
        """Return count bytes, or as many as there are before the end, or raise StoreFailed."""
        data = bytearray(max(min(count, self.size - at), 0))
        self.readinto(at, data)
        return data

    def readinto(self, at, buffer):
        """Fill the buffer with what is from `at` on, or raise StoreFailed."""
        self._ask(self._addressed(_READ, at), buffer)
        self._expect_the_chip()

    def program(self, at, data):
        """Write data, which is kept and has been read back when this returns, or raise
        StoreFailed, and then any of its bytes may be found.
        """
        if at + len(data) > self.size:
            raise ValueError("beyond the end of the area")
        data = memoryview(data)
        for done in range(0, len(data), _PIECE_BYTES):
            self._write(at + done, data[done : done + _PIECE_BYTES])

    def erase(self, at):
        """Fill the sector that begins at `at` with FF, or raise StoreFailed."""
        if at % self.sector_bytes or not 0 <= at < self.size:
            raise ValueError("no sector of this area begins there")
        for done in range(0, self.sector_bytes, _PIECE_BYTES):
            self._write(at + done, _BLANK[: self.sector_bytes - done])

    def _write(self, at, data):
        self._enable_writing()
        self._tell(self._addressed(_WRITE, at), data)
        found = self._piece[: len(data)]
        self.readinto(at, found)
        if found != data:
            raise StoreFailed("the FRAM: it has not kept what was written")

    def _enable_writing(self):
        """For one WRITE: the latch falls again when that ends."""
        self._tell(_WREN)
        self._ask(_RDSR, self._status)
        status = self._status[0] & (_WRITE_ENABLED | _PROTECTED)
        if status == _WRITE_ENABLED:
            return
        self._expect_the_chip()
        if status & _PROTECTED:
            raise StoreFailed("the FRAM: some of it is protected from being written")
        raise StoreFailed("the FRAM: it does not let itself be written")

    def _expect_the_chip(self):
        self._ask(_RDID, self._id)
        if self._id[: len(_CHIP)] != _CHIP:
            raise StoreFailed("the FRAM: no FM25V20A answers")

    def _addressed(self, opcode, at):
        at += self._start
        return bytes((opcode, at >> 16, at >> 8 & 0xFF, at & 0xFF))

    def _tell(self, command, data=b""):
        self._select(0)
        try:
            self._spi.write(command)
            self._spi.write(data)
        finally:
            self._select(1)

    def _ask(self, command, answer):
        self._select(0)
        try:
            self._spi.write(command)
            self._spi.readinto(answer)
        finally:
            self._select(1)
