"""What of a Box writes to its store: records kept until acknowledged, numbers, orders.

Beside it stands what it has promised, as plain sets and dicts: whoever judges looks there.
"""

from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field

from drivers.flash_area import FlashArea
from drivers.ring_store import RingStore
from firmware.keyring import Keyring
from firmware.ledger import Ledger
from protocol import ccm, frame
from tests.fakes import MemoryCell
from tests.powercut.chip import BLOCK_BYTES, Chip
from tests.village import UNIQUE_ID

PASSING = b"SL"
RECORD_BYTES = 100
NAME_BYTES = 5
MOST_WAITING = 20
SLOT, SLOT_LONG_AGO = b"\x01", b"\x02"


@dataclass
class Promises:
    """kept: records that were said to be kept and not yet acknowledged; names: epoch and SEQ
    that sealed something; over: orders that must never sound again; taken: orders admitted.
    doing: the (key, value) of the change under way, of which either end may be found.
    """

    kept: dict[bytes, bytes] = field(default_factory=dict)
    acknowledged: set[bytes] = field(default_factory=set)
    names: set[bytes] = field(default_factory=set)
    taken: set[bytes] = field(default_factory=set)
    over: set[bytes] = field(default_factory=set)
    doing: tuple[bytes, bytes | None] | None = None
    posted: int = 0
    ordered: int = 0

    def copy(self) -> "Promises":
        return deepcopy(self)


class Box:
    """A Box on this chip and with these two cells of its keyring."""

    keyring_class = Keyring
    breaks = ""  # the promise that a fault breaks

    def __init__(self, chip: Chip, cells: list[MemoryCell], promises: Promises):
        self.chip = chip
        self.cells = cells
        self.promises = promises
        self.restart()

    def restart(self) -> None:
        """As after a reset: all that is known is on the chip."""
        area = FlashArea(self.chip, 0, len(self.chip.image) // BLOCK_BYTES)
        self.store = RingStore(area, PASSING)
        self.prepare(self.store)
        self.keyring = self.keyring_class(self.cells, self.store, ccm, UNIQUE_ID)
        self.ledger = Ledger(self.store)

    @staticmethod
    def conditions() -> AbstractContextManager:
        """Return what a fault needs around the whole run."""
        return nullcontext()

    def prepare(self, store: RingStore) -> None:
        """A fault may change the store here."""

    def post(self) -> None:
        """Keep a record under a number of its own, and promise it."""
        self.promises.posted += 1
        key = b"S" + self.promises.posted.to_bytes(4, "big")
        seq = self.keyring.next_seq()
        name = frame.name(self.keyring.epoch, seq)
        filler = bytes((self.promises.posted * 31 + i) % 256 for i in range(RECORD_BYTES))
        self.keep(key, (name + filler)[:RECORD_BYTES])

    def keep(self, key: bytes, value: bytes) -> None:
        self.promises.doing = (key, value)
        self.store.put(key, value)
        self.promise(key, value)
        self.promises.doing = None

    def promise(self, key: bytes, value: bytes) -> None:
        """From now on this is kept, and its name may be on the air."""
        self.promises.kept[key] = value
        self.promises.names.add(value[:NAME_BYTES])

    def acknowledge(self) -> None:
        """The county has the oldest record."""
        key = min(self.promises.kept)
        self.promises.doing = (key, None)
        self.store.remove(key)
        del self.promises.kept[key]
        self.promises.acknowledged.add(key)
        self.promises.doing = None

    def order(self, slot: bytes = SLOT) -> None:
        """Take an order, sound it, and report it: it is over."""
        self.promises.ordered += 1
        order_id = slot + self.promises.ordered.to_bytes(3, "big")
        self.ledger.admit(order_id, bytes(RECORD_BYTES))
        self.promises.taken.add(order_id)
        self.ledger.begin(order_id)
        self.ledger.report(order_id, bytes(8))
        self.promises.over.add(order_id)
        self.ledger.close(order_id)

    def quiet_moment(self) -> None:
        if self.store.untidy():
            self.store.tidy()
