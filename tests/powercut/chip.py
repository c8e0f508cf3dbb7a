"""A NOR flash chip that tells of each operation before it, and how a cut would leave it."""

from collections.abc import Callable
from random import Random

BLOCK_BYTES = 4_096
_ERASE = 6  # MicroPython's block protocol


class Chip:
    """What rp2.Flash shows; before(at, data, or None to erase), if set, is asked each time."""

    def __init__(self, image: bytes):
        self.image = bytearray(image)
        self.programs = self.erases = 0
        self.before: Callable[[int, bytes | None], None] | None = None

    def readblocks(self, block: int, buffer, offset: int = 0) -> None:
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.image[at : at + len(buffer)]

    def writeblocks(self, block: int, page, offset: int) -> None:
        self._operate(block * BLOCK_BYTES + offset, bytes(page))

    def ioctl(self, request: int, block: int) -> int:
        assert request == _ERASE
        self._operate(block * BLOCK_BYTES, None)
        return 0

    def torn(self, at: int, data: bytes | None, chance: Random) -> bytes:
        """Return the image as it may be if the power fails in the midst of this operation."""
        image = bytearray(self.image)
        if data is None:
            _erase_some(image, at, chance)
        else:
            _program(image, at, data[: _cut_in(data, chance)])
        return bytes(image)

    def _operate(self, at: int, data: bytes | None) -> None:
        if self.before is not None:
            self.before(at, data)
        if data is None:
            self.erases += 1
            self.image[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        else:
            self.programs += 1
            _program(self.image, at, data)


def _program(image: bytearray, at: int, data: bytes) -> None:
    """Only clear bits: what was programmed twice is neither the one nor the other."""
    for i, byte in enumerate(data, at):
        image[i] &= byte


def _cut_in(page: bytes, chance: Random) -> int:
    """Return a place before the last byte that is to be written, at or behind the first."""
    first = len(page) - len(page.lstrip(b"\xff"))
    return chance.randrange(first, max(len(page.rstrip(b"\xff")), first + 1))


def _erase_some(image: bytearray, at: int, chance: Random) -> None:
    """Half of the block is erased: the first half, the last, or here and there a bit."""
    half = BLOCK_BYTES // 2
    kind = chance.randrange(3)
    if kind < 2:
        image[at + kind * half : at + (kind + 1) * half] = b"\xff" * half
    else:
        for i in range(at, at + BLOCK_BYTES):
            image[i] |= chance.randrange(256)
