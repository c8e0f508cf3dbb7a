"""A board on which only flash and roads matter: nothing sounds, and nobody presses."""

from boards.keeping import PASSING
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from drivers.flash_lines import FlashLines
from drivers.ring_store import RingStore
from drivers.tidier import Tidier
from tests.fakes import FakeAmplifier, FakePlayer, FakeWatchdog
from tests.village import SETTINGS, UNIQUE_ID

BLOCKS = 22  # of 4 KiB
STORE_BLOCKS = 16  # 64 KiB
_CELLS_AT, _JOURNAL_AT, _JOURNAL_BLOCKS = 16, 18, 4
_MOST_KEYS = 448  # as on a Pico


class QuietBoard:
    """What firmware.ports.Hardware asks for; flash (drivers.flash_area) has BLOCKS blocks."""

    def __init__(self, clock, flash, roads, heartbeat_s):
        self.clock = clock
        self.store = store(flash)
        self.keyring_cells = cells(flash)
        self.journal_lines = FlashLines(FlashArea(flash, _JOURNAL_AT, _JOURNAL_BLOCKS))
        self.unique_id = UNIQUE_ID
        self.settings = dict(SETTINGS)
        self.settings["heartbeat_s"] = heartbeat_s
        self.tables = b""
        self.roads = roads
        self.amplifier = FakeAmplifier()
        self.player = FakePlayer(clock)
        self.call_points = ()
        self.watchdog = FakeWatchdog()
        self.reset_cause = "power"
        tidier = Tidier(clock, lambda: True, (self.store, self.journal_lines))
        self.services = (("tidier", tidier.run),)


def store(flash):
    """Return the store that Boxes have; here alone it is chosen."""
    return RingStore(FlashArea(flash, 0, STORE_BLOCKS), PASSING, _MOST_KEYS)


def cells(flash):
    """Return the two copies of the keyring."""
    return [FlashCell(FlashArea(flash, _CELLS_AT + i, 1)) for i in range(2)]
