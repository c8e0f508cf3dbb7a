"""The chip's pins as a bench sees them: every change with its time, every input driven."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rp2040py.gpio_pin import GPIOPinState

_MS = 1_000_000


class Change(NamedTuple):
    """A pin has this level (0, 1, or None where nothing drives it) from at_ms on."""

    at_ms: float
    level: int | None


class Pin:
    """Records what the firmware drives from the moment it is made; drive() sets an input."""

    def __init__(self, mcu: Any, number: int):
        self._pin = mcu.gpio[number]
        self._clock = mcu.clock
        self.on_change: Callable[[Change], None] = lambda _: None
        self.changes = [Change(self._clock.nanos / _MS, _level(self._pin.value))]
        self._pin.add_listener(self._changed)

    @property
    def level(self) -> int | None:
        return self.changes[-1].level

    def drive(self, level: int) -> None:
        self._pin.set_input_value(bool(level))

    def let_go(self) -> None:
        """Drive it no more: the chip's own pull decides."""
        self._pin.release_input()

    def edges(self, since_ms: float = 0) -> list[Change]:
        return [change for change in self.changes if change.at_ms >= since_ms]

    def _changed(self, state: Any, _before: Any) -> None:
        level = _level(state)
        if level != self.changes[-1].level:
            change = Change(self._clock.nanos / _MS, level)
            self.changes.append(change)
            self.on_change(change)


def _level(state: Any) -> int | None:
    if state == GPIOPinState.HIGH:
        return 1
    return 0 if state == GPIOPinState.LOW else None
