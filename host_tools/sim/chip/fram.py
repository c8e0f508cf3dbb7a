"""An FM25V20A on the chip's SPI (data sheet: "Command Structure", "Memory Operation").

It hears only what a real one would: in mode 0, eight bits a word, through pins that are the
SPI's, while its /CS is low; each byte takes its eight clocks.
"""

from typing import Any

from host_tools.sim.chip.pins import Change, Pin

FRAM_BYTES = 256 * 1024
WREN, WRDI, RDSR, READ, WRITE, RDID = 0x06, 0x04, 0x05, 0x03, 0x02, 0x9F
WRITE_ENABLED, ALWAYS_SET = 0x02, 0x40
DEVICE_ID = bytes.fromhex("7f7f7f7f7f7fc22508")
DATA_AT = 4  # behind opcode and address
FUNCTION_SPI = 1  # RP2040 datasheet, 2.19.2
FLOATS = 0xFF
NS = 1_000_000_000


class Fram:
    """content is what it holds, and holds on to whatever becomes of the chip it is wired to."""

    def __init__(self, content: bytearray):
        assert len(content) == FRAM_BYTES
        self.content = content

    def solder(self, mcu: Any, unit: int, select: Pin, signals: tuple[int, ...]) -> None:
        """Connect it, and give it power."""
        self._spi = mcu.spi[unit]
        self._select = select
        self._signals = [mcu.gpio[number] for number in signals]
        self._status, self._answer = ALWAYS_SET, FLOATS
        self._shifted = mcu.clock.create_alarm(lambda: self._spi.complete_transmit(self._answer))
        self._said = bytearray()
        self._spi.on_transmit = self._clocked
        select.on_change = self._selected

    def _selected(self, change: Change) -> None:
        if change.level and self._said:
            self._end(self._said[0])
        self._said = bytearray()

    def _end(self, opcode: int) -> None:
        if opcode == WREN:
            self._status |= WRITE_ENABLED
        elif opcode in (WRDI, WRITE):
            self._status &= ~WRITE_ENABLED

    def _clocked(self, byte: int) -> None:
        """The master sends a byte, and hears one at the same time."""
        self._answer = FLOATS
        if self._select.level == 0 and self._is_understood():
            self._said.append(byte)
            self._answer = self._said_back(len(self._said) - 1)
        self._shifted.schedule(8 * NS / self._spi.clock_frequency)

    def _is_understood(self) -> bool:
        wired = all(pin.function_select == FUNCTION_SPI for pin in self._signals)
        return wired and self._spi.spi_mode == 0 and self._spi.data_bits == 8

    def _said_back(self, place: int) -> int:
        """Return what it says while it hears byte `place` of a command, and do what that does."""
        opcode = self._said[0]
        if opcode == RDSR and place >= 1:
            return self._status
        if opcode == RDID and 1 <= place <= len(DEVICE_ID):
            return DEVICE_ID[place - 1]
        if opcode in (READ, WRITE) and place >= DATA_AT:
            at = (int.from_bytes(self._said[1:DATA_AT], "big") + place - DATA_AT) % FRAM_BYTES
            if opcode == READ:
                return self.content[at]
            self._keep(at, self._said[place])
        return FLOATS

    def _keep(self, at: int, byte: int) -> None:
        if self._status & WRITE_ENABLED:
            self.content[at] = byte
