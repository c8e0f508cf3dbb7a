"""What a sound chip hears on the three I2S pins (I2S bus specification, 1996, section 3)."""

from collections.abc import Callable
from typing import Any

from rp2040py.gpio_pin import GPIOPinState

_SAMPLE_BITS = 16


class I2sEar:
    """on_sample(left, right) gets each frame as two signed 16-bit numbers."""

    def __init__(self, mcu: Any, bit_clock: int, word_select: int, data: int):
        self._word_select, self._data = mcu.gpio[word_select], mcu.gpio[data]
        self._word = self._bits = 0
        self._right = False
        self._left_sample = 0
        self.on_sample: Callable[[int, int], None] = lambda _left, _right: None
        mcu.gpio[bit_clock].add_listener(self._clocked)

    def _clocked(self, state: Any, _before: Any) -> None:
        """On the rising edge: a word ends one bit after word select has changed."""
        if state != GPIOPinState.HIGH:
            return
        self._word = self._word << 1 | (self._data.value == GPIOPinState.HIGH)
        self._bits += 1
        right = self._word_select.value == GPIOPinState.HIGH
        if right != self._right:
            self._end_word()
            self._right = right

    def _end_word(self) -> None:
        sample = self._word >> max(self._bits - _SAMPLE_BITS, 0) & 0xFFFF
        sample -= (sample & 0x8000) << 1
        if self._right:
            self.on_sample(self._left_sample, sample)
        else:
            self._left_sample = sample
        self._word = self._bits = 0
