"""The Box's flash: one chip for the store and both keyrings, which one power cut stops."""

from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from drivers.store import LogStore
from tests.fakes import NorFlash

_STORE_BLOCKS = 2  # in each of its two areas
_BLOCKS = 2 * _STORE_BLOCKS + 2


class Chip(NorFlash):
    """A NorFlash whose power can be told, at any time, at which operation from now on to fail."""

    def __init__(self, image=None):
        NorFlash.__init__(self, _BLOCKS)
        if image is not None:
            self.image[:] = image

    def fail_at(self, operation, torn):
        """Lose the power at this operation from now, 1 for the next: before it, or half-way."""
        self._fails_at, self._torn = self.operations + operation, torn

    def check(self):
        """Raise PowerCut if the power is gone: for all parts that live on it."""
        self._check()

    @property
    def dead(self):
        return self._dead


def store(chip):
    """Open the store: the one place that says of which class it is."""
    return LogStore(
        FlashArea(chip, 0, _STORE_BLOCKS), FlashArea(chip, _STORE_BLOCKS, _STORE_BLOCKS)
    )


def cells(chip):
    """Return the two copies of the keyring."""
    first = 2 * _STORE_BLOCKS
    return [FlashCell(FlashArea(chip, block, 1)) for block in (first, first + 1)]


def found(chip):
    """Return (state, items, keyrings): what a Box would find if it started now."""
    fresh = store(chip)
    return fresh.state, tuple(fresh.items()), tuple(_content(cell) for cell in cells(chip))


def _content(cell):
    try:
        return cell.read()
    except OSError:
        return None
