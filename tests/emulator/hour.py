"""`make emu-hour`: an hour of a Pico Box, and whether its memory is as full after it as before.

Every ten minutes an order by satellite sounds and a call is pressed, taken and closed; a
heartbeat each minute.  What lives on the heap is read off the chip after each collection.
"""

import sys
from collections.abc import Iterator
from statistics import median_low

from host_tools.sim.chip.chip import UNIQUE_ID, Chip
from protocol import messages
from tests.emulator.bench import Bench
from tests.emulator.neighbours import SignedCounty
from tests.emulator.village_on_chip import SETTINGS, VillageOnChip, provisioned
from tests.village import LIVE

ROUNDS = 7  # the first makes what is only made when it is first needed
ROUND_S = 600
ANSWER_S = 3
MOST_GROWN_BYTES = 48
ORDERS = ((18, "notice"), (17, "danger"))
CLOSED = 65  # orders that a Box remembers: it has had them all
REMEMBER = """
import rp2
from boards.keeping import PASSING
from boards.rp2 import flash
from boards.pico_box.flash_map import FLASH_MAP
from drivers.flash_area import FlashArea
from drivers.ring_store import RingStore
def area(name):
    start, size = flash.extent(FLASH_MAP, name)
    return FlashArea(rp2.Flash(), start // 4096, size // 4096)
store = RingStore(area("store"), PASSING)
store.put(b"F{slot}", b"".join([seq.to_bytes(3, "big") for seq in range(1, {closed} + 1)]))
"""


def old_village(**change: object) -> VillageOnChip:
    """Return a village, with this change of settings, whose Box has served for long."""
    county = SignedCounty(None, UNIQUE_ID)
    board = Bench(Chip(provisioned(county.ring, {**SETTINGS, **change})))
    board.stop_the_box()
    said = board.exec(REMEMBER.format(slot=f"\\x{LIVE:02x}", closed=CLOSED))
    assert not said.error, said.error
    county.has_signed(LIVE, CLOSED)
    return VillageOnChip(board.chip.flash_image(), county)


def rounds(village: VillageOnChip, count: int, round_s: float) -> Iterator[tuple[int, int]]:
    """Live this many rounds; yield (live, peak) of the heap in bytes after each."""
    for index in range(count):
        ends_ms = village.chip.now_ms + 1000 * round_s
        village.probe.forget()
        _order(village, index)
        _call(village)
        peak = village.probe.heap_peak
        village.probe.forget()
        village.chip.run_ms(ends_ms - village.chip.now_ms)
        yield median_low(village.probe.heap_live), max(peak, village.probe.heap_peak)


def grown(lives: list[int]) -> int:
    """Return by how much the live heap grew from the second and third round to the last two.

    In bytes; of two, for what a stale word on the stack points to lives on for a round.
    """
    return min(lives[-2:]) - min(lives[1:3])


def _order(village: VillageOnChip, index: int) -> None:
    template, rank = ORDERS[index % len(ORDERS)]
    outcome = village.end_of(village.order(template, rank))
    if outcome != "played":
        raise AssertionError(f"order {index} was {outcome}")


def _call(village: VillageOnChip) -> None:
    county = village.county
    before = len(county.names("Call"))
    village.press("1")
    village.until("the call", lambda: len(county.names("Call")) > before)
    epoch, seq = county.names("Call")[-1]
    county.send(county.sealed(messages.CallTaken(epoch, seq), ack_wanted=True))
    village.pass_s(ANSWER_S)
    county.send(county.sealed(messages.CallClosed(epoch, seq, "helped")))
    village.pass_s(ANSWER_S)


def main() -> int:
    """Print what lives after each round; return 1 if it grew."""
    lives = []
    with old_village() as village:
        village.up()
        for live, peak in rounds(village, ROUNDS, ROUND_S):
            minute = village.chip.now_ms / 60_000
            print(f"{minute:5.1f} min  {live:,} bytes live, {peak:,} at the peak", flush=True)
            lives.append(live)
    print(f"the live heap grew by {grown(lives)} bytes")
    return 1 if grown(lives) > MOST_GROWN_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
