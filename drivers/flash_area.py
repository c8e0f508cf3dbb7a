"""A part of a flash chip, in blocks of 4096 bytes, that stands for an area."""

from drivers.errors import StoreFailed, reason

_BLOCK_BYTES = 4_096
_PAGE_BYTES = 256
_ERASE_BLOCK = 6  # MicroPython's block protocol: MP_BLOCKDEV_IOCTL_BLOCK_ERASE
_BLANK_PAGE = b"\xff" * _PAGE_BYTES


class FlashArea:
    """blocks blocks of flash from start_block on.

    flash has MicroPython's extended block protocol, as rp2.Flash: readblocks(block, buffer,
    offset); writeblocks(block, page, offset), which programs and erases nothing; ioctl(6,
    block), which erases.  Interrupts are off while a page is programmed (0.4 ms) or a block is
    erased (45 ms, 400 ms at worst), so a long program() is one call a page.
    """

    sector_bytes = _BLOCK_BYTES

    def __init__(self, flash, start_block, blocks):
        self.size = blocks * _BLOCK_BYTES
        self._flash = flash
        self._start_block = start_block
        self._page = bytearray(_PAGE_BYTES)  # in RAM: flash cannot be read while it is programmed

    def read(self, at, count):
        """Return count bytes, or as many as there are before the end, or raise StoreFailed."""
        data = bytearray(max(min(count, self.size - at), 0))
        self.readinto(at, data)
        return data

    def readinto(self, at, buffer):
        """Fill the buffer with what is from `at` on, or raise StoreFailed."""
        block, offset = divmod(at, _BLOCK_BYTES)
        try:
            self._flash.readblocks(self._start_block + block, buffer, offset)
        except OSError as why:
            raise _failed(why)

    def program(self, at, data):
        """Write data where nothing was written since the last erase(), or raise StoreFailed."""
        if at + len(data) > self.size:
            raise ValueError("beyond the end of the area")
        rest = memoryview(data)
        while rest:
            count = min(_PAGE_BYTES - at % _PAGE_BYTES, len(rest))
            self._program_page(at, rest[:count])
            at, rest = at + count, rest[count:]

    def erase(self, at):
        """Set the block that begins at `at` to FF, or raise StoreFailed."""
        if at % _BLOCK_BYTES or not 0 <= at < self.size:
            raise ValueError("no block of this area begins there")
        try:
            self._flash.ioctl(_ERASE_BLOCK, self._start_block + at // _BLOCK_BYTES)
        except OSError as why:
            raise _failed(why)

    def _program_page(self, at, data):
        """Write into one page; the FF around data leaves its other bytes as they are."""
        begin = at % _PAGE_BYTES
        self._page[:] = _BLANK_PAGE
        self._page[begin : begin + len(data)] = data
        block, offset = divmod(at - begin, _BLOCK_BYTES)
        try:
            self._flash.writeblocks(self._start_block + block, self._page, offset)
        except OSError as why:
            raise _failed(why)


def _failed(why):
    return StoreFailed("the flash: " + reason(why))
