"""What a Box on the chip still does when flash, settings or chance are not what they should be."""

import random

import pytest

from host_tools.build import boards
from host_tools.sim.chip import flash_file
from host_tools.sim.chip.chip import Chip
from host_tools.sim.chip.flash import SLOW_ERASE_MS, PowerCut
from tests.emulator import bench
from tests.emulator.bench import Bench
from tests.emulator.village_on_chip import SETTINGS, VillageOnChip, provisioned

SECTOR = 4096
USED = 4 * SECTOR  # of the store, by a Box that has run a while
STOP = bytes.fromhex("010600000000")
NOISE_S = 5
NOISE = bytes(range(128, 256)) * (19_200 // 10 * NOISE_S // 128)  # five seconds of it
OUTLASTS_AN_ERASE_MS = 500
KEPT = ("store", "keyring_a", "keyring_b")
ASKS = f"""
import io
from boards.rp2.randomness import secret
fair = io.BytesIO({random.Random(7).randbytes(400)})
"""


@pytest.fixture(scope="module")
def whole():
    """Return (a county, a flash chip that holds a Box of that county which has run a while)."""
    with VillageOnChip() as village:
        village.up()
        return village.county, village.chip.flash_image()


def row(name):
    return boards.find(bench.BOARD).flash.row(name)


def content(flash, name):
    return flash[row(name).start : row(name).start + row(name).length]


def damaged(flash, name, begin=0, size=2 * SECTOR):
    """Return this flash with zeros in an area."""
    at = row(name).start + begin
    return flash[:at] + bytes(size) + flash[at + size :]


def press_and_wait(village):
    village.press("1")
    village.pass_s(5)


def test_a_corrupt_superblock_costs_neither_store_nor_counters_nor_keys(whole):
    _, flash = whole
    with VillageOnChip(damaged(flash, "files")) as village:
        village.line("safe mode: ")
        village.pass_s(3)
        after = village.chip.flash_image()
        assert [content(after, name) for name in KEPT] == [content(flash, name) for name in KEPT]
        assert content(after, "files") == content(damaged(flash, "files"), "files")


def test_without_settings_it_blinks_and_a_press_sounds_the_siren(whole):
    _, flash = whole
    with VillageOnChip(damaged(flash, "files")) as village:
        village.line("safe mode: ")
        village.pass_s(3)
        blinks = village.box.pins[25].edges()
        assert len(blinks) >= 5
        assert village.first("lamp") is not None
        village.press("1")
        village.until("the siren", lambda: village.first("sound"), 5)
        village.until("its end", lambda: not village.box.relay.closed, 15)
        assert village.amplifier.device.holding[0] == 0
        assert village.county.carried == []


def test_settings_for_another_board_are_one_sentence_and_safe_mode():
    settings = {**SETTINGS, "board": {**SETTINGS["board"], "name": "pico2_box"}}
    with VillageOnChip(change=settings) as village:
        assert "pico2_box" in village.line("safe mode: ")
        village.pass_s(1)
        assert b"Traceback" not in village.said


def test_old_sectors_are_erased_ahead_but_not_while_bytes_come_in(whole):
    """The rest of the store is full of old records: there is much to erase in quiet windows."""
    county, flash = whole[0].fork(), whole[1]
    old = damaged(flash, "store", USED, row("store").length - USED)
    with VillageOnChip(old, county) as village:
        village.until("words to the modem", lambda: village.first("satellite_heard"))
        village.box.satellite.arrive(NOISE)
        village.pass_s(0.1)
        before = erased(village)
        village.pass_s(NOISE_S - 0.5)
        assert erased(village) == before
        assert village.box.state()["uart_bytes_lost"] == 0
        village.until("all erased", lambda: erased(village) >= 15, 120)
        assert village.box.state()["uart_bytes_lost"] == 0


def test_an_order_and_a_press_in_the_midst_of_the_slowest_erase_come_through(whole):
    county, flash = whole[0].fork(), whole[1]
    old = damaged(flash, "store", USED, row("store").length - USED)
    with VillageOnChip(old, county) as village:
        village.chip.flash.times_ms = SLOW_ERASE_MS
        village.until("words to the modem", lambda: village.first("satellite_heard"))
        before = erased(village)
        village.until("an erase", lambda: erased(village) > before)
        since = village.chip.now_ms
        signed = village.order()
        village.press("1", OUTLASTS_AN_ERASE_MS)
        village.until("the lamp", lambda: village.first("lamp", since, on=1), 1)
        assert village.end_of(signed) == "played"
        assert village.box.state()["flash_stall_ms"] == 400
        assert village.box.state()["uart_bytes_lost"] == 0
        assert village.box.state()["resets"] == []


def erased(village):
    return sum(operation.is_erase for operation in village.chip.flash.operations)


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("operation", [0, 1, 2, 3])
def test_power_lost_at_a_flash_operation_of_a_press_loses_no_call_that_was_shown(
    whole, operation, torn
):
    county, flash = whole[0].fork(), whole[1]
    with VillageOnChip(flash, county) as village:
        village.up()
        village.chip.flash.cut_power(operation, torn=torn)
        with pytest.raises(PowerCut):
            press_and_wait(village)
        shown = village.first("lamp", on=1) is not None
        before = len(county.said("Call"))
        village.start(village.chip.flash_image())
        village.up()
        if shown:
            village.until("the call", lambda: len(county.said("Call")) > before)
        village.pass_s(1)  # between "ready" and its first look at a button: its random source
        village.press("2")
        village.until("the next call", lambda: any(c.button == 2 for c in county.said("Call")))
        assert county.conflicts == []
        assert village.box.state()["resets"] == []


def test_the_first_words_after_each_reset_are_stop(whole):
    _, flash = whole
    with VillageOnChip(flash) as village:
        for _ in range(2):
            begun = village.chip.now_ms
            village.until(
                "words on the bus",
                lambda begun=begun: any(ms > begun for ms, _ in village.amplifier.requests),
            )
            first = next(frame for ms, frame in village.amplifier.requests if ms > begun)
            assert first[:6] == STOP
            village.chip.push_reset()


def test_the_same_keyring_in_another_board_is_not_used():
    with VillageOnChip() as village:
        foreign = village.county.ring._replace(unique_id=bytes(8))
        village.start(provisioned(foreign, SETTINGS))
        assert village.line("safe mode: not provisioned")


def test_no_key_is_made_of_a_source_that_repeats_itself():
    """The emulated chip's own source says the same for ever."""
    board = Bench(Chip(flash_file.fresh(bench.image())))
    board.stop_the_box()
    fair = board.exec(ASKS + "print(len(secret(16, fair.read)))")
    assert (fair.output, fair.error) == ("16\r\n", "")
    said = board.exec("print(secret(16))")
    assert said.error.endswith(
        "NoRandomness: it repeats itself: no key may be made on this Box\r\n"
    )
    assert not said.output
