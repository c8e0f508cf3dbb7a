"""What a Box keeps on flash, on one fake chip; the only place in tests that chooses its store."""

from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from drivers.flash_lines import FlashLines
from drivers.store import LogStore

BLOCKS = 22  # of 4 KiB
STORE_BLOCKS = 16  # 64 KiB
_JOURNAL_BLOCKS = 4
_MOST_KEYS = 448  # as on a Pico


class BoxFlash:
    """flash has MicroPython's extended block protocol and BLOCKS blocks."""

    def __init__(self, flash):
        self.cells = cells(flash)
        half = STORE_BLOCKS // 2
        self.store = LogStore(FlashArea(flash, 0, half), FlashArea(flash, half, half), _MOST_KEYS)
        self.lines = FlashLines(FlashArea(flash, STORE_BLOCKS + 2, _JOURNAL_BLOCKS))

    def tidied(self):
        """Return what a drivers.tidier.Tidier sees to."""
        return self.store, self.lines


def cells(flash):
    """Return the two cells of the keyring."""
    return [FlashCell(FlashArea(flash, STORE_BLOCKS + i, 1)) for i in range(2)]
