"""The quick core does to registers, flags, memory and cycles what rp2040py's own core does."""

import random
import struct

import pytest
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from host_tools.sim.chip.cortex import Cortex

CODE, DATA, END = 0x20001000, 0x20008000, 0x20042000
SP, LR, PC = 13, 14, 15
SEED = 20261126
CASES = 20_000
DIVIDER = 0xD0000060

# Where rp2040py and the manual differ we follow the manual: shifts by a register keep the
# carry at 0 and clear it above 32 (A6.7.35), and a list with its own base (A6.7.25).
SHIFTS_BY_REGISTER = {0b0100000010, 0b0100000011, 0b0100000100, 0b0100000111}


@pytest.fixture(scope="module")
def chips():
    return _chip(), _chip()


def test_thousands_of_random_instructions_end_alike(chips):
    ours, theirs = chips
    cortex = Cortex(ours)
    chance = random.Random(SEED)
    plain = 0
    for _ in range(CASES):
        opcode = chance.randrange(0x10000)
        if _disputed(opcode):
            continue
        state = _any_state(chance)
        for mcu in chips:
            _prepare(mcu, opcode, state)
        cycles = cortex.run(1)
        if cortex.needs_help:
            assert ours.core.pc == CODE, f"{opcode:04x} is not plain, but something was done"
            continue
        plain += 1
        wanted = theirs.core.execute_instruction()
        assert (cycles, _seen(ours)) == (wanted, _seen(theirs)), f"{opcode:04x}, seed {SEED}"
    assert plain > CASES // 2


@pytest.mark.parametrize(
    ("opcode", "value", "by", "result", "carry"),
    [
        (0x4088, 0x80000001, 0, 0x80000001, True),  # LSLS r0, r1
        (0x4088, 0x00000003, 32, 0, True),
        (0x4088, 0xFFFFFFFF, 33, 0, False),
        (0x40C8, 0x80000001, 0, 0x80000001, True),  # LSRS
        (0x40C8, 0x80000000, 32, 0, True),
        (0x40C8, 0xFFFFFFFF, 33, 0, False),
        (0x4108, 0x80000000, 40, 0xFFFFFFFF, True),  # ASRS
        (0x41C8, 0x00000001, 32, 0x00000001, False),  # RORS
        (0x41C8, 0x00000001, 1, 0x80000000, True),
    ],
)
def test_a_shift_by_a_register_is_as_in_the_manual(chips, opcode, value, by, result, carry):
    mcu = chips[0]
    _prepare(mcu, opcode, ([value, by, *[0] * 6], (False, False, True, False), b"\0" * 64))
    assert Cortex(mcu).run(1) == 1
    assert (mcu.core.registers[0], bool(mcu.core.c)) == (result, carry)


@pytest.mark.parametrize(
    ("is_signed", "dividend", "divisor", "quotient", "remainder"),
    [
        (False, 100, 7, 14, 2),
        (False, 5, 0, 0xFFFFFFFF, 5),
        (True, -100, 7, -14, -2),
        (True, 100, -7, -14, 2),
        (True, -5, 0, 1, -5),
        (True, 5, 0, -1, 5),
        (True, -(2**31), -1, -(2**31), 0),
    ],
)
def test_the_divider_divides_as_in_the_datasheet(
    chips, is_signed, dividend, divisor, quotient, remainder
):
    mcu = chips[0]
    at = 8 if is_signed else 0
    # str r0,[r2,at]; str r1,[r2,at+4]; ldr r4,[r2,#0x14]; ldr r3,[r2,#0x10]
    code = (0x6010 | at << 4, 0x6051 | at << 4, 0x6954, 0x6913)
    _prepare(mcu, code[0], ([0] * 8, (False,) * 4, b"\0" * 64))
    mcu.sram[0x1000:0x1008] = struct.pack("<4H", *code)
    registers = mcu.core.registers
    registers[0], registers[1], registers[2] = dividend % 2**32, divisor % 2**32, DIVIDER
    Cortex(mcu).run(4)
    assert (registers[3], registers[4]) == (quotient % 2**32, remainder % 2**32)


def test_it_stops_in_front_of_a_watched_address_once_each_time(chips):
    mcu = chips[0]
    _prepare(mcu, 0xE7FE, ([0] * 8, (False,) * 4, b"\0" * 64))  # b .
    cortex = Cortex(mcu)
    cortex.watch((CODE,))
    assert cortex.run(100) == 0
    assert cortex.at_watched
    assert cortex.run(100) == 2
    assert cortex.at_watched


def _chip():
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    return mcu


def _any_state(chance):
    """Return registers of which some point into RAM, flags, and 64 bytes of data."""
    low = [chance.choice((chance.randrange(2**32), _somewhere(chance))) for _ in range(8)]
    flags = tuple(chance.random() < 0.5 for _ in range(4))
    return low, flags, chance.randbytes(64)


def _somewhere(chance):
    return chance.choice((DATA + chance.randrange(0, 64), chance.randrange(40), END - 4))


def _prepare(mcu, opcode, state):
    low, flags, data = state
    core = mcu.core
    mcu.sram[CODE - 0x20000000 : CODE - 0x20000000 + 4] = struct.pack("<HH", opcode, 0xF801)
    mcu.sram[DATA - 0x20000000 - 128 : DATA - 0x20000000 + 256] = data * 6
    mcu.sram[-64:] = data
    for i, value in enumerate([*low, *[DATA] * 5, DATA, CODE + 9, CODE]):
        core.registers[i] = value
    core.n, core.z, core.c, core.v = flags
    core.pm, core.interrupts_updated = False, False


def _seen(mcu):
    core = mcu.core
    flags = (bool(core.n), bool(core.z), bool(core.c), bool(core.v))
    return list(core.registers), flags, bytes(mcu.sram[0x7F00:0x8200]), bytes(mcu.sram[-64:])


def _disputed(opcode):
    many = opcode >> 12 == 0b1100 and opcode >> (opcode >> 8 & 7) & 1
    odd_branch = opcode >> 8 == 0b01000111 and opcode & 7
    empty_list = opcode >> 9 in (0b1011010, 0b1011110) and not opcode & 0x1FF
    return opcode >> 6 in SHIFTS_BY_REGISTER or many or odd_branch or empty_list
