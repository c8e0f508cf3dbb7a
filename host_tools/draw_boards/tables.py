"""The pin table of the Pico boards and the order of the pins on their header."""

import ast
from pathlib import Path
from typing import NamedTuple

BOARDS = Path(__file__).parents[2] / "boards"

# Datasheet of the Raspberry Pi Pico, figure "pinout": the left side from pin 1 down, the right
# side from pin 40 down.  The Pico 2's is the same.
LEFT = (0, 1, "GND", 2, 3, 4, 5, "GND", 6, 7, 8, 9, "GND", 10, 11, 12, 13, "GND", 14, 15)
RIGHT = (
    *("VBUS", "VSYS", "GND", "3V3_EN", "3V3", "ADC_VREF", 28, "GND", 27, 26),
    *("RUN", 22, "GND", 21, 20, 19, 18, "GND", 17, 16),
)


class Pin(NamedTuple):
    """A row of boards/rp2/pins.py; part and terminal are where it goes."""

    name: str
    gpio: int
    kind: str
    resistor: str
    part: str
    terminal: str
    remark: str

    @property
    def header_pin(self) -> int | None:
        """Return the number on the header, or None for a pin that has no contact there."""
        if self.gpio in LEFT:
            return LEFT.index(self.gpio) + 1
        return 40 - RIGHT.index(self.gpio) if self.gpio in RIGHT else None


def pins() -> list[Pin]:
    """Return the pin table, by GPIO."""
    for node in ast.parse((BOARDS / "rp2/pins.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PINS":
            return [_pin(*row) for row in ast.literal_eval(node.value)]
    raise ValueError("boards/rp2/pins.py: PINS is missing")


def _pin(name: str, gpio: int, kind: str, resistor: str, goes_to: str, remark: str) -> Pin:
    part, terminal = goes_to.split(", ", 1)
    return Pin(name, gpio, kind, resistor, part, terminal, remark)
