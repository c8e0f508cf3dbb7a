"""What the firmware uses of the chip, seen from outside: heap, stack, and its event loop's gaps.

Nothing on the chip takes part.  Names and places come from the ELF file beside the image; how
MicroPython's heap is laid out, from py/gc.c: an allocation table of two bits a block at its
start, whose zero means a free block.
"""

from pathlib import Path
from typing import Any

import numpy as np
from elftools.elf.elffile import ELFFile

from host_tools.problems import MISMATCH, Problem
from host_tools.sim.chip.chip import MS, Chip

RAM_AT = 0x20000000
BLOCK_BYTES = 16
BLOCKS_A_BYTE = 4
_LOOP = "poll_ipoll"  # what asyncio's loop calls once before each step of a task
_STATE, _STATE_END, _HEAP_AT = "mp_state_ctx", 1024, "__GcHeapStart"
_COLLECTED = "gc_collect_end"
_STACK, _STACK_END = "__StackBottom", "__StackTop"
_HEAP_INIT = "gc_init"  # (first byte, byte after the last)
_USED = np.array([sum(byte >> 2 * i & 3 != 0 for i in range(4)) for byte in range(256)], np.uint16)


class Symbols:
    """Addresses of the firmware's functions and variables, from its ELF file."""

    def __init__(self, elf: Path):
        with elf.open("rb") as file:
            table: Any = ELFFile(file).get_section_by_name(".symtab")
            self._found = {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}

    def __getitem__(self, name: str) -> int:
        if name not in self._found:
            why = f"this firmware has no {name}"
            raise Problem(why, "build it from MicroPython 1.25", MISMATCH)
        return self._found[name]


class Heap:
    """used() reads MicroPython's allocation table out of the chip's RAM."""

    def __init__(self, chip: Chip, symbols: Symbols):
        self._ram = chip.mcu.sram
        self._state = symbols[_STATE] - RAM_AT
        self._begin = symbols[_HEAP_AT]

    def used(self) -> int:
        """Return the bytes in use, garbage not yet collected included; 0 without a heap."""
        state = np.frombuffer(self._ram[self._state : self._state + _STATE_END], "<u4")
        at = np.flatnonzero(state == self._begin)
        if not at.size:
            return 0
        table, size = self._begin - RAM_AT, int(state[at[0] + 1])
        return int(_USED[np.frombuffer(self._ram[table : table + size], np.uint8)].sum()) * 16

    def total(self) -> int:
        state = np.frombuffer(self._ram[self._state : self._state + _STATE_END], "<u4")
        at = np.flatnonzero(state == self._begin)
        return int(state[at[0] + 1]) * BLOCKS_A_BYTE * BLOCK_BYTES if at.size else 0


class Stack:
    """peak() reads from the chip's RAM how deep the stack of its first core ever was."""

    def __init__(self, chip: Chip, symbols: Symbols):
        self._ram = chip.mcu.sram
        self._bottom, self._top = (symbols[name] - RAM_AT for name in (_STACK, _STACK_END))

    def peak(self) -> int:
        """Return the bytes in use at most since the power came: RAM that nobody wrote is zero."""
        words = np.frombuffer(self._ram[self._bottom : self._top], "<u4")
        written = np.flatnonzero(words)
        return 4 * (words.size - int(written[0])) if written.size else 0


def shrink_heap(chip: Chip, symbols: Symbols, heap_bytes: int) -> None:
    """Give MicroPython no more than so many bytes of heap at each start."""
    registers = chip.mcu.core.registers

    def end_sooner() -> None:
        registers[1] = min(registers[1], registers[0] + heap_bytes)

    chip.engine.watch(symbols[_HEAP_INIT], end_sooner)


class Probe:
    """Watches a running chip: since forget(), longest_gap_ms of the event loop, heap_peak, and
    heap_live, the bytes in use at the first turn of the loop after each collection.
    """

    def __init__(self, chip: Chip, symbols: Symbols):
        self.heap = Heap(chip, symbols)
        self.stack = Stack(chip, symbols)
        self._engine = chip.engine
        self._clock = chip.mcu.clock
        chip.engine.watch(symbols[_LOOP], self._passed)
        chip.engine.watch(symbols[_COLLECTED], self._collected)
        self.forget()

    def state(self) -> dict[str, object]:
        return {
            "heap_used": self.heap.used(),
            "heap_total": self.heap.total(),
            "heap_peak": self.heap_peak,
            "stack_peak": self.stack.peak(),
            "longest_gap_ms": round(self.longest_gap_ms, 1),
            "longest_gap_at_ms": round(self.longest_gap_at_ms, 1),
        }

    def forget(self) -> None:
        """Begin anew."""
        self.passes = 0
        self.longest_gap_ms = 0.0
        self.longest_gap_at_ms = 0.0
        self.heap_peak = 0
        self.heap_live: list[int] = []
        self._is_fresh = False
        self._last_busy_ns: float | None = None

    def _passed(self) -> None:
        """The loop has finished one step of one task; waiting for the next was no work."""
        busy_ns = self._clock.nanos - self._engine.idle_ns
        if self._last_busy_ns is not None:
            gap_ms = (busy_ns - self._last_busy_ns) / MS
            if gap_ms > self.longest_gap_ms:
                self.longest_gap_ms, self.longest_gap_at_ms = gap_ms, self._clock.nanos / MS
        self._last_busy_ns = busy_ns
        self.passes += 1
        used = self.heap.used()
        self.heap_peak = max(self.heap_peak, used)
        if self._is_fresh:
            self.heap_live.append(used)
            self._is_fresh = False

    def _collected(self) -> None:
        self._is_fresh = True
