"""`make bench-chip`: how fast the emulated chip is on this machine, beside the chip itself."""

import time

from host_tools.sim.chip import flash_file
from host_tools.sim.chip.chip import Chip
from tests.emulator import bench
from tests.emulator.bench import Bench

CHIP_MHZ = 125
BUSY = "for i in range(400000): pass"


def main() -> None:
    """Keep the chip busy for about two of its seconds, and print millions of cycles a second."""
    board = Bench(Chip(flash_file.fresh(bench.image())))
    board.stop_the_box()
    begun_s = time.perf_counter()
    took_ms = board.exec(BUSY).took_ms
    mhz = took_ms / 1000 * CHIP_MHZ / (time.perf_counter() - begun_s)
    print(f"{mhz:.0f} million cycles a second here, {CHIP_MHZ} on the chip")


if __name__ == "__main__":
    main()
