"""Which release runs on the chip: the image's own, or one in a slot that may be trusted."""

import re
from dataclasses import replace

import pytest

from host_tools.build import boards, modules, release, slot
from host_tools.build.flash_map import SECTOR_BYTES
from host_tools.setup.steps import ROOT
from host_tools.sim.chip.chip import UNIQUE_ID, Chip
from host_tools.sim.chip.flash import PowerCut
from tests.emulator import bench
from tests.emulator.bench import Bench
from tests.emulator.neighbours import SignedCounty
from tests.emulator.village_on_chip import SETTINGS, VillageOnChip, provisioned

BOARD = boards.find(bench.BOARD)
OWN = release.of(BOARD)
NEWER = replace(OWN, version="newer", software=OWN.software + 1)
NEWEST = replace(OWN, version="newest", software=OWN.software + 2)
ANY = replace(OWN, version=r"(\S+)")
NUMBER_AT = 12  # in the header
CONFIRMED_AT = 512
MOST_STARTS = 3
MOST_HEAP = 160 * 1024  # of 240: from a slot all constants are in memory, the message table too
COUNTED, CONFIRMED = 0, 1  # the marks that a start makes on its slot
READY_MS = 20_000
TRIAL_MS, SHORT_TRIAL_MS = 600_000, 1_000
FRESH_MS = 2_000  # a restart before that looks to the Box like power that came
BITTEN_MS = 5_000

# What may be another in a release: (module, these words, in the place of those).
MAIN, BOX, SUPERVISOR = "boards/rp2/main.py", "firmware/box.py", "firmware/supervisor.py"
CANNOT_BE_IMPORTED = (MAIN, "import nothing_of_this_name\n", "import asyncio\n")
HANGS_AT_AN_IMPORT = (MAIN, "while True: pass\n", "import asyncio\n")
CANNOT_BE_ASSEMBLED = (BOX, "None.settings", "settings.read(hw.settings)")
HANGS = (SUPERVISOR, "pass", "watchdog.feed()")
HASTY = (MAIN, f"_CONFIRMED_MS = {SHORT_TRIAL_MS}", f"_CONFIRMED_MS = {TRIAL_MS:_}")
FAILS = {
    "it cannot be imported": CANNOT_BE_IMPORTED,
    "it hangs at an import": HANGS_AT_AN_IMPORT,
    "it cannot be assembled": CANNOT_BE_ASSEMBLED,
    "it hangs once it runs": HANGS,
}


@pytest.fixture(scope="module")
def whole():
    """Return (a county, the flash of a Box of that county, with nothing in its slots)."""
    county = SignedCounty(None, UNIQUE_ID)
    return county, provisioned(county.ring, SETTINGS)


@pytest.fixture(scope="module")
def box(whole):
    return whole[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return built(told, edits...): the slot image of a release that says this of itself."""
    folder = tmp_path_factory.mktemp("releases")
    holds = modules.of(BOARD, folder / "generated")

    def built(told, *edits):
        number = "SOFTWARE = const(%d)"
        told_in = ("firmware/reports.py", number % told.software, number % OWN.software)
        sources = {name: edited(name, new, old) for name, new, old in (told_in, *edits)}
        sources[release.MODULE] = release.module(told)
        changed = [with_source(module, sources, folder) for module in holds]
        content = slot.image(BOARD, changed, folder / "compiled")[SECTOR_BYTES:]
        return slot.with_header(told, content)

    return built


@pytest.fixture(scope="module")
def newer(built):
    return built(NEWER)


@pytest.fixture(scope="module")
def newest(built):
    return built(NEWEST)


@pytest.fixture(scope="module")
def hasty(built):
    """A release that is on trial for a second instead of ten minutes."""
    return built(NEWER, HASTY)


@pytest.fixture(scope="module")
def on_trial(box, hasty):
    """Return the flash just before a release had run for its time of trial, and just after.

    It is on its last start.
    """
    board = started(spent(holding(box, hasty), MOST_STARTS - 1))
    before = board.chip.flash_image()
    board.chip.run_ms(2 * SHORT_TRIAL_MS)
    return before, board.chip.flash_image()


def edited(name, new, old):
    source = (ROOT / name).read_text()
    assert source.count(old) == 1
    return source.replace(old, new)


def with_source(module, sources, folder):
    if module.name not in sources:
        return module
    source = folder / module.name.replace("/", ".")
    source.write_text(sources[module.name])
    return replace(module, source=source)


def holding(flash, slot_a=b"", slot_b=b""):
    """Return this flash with these images in its slots."""
    for name, image in (("slot_a", slot_a), ("slot_b", slot_b)):
        at = BOARD.flash.row(name).start
        flash = flash[:at] + image + flash[at + len(image) :]
    return flash


def slots(flash):
    return flash[BOARD.flash.row("slot_a").start : BOARD.flash.row("slot_b").end]


def started(flash, words=b"ready"):
    """Return a board with this in its flash, once it has said these words."""
    board = Bench(Chip(flash))
    board.until_said(words, READY_MS)
    return board


def greeting(told):
    return f"Fengsui {told.version} on {BOARD.name},".encode()


def ran(board):
    """Return the version of each release that began to run."""
    return [found.decode() for found in re.findall(greeting(ANY), board.said)]


def runs(flash):
    """Return the version of the release whose Box runs from this flash."""
    return ran(started(flash))[-1]


def spent(flash, starts):
    """Return the flash after so many starts, each of which the power cut short."""
    for _ in range(starts):
        flash = started(flash).chip.flash_image()
    return flash


def test_an_order_by_satellite_sounds_from_a_newer_release_and_is_told(whole, newer):
    county, flash = whole[0].fork(), whole[1]
    with VillageOnChip(holding(flash, newer), county) as village:
        village.up()
        assert greeting(NEWER) in village.said
        assert {boot.software for boot in county.said("Boot")} == {NEWER.software}
        signed = village.order()
        assert village.end_of(signed) == "played"
        assert village.box.state()["resets"] == []
        assert village.probe.heap_peak <= MOST_HEAP


def flipped(image, at):
    return image[:at] + bytes((image[at] ^ 1,)) + image[at + 1 :]


UNFIT = {
    "it is blank": lambda _: b"",
    "it is for another board": lambda image: told_as(image, replace(NEWER, board="pico2_box")),
    "it is as old as the image": lambda image: told_as(image, OWN),
    "it is older than the image": lambda image: told_as(image, replace(OWN, software=0)),
    "its number is damaged": lambda image: flipped(image, NUMBER_AT),
    "its last byte is damaged": lambda image: flipped(image, len(image) - 1),
    "it holds no files": lambda _: slot.with_header(NEWER, bytes(SECTOR_BYTES)),
}


def told_as(image, told):
    return slot.with_header(told, image[SECTOR_BYTES:])


@pytest.mark.parametrize("why", UNFIT)
def test_a_slot_is_passed_over_and_nothing_is_written_to_it_when(box, newer, why):
    flash = holding(box, UNFIT[why](newer))
    board = started(flash)
    assert ran(board) == [OWN.version]
    assert board.chip.resets == []
    assert slots(board.chip.flash_image()) == slots(flash)


@pytest.mark.parametrize("why", FAILS)
def test_a_release_is_given_up_after_three_starts_when(box, built, why):
    board = started(holding(box, built(NEWER, FAILS[why])), greeting(OWN))
    assert len(board.chip.resets) == MOST_STARTS
    assert runs(board.chip.flash_image()) == OWN.version


def test_a_release_that_never_ran_for_its_trial_does_not_start_a_fourth_time(on_trial):
    before, _ = on_trial
    assert runs(before) == OWN.version


def test_a_release_that_ran_for_its_trial_starts_again_and_again(on_trial):
    _, after = on_trial
    assert runs(after) == NEWER.version
    assert runs(spent(after, 1)) == NEWER.version


def test_a_trusted_release_that_cannot_be_assembled_is_a_siren_and_no_endless_restart(box, built):
    image = built(NEWER, CANNOT_BE_ASSEMBLED)
    trusted = image[:CONFIRMED_AT] + b"\0" + image[CONFIRMED_AT + 1 :]
    board = started(holding(box, trusted), b"safe mode: ")
    board.chip.run_ms(BITTEN_MS)
    assert board.chip.resets == []


def test_of_two_good_slots_the_newest_runs(box, newer, newest):
    assert runs(holding(box, newer, newest)) == NEWEST.version
    assert runs(holding(box, newest, newer)) == NEWEST.version


def test_where_the_newest_is_damaged_the_other_slot_runs(box, newer, newest):
    damaged = flipped(newest, len(newest) - 1)
    assert runs(holding(box, newer, damaged)) == NEWER.version
    assert runs(holding(box, damaged, newer)) == NEWER.version


def test_where_the_newest_fails_three_times_the_other_slot_runs(box, built, newer):
    board = started(holding(box, built(NEWEST, CANNOT_BE_ASSEMBLED), newer))
    assert ran(board) == [NEWEST.version] * MOST_STARTS + [NEWER.version]


def cut_short(flash, mark, torn):
    """Return the flash of a Box whose power went as it made this mark on slot a."""
    chip = Chip(flash)
    chip.flash.cut_power(operation_of(flash, mark), torn=torn)
    with pytest.raises(PowerCut):
        chip.run_ms(READY_MS)
    return chip.flash_image()


def operation_of(flash, mark):
    """Return which of all flash operations, counted from 0, makes this mark on slot a."""
    board = started(flash)
    board.chip.run_ms(2 * SHORT_TRIAL_MS)
    row = BOARD.flash.row("slot_a")
    done = enumerate(board.chip.flash.operations)
    return [i for i, operation in done if row.start <= operation.at < row.end][mark]


@pytest.mark.parametrize(("torn", "left"), [(False, 3), (True, 2)])
def test_power_lost_as_a_start_is_counted_costs_at_most_that_start(box, hasty, torn, left):
    last = spent(cut_short(holding(box, hasty), COUNTED, torn), left - 1)
    assert runs(last) == NEWER.version
    assert runs(spent(last, 1)) == OWN.version


@pytest.mark.parametrize("torn", [False, True])
def test_power_lost_as_a_release_is_confirmed_leaves_a_last_start_to_do_it(box, hasty, torn):
    board = started(cut_short(spent(holding(box, hasty), 1), CONFIRMED, torn))
    assert ran(board) == [NEWER.version]
    board.chip.run_ms(2 * SHORT_TRIAL_MS)
    assert runs(board.chip.flash_image()) == NEWER.version


def restarted_from_the_console(board):
    """As a technician does it: Ctrl-C, then Ctrl-D."""
    board.chip.console.write(b"\x03")
    board.until_said(b">>> ", READY_MS)
    board.said.clear()
    board.chip.console.write(b"\x04")
    board.until_said(b"ready", READY_MS)


def test_a_release_that_hangs_after_a_technician_has_gone_is_started_again(box, built):
    board = started(holding(box, built(NEWER, HANGS)))
    board.chip.run_ms(FRESH_MS)
    restarted_from_the_console(board)
    assert board.chip.resets == []
    board.chip.run_ms(BITTEN_MS)
    assert [cause for _, cause in board.chip.resets] == ["watchdog"]
