"""A Box whose store is in an FRAM: what it keeps there, and that it takes no other for it."""

import pytest

from host_tools.build import boards
from host_tools.sim.chip.chip import UNIQUE_ID
from host_tools.sim.chip.fram import FRAM_BYTES, Fram
from tests.emulator import bench
from tests.emulator.village_on_chip import SETTINGS, VillageOnChip

WITH_FRAM = {"board": {**SETTINGS["board"], "fram": {}}}
STORE = slice(4096, 4096 + 128 * 1024)
FROM_THE_FACTORY = bytes(range(256)) * (FRAM_BYTES // 256)  # nobody promises that it is blank


@pytest.fixture(scope="module")
def lived():
    """Return (county, flash, FRAM, did a lamp light) of a Box whose power failed after a press
    that no road had carried yet.
    """
    content = bytearray(FROM_THE_FACTORY)
    with VillageOnChip(change=WITH_FRAM, fram=Fram(content)) as village:
        village.up()
        village.modem.sky.signal = 0
        village.press("1")
        village.until("the lamp", lambda: village.first("lamp", on=1))
        assert not village.county.said("Call")
        return village.county, village.chip.flash_image(), content


def in_flash(flash):
    row = boards.find(bench.BOARD).flash.row("store")
    return flash[row.start : row.end]


def test_a_call_that_was_shown_is_kept_in_the_fram_and_reaches_the_county_after_a_power_cut(lived):
    county, flash, content = lived
    assert not in_flash(flash).strip(b"\xff")
    assert content[:8] == UNIQUE_ID
    assert content[STORE.stop :] == FROM_THE_FACTORY[STORE.stop :]
    epoch = county.names("Boot")[-1][0]
    with VillageOnChip(flash, county.fork(), fram=Fram(bytearray(content))) as village:
        village.until("the call", lambda: village.county.said("Call"))
        assert village.county.names("Boot")[-1][0] == epoch
        assert not village.county.conflicts
        assert not in_flash(village.chip.flash_image()).strip(b"\xff")


@pytest.mark.parametrize("whose", ["nobody's", "another Box's"])
def test_without_its_own_fram_it_takes_no_other_store_and_says_nothing_on_any_road(lived, whose):
    county, flash, content = lived
    other = bytearray(content)
    other[:8] = bytes(8)
    fram = None if whose == "nobody's" else Fram(other)
    with VillageOnChip(flash, county.fork(), fram=fram) as village:
        assert "board.fram: the FRAM: " in village.line("safe mode: ")
        before = len(village.county.carried)
        village.pass_s(3)
        village.press("1")
        village.until("the siren", lambda: village.first("sound"), 5)
        assert len(village.county.carried) == before
        assert not in_flash(village.chip.flash_image()).strip(b"\xff")
        assert other[8:] == content[8:]
