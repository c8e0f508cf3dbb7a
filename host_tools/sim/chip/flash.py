"""Serial NOR flash that takes its datasheet's time, and that a power cut may meet at work.

Typical times of a W25Q16JV (datasheet, 9.6): 0.4 ms a page, 45 ms a sector, 150 ms a block;
at worst a sector takes 400 ms.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rp2040py.peripherals.ssi import (
    CMD_BLOCK_ERASE,
    CMD_PAGE_PROGRAM,
    CMD_READ_STATUS_1,
    CMD_SECTOR_ERASE,
    FLASH_BLOCK_SIZE,
    FLASH_PAGE_SIZE,
    FLASH_SECTOR_SIZE,
    RPSSI,
)

CMD_READ_UNIQUE_ID = 0x4B
UNIQUE_ID_AFTER = 5  # the opcode and four bytes without meaning
BUSY = 0x01
MS = 1_000_000
TYPICAL_MS = {CMD_PAGE_PROGRAM: 0.4, CMD_SECTOR_ERASE: 45, CMD_BLOCK_ERASE: 150}
SLOW_ERASE_MS = {**TYPICAL_MS, CMD_SECTOR_ERASE: 400, CMD_BLOCK_ERASE: 1000}
_BYTES = {
    CMD_PAGE_PROGRAM: FLASH_PAGE_SIZE,
    CMD_SECTOR_ERASE: FLASH_SECTOR_SIZE,
    CMD_BLOCK_ERASE: FLASH_BLOCK_SIZE,
}


class Operation(NamedTuple):
    """One program or erase, about to change bytes `at` to `at + size` of the flash."""

    at_ns: float
    is_erase: bool
    at: int
    size: int


class PowerCut(Exception):
    """The power went; what the flash holds now is all that is left."""


class TimedFlash(RPSSI):
    """after(operation, content) is called for each operation, with what it left there.

    stall(ns) holds the processor while the flash works; times_ms may be changed at any time.
    """

    def __init__(self, mcu: Any, stall: Callable[[float], None], unique_id: bytes):
        super().__init__(mcu, "SSI")
        self._stall = stall
        self._unique_id = unique_id
        self._busy_until_ns = 0.0
        self.times_ms = TYPICAL_MS
        self.after: Callable[[Operation, bytes], None] = lambda _operation, _content: None
        self.operations: list[Operation] = []
        self.longest_ms = 0.0
        self._left_until_cut: int | None = None
        self._torn = False

    def cut_power(self, after: int, *, torn: bool) -> None:
        """Lose the power at the operation after so many more, before it or half-way through."""
        self._left_until_cut, self._torn = after, torn

    def _apply_command(self) -> None:
        opcode = self._tx_buffer[0] if self._tx_buffer else None
        if opcode not in self.times_ms or not self._write_enabled or len(self._tx_buffer) < 4:
            super()._apply_command()
            return
        operation = self._operation(opcode)
        self._lose_power(operation)
        super()._apply_command()
        self._busy_until_ns = self.rp2040.clock.nanos + self.times_ms[opcode] * MS
        self.longest_ms = max(self.longest_ms, self.times_ms[opcode])
        self._tell(operation)

    def _lose_power(self, operation: Operation) -> None:
        if self._left_until_cut is None:
            return
        self._left_until_cut -= 1
        if self._left_until_cut >= 0:
            return
        if self._torn:
            self._do_half(operation)
            self._tell(operation)
        raise PowerCut(f"at {operation}")

    def _do_half(self, operation: Operation) -> None:
        """The first half is as it should be, the rest as it was."""
        flash, half = self.rp2040.flash, operation.size // 2
        begin, end = operation.at, operation.at + half
        if operation.is_erase:
            flash[begin:end] = b"\xff" * half
            return
        for at, byte in zip(range(begin, end), self._tx_buffer[4:], strict=False):
            flash[at] &= byte

    def _tell(self, operation: Operation) -> None:
        self.operations.append(operation)
        end = operation.at + operation.size
        self.after(operation, bytes(self.rp2040.flash[operation.at : end]))

    def _operation(self, opcode: int) -> Operation:
        size = _BYTES[opcode]
        at = self._address_from_buffer() // size * size
        return Operation(self.rp2040.clock.nanos, opcode != CMD_PAGE_PROGRAM, at, size)

    def _shift_byte(self, byte_out: int) -> int:
        """While it works the processor asks for its status and nothing else; so it may sleep."""
        answer = super()._shift_byte(byte_out)
        if self._tx_buffer[0] == CMD_READ_UNIQUE_ID:
            at = len(self._tx_buffer) - 1 - UNIQUE_ID_AFTER
            return self._unique_id[at] if 0 <= at < len(self._unique_id) else answer
        if self._tx_buffer[0] != CMD_READ_STATUS_1 or len(self._tx_buffer) == 1:
            return answer
        left_ns = self._busy_until_ns - self.rp2040.clock.nanos
        if left_ns <= 0:
            return answer
        self._stall(left_ns)
        return answer | BUSY
