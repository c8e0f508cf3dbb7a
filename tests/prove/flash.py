"""The Box's flash: one chip for the store and both keyrings, which one power cut stops."""

from boards.keeping import PASSING
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from drivers.ring_store import RingStore
from tests.fakes import NorFlash

_STORE_BLOCKS = 8
_BLOCKS = _STORE_BLOCKS + 2


class Chip(NorFlash):
    """A NorFlash with these bytes in it."""

    def __init__(self, image=None):
        NorFlash.__init__(self, _BLOCKS)
        if image is not None:
            self.image[:] = image

    def check(self):
        """Raise PowerCut if the power is gone: for all parts that live on it."""
        self._check()

    @property
    def dead(self):
        return self._dead


def store(chip):
    """Open the store: the one place that says of which class it is."""
    return RingStore(FlashArea(chip, 0, _STORE_BLOCKS), PASSING)


def cells(chip):
    """Return the two copies of the keyring."""
    return [FlashCell(FlashArea(chip, block, 1)) for block in range(_STORE_BLOCKS, _BLOCKS)]


def found(chip):
    """Return (state, items, keyrings): what a Box would find if it started now."""
    fresh = store(chip)
    return fresh.state, tuple(fresh.items()), tuple(_content(cell) for cell in cells(chip))


def _content(cell):
    try:
        return cell.read()
    except OSError:
        return None
