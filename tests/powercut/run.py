"""The run: 400 records on a flash that is worn already, cut at every program and erase."""

from collections import Counter
from collections.abc import Callable
from random import Random

from protocol import keyring_file
from tests.fakes import MemoryCell
from tests.powercut.box import MOST_WAITING, SLOT_LONG_AGO, Box, Promises
from tests.powercut.chip import BLOCK_BYTES, Chip
from tests.powercut.judge import judged
from tests.village import BOX, REALM, ROOTS, SLOTS, UNIQUE_ID

BLOCKS = 10
BEFORE = 500  # records that have made the chip go round before the run begins
RECORDS = 400
_ORDER_EACH, _RESTART_EACH = 50, 100


class Caught(Exception):
    """A promise was broken, and nobody asked how often."""


class Run:
    """box_class is a Box, or one with a fault; told(cut points) is called at each operation."""

    def __init__(
        self,
        box_class: type[Box],
        records: int = RECORDS,
        told: Callable[[int], None] = lambda _: None,
    ):
        self.cut_points = 0
        self.broken = Counter()
        self._box_class = box_class
        self._records = records
        self._told = told
        self._stop_at_first = False

    def measured(self) -> dict[str, float]:
        """Cut everywhere; return the figures of the run without the cuts."""
        box = self._aged()
        box.chip.programs = box.chip.erases = 0
        self._watch(box)
        _live(box, self._records)
        return {
            "erases_per_record": round(box.chip.erases / self._records, 3),
            "programs_per_record": round(box.chip.programs / self._records, 3),
        }

    def is_caught(self) -> bool:
        """Return whether the judge says of this Box that it breaks what its fault breaks."""
        self._stop_at_first = True
        box = self._aged()
        self._watch(box)
        try:
            with box.conditions():
                _live(box, self._records)
        except Caught:
            pass
        return self.broken[box.breaks] > 0

    def _aged(self) -> Box:
        ring = keyring_file.Keyring(UNIQUE_ID, BOX, 1, REALM, bytes(range(32)), 0, 0, ROOTS, SLOTS)
        cells = [MemoryCell(keyring_file.write(ring)) for _ in range(2)]
        box = self._box_class(Chip(b"\xff" * (BLOCKS * BLOCK_BYTES)), cells, Promises())
        box.order(SLOT_LONG_AGO)
        _live(box, BEFORE)
        return box

    def _watch(self, box: Box) -> None:
        def before(at: int, data: bytes | None) -> None:
            chance = Random(self.cut_points)
            for image in (bytes(box.chip.image), box.chip.torn(at, data, chance)):
                self.cut_points += 1
                self.broken += judged(self._box_class, image, box.cells, box.promises)
                if self.broken and self._stop_at_first:
                    raise Caught
            self._told(self.cut_points)

        box.chip.before = before


def _live(box: Box, count: int) -> None:
    for number in range(1, count + 1):
        box.post()
        box.quiet_moment()
        if len(box.promises.kept) > MOST_WAITING:
            box.acknowledge()
        if number % _ORDER_EACH == 0:
            box.order()
        if number % _RESTART_EACH == 0:
            box.restart()
