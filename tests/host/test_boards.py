"""What a technician holds in his hands is what the firmware believes: pins, flash, drawings."""

import ast
import xml.etree.ElementTree as Xml
from itertools import pairwise

import pytest

from boards.keeping import PASSING
from firmware import ledger, outbox
from host_tools.build import boards
from host_tools.draw_boards.readme import with_pin_table
from host_tools.draw_boards.tables import BOARDS, LEFT, RIGHT, pins
from host_tools.draw_boards.wiring import PICOS, wiring

PICO_BOARDS = sorted(PICOS)
# RP2040 datasheet, table "GPIO functions": which pins can carry the chip's own UARTs and SPI.
UART_PINS = {"rs485": (0, 1), "satellite": (4, 5)}
SPI0_PINS = {"spi_miso": (0, 4, 16, 20), "spi_clock": (2, 6, 18, 22), "spi_mosi": (3, 7, 19, 23)}


def test_no_pin_is_used_twice():
    gpios = [pin.gpio for pin in pins()]
    names = [pin.name for pin in pins()]
    assert len(set(gpios)) == len(gpios) == len(set(names))


def test_every_pin_but_the_led_can_be_reached_on_the_header():
    assert [pin.name for pin in pins() if pin.gpio not in LEFT + RIGHT] == ["heartbeat"]


def test_whatever_switches_something_is_held_off_by_a_resistor_to_ground():
    floating = [
        pin.name
        for pin in pins()
        if pin.kind == "switch" and "down" not in pin.resistor and pin.name != "heartbeat"
    ]
    assert not floating


def test_whatever_turns_something_on_is_a_switch():
    on = {"rs485_direction", "satellite_power", "ptt", "lamp_1", "lamp_2", "heartbeat"}
    assert {pin.name for pin in pins() if pin.kind == "switch"} == on


def test_nothing_listens_to_a_pin_that_floats():
    listening = [pin for pin in pins() if pin.kind == "in"]
    assert [pin.name for pin in listening if "up" not in pin.resistor] == []


@pytest.mark.parametrize("line", UART_PINS)
def test_the_lines_on_the_chips_own_uarts_are_where_these_can_be(line):
    numbers = {pin.name: pin.gpio for pin in pins()}
    assert (numbers[line + "_tx"], numbers[line + "_rx"]) == UART_PINS[line]


@pytest.mark.parametrize("signal", SPI0_PINS)
def test_the_fram_is_where_the_chips_own_spi_can_be(signal):
    numbers = {pin.name: pin.gpio for pin in pins()}
    assert numbers[signal] in SPI0_PINS[signal]


def test_word_select_is_the_pin_after_the_bit_clock():
    numbers = {pin.name: pin.gpio for pin in pins()}
    assert numbers["i2s_word"] == numbers["i2s_clock"] + 1


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_the_drawing_shows_the_pin_table_of_today(board):
    kept = (BOARDS / board / "wiring.svg").read_text()
    assert kept == wiring(PICOS[board]), "stale: run python -m host_tools.draw_boards"


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_the_readme_shows_the_pin_table_of_today(board):
    kept = (BOARDS / board / "README.md").read_text()
    assert kept == with_pin_table(kept), "stale: run python -m host_tools.draw_boards"


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_the_drawing_names_every_pin(board):
    words = {node.text for node in Xml.fromstring(wiring(PICOS[board])).iter()}
    assert {pin.name for pin in pins() if pin.name != "heartbeat"} <= words


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_the_areas_of_the_flash_neither_overlap_nor_leave_gaps(board):
    flash = boards.find(board).flash
    assert flash.rows[0].start == 0
    assert all(row.end == after.start for row, after in pairwise(flash.rows))
    assert flash.rows[-1].end == flash.flash_bytes


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_two_areas_that_take_turns_are_of_one_size(board):
    flash = boards.find(board).flash
    for pair in ("slot_a slot_b", "keyring_a keyring_b"):
        first, second = map(flash.row, pair.split())
        assert first.length == second.length


@pytest.mark.parametrize("board", PICO_BOARDS)
def test_what_must_outlive_a_broken_file_system_is_outside_of_it(board):
    flash = boards.find(board).flash
    files = flash.row("files")
    for name in ("store", "journal", "keyring_a", "keyring_b"):
        row = flash.row(name)
        assert row.end <= files.start or row.start >= files.end


def test_the_store_carries_along_all_but_slips_and_open_orders():
    assert PASSING == outbox._PREFIX + ledger._OPEN


def test_only_the_table_knows_a_pin_number():
    """Pin(13) in any file of the Pico boards would be a second place."""
    offenders = [
        f"{path.name}:{node.lineno}"
        for path in sorted((BOARDS / "rp2").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Pin", "machine.Pin")
        if isinstance(node.args[0], ast.Constant)
    ]
    assert not offenders
