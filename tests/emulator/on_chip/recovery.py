"""On the chip: how long it takes to open a full store of 256 KiB, which lies where clips would.

Prints one JSON object: milliseconds, what was found, and what the index keeps of the heap.
"""

import gc
import json
import time

import rp2

from boards.keeping import PASSING
from boards.pico_box.flash_map import FLASH_MAP
from boards.rp2 import flash, technician
from drivers.flash_area import FlashArea
from drivers.ring_store import RingStore

SECTORS = 64

technician.arrive()  # else the watchdog of the Box that was stopped bites
start, _ = flash.extent(FLASH_MAP, "clips")
area = FlashArea(rp2.Flash(), start // flash.SECTOR_BYTES, SECTORS)
gc.threshold(16 * 1024)  # as a Box has it
gc.collect()
before = gc.mem_alloc()
begun = time.ticks_us()
store = RingStore(area, PASSING, most_keys=1024)
took_us = time.ticks_diff(time.ticks_us(), begun)
gc.collect()
kept = gc.mem_alloc() - before
count = sum(1 for _ in store.items())
told = {"recovery_ms": took_us // 1000, "state": store.state, "records": count, "heap": kept}
print(json.dumps(told))
