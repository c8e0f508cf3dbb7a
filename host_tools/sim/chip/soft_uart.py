"""A serial line on two plain pins, for the ports that the chip makes of its PIO blocks."""

from collections import deque
from collections.abc import Callable
from typing import Any

from host_tools.sim.chip.pins import Change, Pin

_DATA_BITS = 8
_FRAME_BITS = 10  # start, eight data bits, stop


class SoftUart:
    """8N1.  sends is the pin the chip sends on, hears the one it hears on.

    arrive(data) and on_byte are as of Pl011.  broken counts frames without a stop bit.
    """

    def __init__(self, mcu: Any, sends: Pin, hears: Pin, baud: int):
        self._sends, self._hears = sends, hears
        self._bit_ns = 1e9 / baud
        self._sample = mcu.clock.create_alarm(self._sampled)
        self._drive = mcu.clock.create_alarm(self._next_bit)
        self._bits: list[int] | None = None
        self._wire: deque[int] = deque()
        self._driving = False
        self.on_byte: Callable[[int], None] | None = None
        self.broken = 0
        sends.on_change = self._edge
        hears.drive(1)

    def arrive(self, data: bytes) -> None:
        """Put bytes on the wire to the chip, one after the other."""
        for byte in data:
            self._wire.extend([0, *(byte >> i & 1 for i in range(_DATA_BITS)), 1])
        if not self._driving:
            self._next_bit()

    def _next_bit(self) -> None:
        self._driving = bool(self._wire)
        if self._wire:
            self._hears.drive(self._wire.popleft())
            self._drive.schedule(self._bit_ns)

    def _edge(self, change: Change) -> None:
        if self._bits is None and change.level == 0:
            self._bits = []
            self._sample.schedule(self._bit_ns / 2)

    def _sampled(self) -> None:
        bits = self._bits if self._bits is not None else []
        bits.append(1 if self._sends.level else 0)
        if len(bits) < _FRAME_BITS:
            self._sample.schedule(self._bit_ns)
            return
        self._bits = None
        if bits[0] or not bits[-1]:
            self.broken += 1
        elif self.on_byte:
            self.on_byte(sum(bit << i for i, bit in enumerate(bits[1:-1])))
