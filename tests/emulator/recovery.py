"""How long the chip takes to open a full store: 256 KiB of which 500 records still count."""

import json
from pathlib import Path

from boards.keeping import PASSING
from drivers.ring_store import RingStore
from host_tools.build import boards
from host_tools.sim.chip import flash_file
from host_tools.sim.chip.chip import Chip
from tests.emulator import bench
from tests.emulator.bench import Bench
from tests.fakes import MemoryArea

ON_CHIP = Path(__file__).with_name("on_chip") / "recovery.py"
STORE_BYTES, SECTOR_BYTES = 256 * 1024, 4_096
LIVE, RECORD_BYTES, STATE_BYTES = 500, 100, 200
MOST_MS = 60_000


def measured() -> dict[str, object]:
    """Return what the chip says of a store that was filled here."""
    flash = bytearray(flash_file.fresh(bench.image()))
    at = boards.find(bench.BOARD).flash.row("clips").start
    flash[at : at + STORE_BYTES] = full_store()
    board = Bench(Chip(bytes(flash)))
    board.stop_the_box()
    said = board.exec(ON_CHIP.read_text(), MOST_MS)
    assert not said.error, said.error
    return json.loads(said.output.splitlines()[-1])


def full_store() -> bytes:
    """Return a ring that went round once: every sector but the spare ones is full."""
    area = MemoryArea(STORE_BYTES, sector_bytes=SECTOR_BYTES)
    store = RingStore(area, PASSING, most_keys=LIVE + 10)
    for slot in range(3):
        store.put(b"F" + bytes((slot,)), bytes(STATE_BYTES))
    for number in range(STORE_BYTES // RECORD_BYTES):
        store.put(_key(number), bytes(RECORD_BYTES))
        if number >= LIVE:
            store.remove(_key(number - LIVE))
    return bytes(area.image)


def _key(number: int) -> bytes:
    return b"S" + number.to_bytes(4, "big")
