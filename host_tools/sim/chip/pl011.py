"""The RP2040's serial port as firmware meets it: bytes take their time, buffers overrun.

Takes the place of rp2040py's, under which machine.UART() hangs: that one raises its transmit
interrupt anew at every acknowledgement.  Source: RP2040 datasheet, section 4.2 (PL011).
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from rp2040py.peripherals.uart import (
    RPUART,
    UARTCR,
    UARTDR,
    UARTFR,
    UARTICR,
    UARTIMSC,
    UARTLCR_H,
    UARTRXINTR,
    UARTTXINTR,
)

UARTIFLS = 0x34
TXFE, RXFF, TXFF, RXFE, BUSY = 1 << 7, 1 << 6, 1 << 5, 1 << 4, 1 << 3
RECEIVE_TIMEOUT, OVERRUN = 1 << 6, 1 << 10
CLK_PERI_HZ = 48_000_000  # as MicroPython sets it since 1.24
DEPTH = 32
QUIET_CHARACTERS = 3.2  # 32 bits without a new byte: the receive timeout
TRIGGER_LEVELS = (4, 8, 16, 24, 28, 28, 28, 28)
RETRY_NS = 100_000
SECOND_STOP_BIT, PARITY = 1 << 3, 1 << 1


class Pl011(RPUART):
    """arrive(data) puts bytes on its receiving wire; on_byte gets each byte it has sent.

    on_silence(count) is called when the last of count bytes in a row has come; overruns counts
    the bytes that came while its buffer was full.
    """

    def __init__(self, mcu: Any, replaced: Any):
        super().__init__(mcu, replaced.name, replaced.irq, replaced.dreq)
        alarm = mcu.clock.create_alarm
        self._sent, self._next = alarm(self._byte_sent), alarm(self._next_byte)
        self._timeout = alarm(self._timed_out)
        self._wire: deque[int] = deque()
        self._waiting_to_arrive = False
        self.on_byte: Callable[[int], None] | None = None
        self.on_silence: Callable[[int], None] = lambda _: None
        self.overruns = 0
        self._burst = 0
        self._clear()

    def arrive(self, data: bytes) -> None:
        """Put bytes on the wire; they arrive one after the other at the port's own rate."""
        self._wire.extend(data)
        if not self._waiting_to_arrive:
            self._waiting_to_arrive = True
            self._next.schedule(self._byte_ns())

    def reset(self) -> None:
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self._transmit: deque[int] = deque()
        self._receive: deque[int] = deque()
        self._sending: int | None = None
        self._levels = 0x12

    def _byte_ns(self) -> float:
        if not self.baud_divider:
            return RETRY_NS
        line = self._line_ctrl_register
        bits = 2 + self.word_length + bool(line & PARITY) + bool(line & SECOND_STOP_BIT)
        return bits * self.baud_divider * 16 * 1e9 / CLK_PERI_HZ

    def _depth(self) -> int:
        return DEPTH if self.fifos_enabled else 1

    def _transmit_level(self) -> int:
        return TRIGGER_LEVELS[self._levels & 7] if self.fifos_enabled else 0

    def _receive_level(self) -> int:
        return TRIGGER_LEVELS[self._levels >> 3 & 7] if self.fifos_enabled else 1

    def _send_next(self) -> None:
        if self._sending is None and self._transmit and self.enabled:
            self._sending = self._transmit.popleft()
            self._sent.schedule(self._byte_ns())

    def _byte_sent(self) -> None:
        byte, self._sending = self._sending, None
        if byte is not None and self.on_byte:
            self.on_byte(byte)
        self._send_next()
        if len(self._transmit) <= self._transmit_level():
            self._interrupt_status |= UARTTXINTR
        self.check_interrupts()

    def _next_byte(self) -> None:
        self._waiting_to_arrive = bool(self._wire)
        if not self._wire:
            burst, self._burst = self._burst, 0
            self.on_silence(burst)
            return
        if self.enabled:
            self.feed_byte(self._wire.popleft())
            self._burst += 1
        self._next.schedule(self._byte_ns())

    def _timed_out(self) -> None:
        if self._receive:
            self._interrupt_status |= RECEIVE_TIMEOUT
            self.check_interrupts()

    def feed_byte(self, value: int) -> None:
        """One byte has arrived."""
        if len(self._receive) >= self._depth():
            self.overruns += 1
            self._interrupt_status |= OVERRUN
        else:
            self._receive.append(value)
        if len(self._receive) >= self._receive_level():
            self._interrupt_status |= UARTRXINTR
        self._timeout.schedule(QUIET_CHARACTERS * self._byte_ns())
        self.check_interrupts()

    def check_interrupts(self) -> None:
        self.rp2040.set_interrupt(self.irq, bool(self._interrupt_status & self._interrupt_mask))

    @property
    def flags(self) -> int:
        return (
            (0 if self._transmit else TXFE)
            | (TXFF if len(self._transmit) >= self._depth() else 0)
            | (RXFF if len(self._receive) >= self._depth() else 0)
            | (0 if self._receive else RXFE)
            | (BUSY if self._transmit or self._sending is not None else 0)
        )

    def read_uint32(self, offset: int) -> int:
        if offset == UARTDR:
            return self._taken()
        if offset == UARTFR:
            return self.flags
        if offset == UARTIFLS:
            return self._levels
        return super().read_uint32(offset)

    def _taken(self) -> int:
        value = self._receive.popleft() if self._receive else 0
        if len(self._receive) < self._receive_level():
            self._interrupt_status &= ~UARTRXINTR
        if self._receive:
            self._timeout.schedule(QUIET_CHARACTERS * self._byte_ns())
        else:
            self._interrupt_status &= ~RECEIVE_TIMEOUT
        self.check_interrupts()
        return value

    def write_uint32(self, offset: int, value: int) -> None:
        if offset == UARTDR:
            self._put(value & 0xFF)
        elif offset == UARTIFLS:
            self._levels = value & 0x3F
        elif offset == UARTICR:
            self._interrupt_status &= ~self.raw_write_value
            self.check_interrupts()
        elif offset == UARTIMSC:
            self._interrupt_mask = value & 0x7FF
            self.check_interrupts()
        else:
            super().write_uint32(offset, value)
        if offset in (UARTCR, UARTLCR_H):
            self._send_next()

    def _put(self, byte: int) -> None:
        if len(self._transmit) < self._depth():
            self._transmit.append(byte)
        if len(self._transmit) > self._transmit_level():
            self._interrupt_status &= ~UARTTXINTR
        self._send_next()
        self.check_interrupts()
