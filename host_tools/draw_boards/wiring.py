"""The wiring diagram of a Pico board: every wire of the pin table, and the PTT circuit."""

from itertools import groupby
from typing import NamedTuple

from host_tools.draw_boards import shapes
from host_tools.draw_boards.ptt_circuit import ptt_circuit
from host_tools.draw_boards.shapes import FONT, INK, MONO, PAPER, SOFT
from host_tools.draw_boards.tables import LEFT, RIGHT, Pin, pins


class Pico(NamedTuple):
    name: str
    chip: str


PICOS = {
    "pico_box": Pico("Raspberry Pi Pico", "RP2040"),
    "pico2_box": Pico("Raspberry Pi Pico 2", "RP2350"),
}

_WIDTH, _HEIGHT = 1280, 1330
_TOP, _PITCH = 190, 40
_PICO_LEFT, _PICO_RIGHT = 540, 740
_PART_WIDTH, _MARGIN = 270, 40
_UP, _DOWN = ("#fdebd0", "#9a4b00"), ("#dceaf7", "#1b4f80")
_COLOURS = {
    "RS-485 transceiver": "#2f7d4f",
    "Iridium 9602/9603": "#6b4fa0",
    "4G module": "#8a8f98",
    "speech chip": "#8a8f98",
    "I2S converter": "#0f7c8c",
    "PTT charge pump": "#c0392b",
    "call point 1": "#c77700",
    "call point 2": "#c77700",
    "clock chip DS3231": "#8a8f98",
    "FRAM FM25V20A": "#8a8f98",
    "sense": "#8a8f98",
}


class _Side(NamedTuple):
    """One side of the header: where its pins, its parts and the middle of its wires are."""

    order: tuple[int | str, ...]
    pin_x: float
    part_x: float
    is_left: bool

    @property
    def edge_x(self) -> float:
        return self.part_x + _PART_WIDTH if self.is_left else self.part_x

    def row_y(self, gpio: int) -> float:
        return _TOP + _PITCH * self.order.index(gpio)


_SIDES = (
    _Side(LEFT, _PICO_LEFT, _MARGIN, True),
    _Side(RIGHT, _PICO_RIGHT, _WIDTH - _MARGIN - _PART_WIDTH, False),
)


def wiring(pico: Pico) -> str:
    """Return the whole diagram."""
    drawn = [_head(pico), _board(pico), _supply()]
    for side in _SIDES:
        mine = sorted(
            (p for p in pins() if p.gpio in side.order), key=lambda p: side.row_y(p.gpio)
        )
        drawn += [_contact(side, row, label) for row, label in enumerate(side.order)]
        drawn += [_wire(side, pin) for pin in mine]
        drawn += [_part(side, list(group)) for _, group in groupby(mine, lambda p: p.part)]
    drawn += [_legend(), ptt_circuit(_MARGIN, 1075)]
    size = f"width='{_WIDTH}' height='{_HEIGHT}' viewBox='0 0 {_WIDTH} {_HEIGHT}'"
    opening = f"<svg xmlns='http://www.w3.org/2000/svg' {size} {FONT} fill='{INK}'>"
    paper = f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='{PAPER}'/>"
    return "\n".join([opening, paper, *drawn, "</svg>"]) + "\n"


def _head(pico: Pico) -> str:
    words = f"Fengsui Box on a {pico.name}"
    under = "Seen from above, USB on top. Each wire is a row of boards/rp2/pins.py."
    return shapes.text(_MARGIN, 56, words, 28, "font-weight='700'") + shapes.text(
        _MARGIN, 82, under, 14, f"fill='{SOFT}'"
    )


def _board(pico: Pico) -> str:
    middle, bottom = (_PICO_LEFT + _PICO_RIGHT) / 2, _TOP + _PITCH * len(LEFT)
    centred = "text-anchor='middle' fill='white'"
    led = next(pin for pin in pins() if pin.gpio not in LEFT + RIGHT)
    return "".join(
        (
            f"<rect x='{_PICO_LEFT - 10}' y='{_TOP - 62}' width='{_PICO_RIGHT - _PICO_LEFT + 20}'"
            f" height='{bottom - _TOP + 58}' rx='14' fill='#1e6b4a'/>",
            f"<rect x='{middle - 32}' y='{_TOP - 78}' width='64' height='52' rx='5'"
            " fill='#cfd4d9' stroke='#8a8f98'/>",
            shapes.text(middle, _TOP - 46, "USB", 13, f"text-anchor='middle' fill='{INK}'"),
            shapes.dot(middle, _TOP + 40, "#7CFF9B", 6),
            shapes.text(middle, _TOP + 64, f"LED, GP{led.gpio}: {led.name}", 11, centred),
            f"<rect x='{middle - 38}' y='{_TOP + 300}' width='76' height='76' rx='6'"
            " fill='#17191c'/>",
            shapes.text(middle, _TOP + 343, pico.chip, 15, centred + " font-weight='700'"),
        )
    )


def _contact(side: _Side, row: int, label: int | str) -> str:
    """One gold contact with its name on the board and its number beside it."""
    y, inward = _TOP + _PITCH * row, 1 if side.is_left else -1
    anchor = "start" if side.is_left else "end"
    name = label if isinstance(label, str) else f"GP{label}"
    number = row + 1 if side.is_left else 40 - row
    colour, ink = ("#111418", "white") if name == "GND" else ("#f2c14e", INK)
    return (
        shapes.dot(side.pin_x, y, colour, 7)
        + shapes.text(side.pin_x, y + 3, str(number), 8, f"text-anchor='middle' fill='{ink}'")
        + shapes.text(
            side.pin_x + 14 * inward,
            y + 4,
            name,
            12,
            f"text-anchor='{anchor}' fill='white' {MONO}",
        )
    )


def _wire(side: _Side, pin: Pin) -> str:
    """The wire with its name, its resistor, and an arrow where the signal arrives."""
    y, colour = side.row_y(pin.gpio), _COLOURS[pin.part]
    outward = -1 if side.is_left else 1
    pin_x = side.pin_x + 8 * outward
    near_part = pin.kind != "in"
    tip_x = side.edge_x if near_part else pin_x
    to_the_right = near_part != side.is_left
    anchor = "end" if side.is_left else "start"
    name_x = pin_x + 12 * outward
    drawn = shapes.line([(pin_x, y), (side.edge_x, y)], colour, 3 if pin.kind == "switch" else 2)
    drawn += shapes.arrow(tip_x, y, to_the_right, colour)
    drawn += shapes.text(
        name_x, y - 6, pin.name, 11, f"text-anchor='{anchor}' fill='{colour}' {MONO}"
    )
    if pin.resistor != "none":
        value, direction = pin.resistor.rsplit(" ", 1)
        fill, ink = _UP if direction == "up" else _DOWN
        sign = "▲" if direction == "up" else "▼"
        middle = side.edge_x + 62 * (1 if side.is_left else -1)
        drawn += shapes.pill(middle, y, f"{sign} {value}", fill, ink)
    return drawn


def _part(side: _Side, group: list[Pin]) -> str:
    """A part with its name, and its terminals where their wires arrive."""
    colour = _COLOURS[group[0].part]
    top, bottom = side.row_y(group[0].gpio) - 17, side.row_y(group[-1].gpio) + 17
    anchor, terminal_x = ("end", side.edge_x - 10) if side.is_left else ("start", side.edge_x + 10)
    title_x = side.part_x + 12 if side.is_left else side.part_x + _PART_WIDTH - 12
    title_anchor = "start" if side.is_left else "end"
    drawn = shapes.box(side.part_x, top, _PART_WIDTH, bottom - top, "white", colour)
    bold = f"text-anchor='{title_anchor}' font-weight='700' fill='{colour}'"
    drawn += shapes.text(title_x, (top + bottom) / 2 + 5, group[0].part, 14, bold)
    if any("no driver yet" in pin.remark for pin in group) and len(group) > 1:
        soft = f"text-anchor='{title_anchor}' fill='{SOFT}'"
        drawn += shapes.text(title_x, (top + bottom) / 2 + 21, "no driver yet", 11, soft)
    for pin in group:
        y = side.row_y(pin.gpio) + 4
        drawn += shapes.text(terminal_x, y, pin.terminal, 12, f"text-anchor='{anchor}' {MONO}")
    return drawn


def _supply() -> str:
    """5 V comes in at VSYS through a Schottky diode; 3.3 V goes out to the small parts."""
    side, red = _SIDES[1], "#b03a2e"
    vsys, gnd, out = (_TOP + _PITCH * row for row in (1, 2, 4))
    x, pin_x = side.part_x, side.pin_x + 8
    drawn = shapes.box(x, vsys - 40, _PART_WIDTH, gnd - vsys + 57, "white", red)
    right = "text-anchor='end'"
    end_x = x + _PART_WIDTH - 12
    drawn += shapes.text(
        end_x, vsys - 18, "5 V supply, 2 A", 14, f"{right} font-weight='700' fill='{red}'"
    )
    drawn += shapes.text(end_x, vsys + 2, "from 12 V, fuse 2 A", 11, f"{right} fill='{SOFT}'")
    drawn += shapes.text(x + 10, vsys + 4, "+5 V", 12, MONO)
    drawn += shapes.text(x + 10, gnd + 4, "0 V", 12, MONO)
    drawn += shapes.line([(x, vsys), (pin_x, vsys)], red, 3)
    drawn += shapes.diode(x - 62, vsys, 180)
    drawn += shapes.text(
        x - 62, vsys - 13, "Schottky 1 A", 11, f"text-anchor='middle' fill='{red}'"
    )
    drawn += shapes.line([(x, gnd), (pin_x, gnd)], INK, 3)
    drawn += shapes.line([(pin_x, out), (x, out)], red, 2) + shapes.arrow(x, out, True, red)
    drawn += shapes.text(x + 10, out + 4, "3.3 V for RS-485, flash, clock, ▲", 12, f"fill='{red}'")
    return drawn


def _legend() -> str:
    y = 1032
    drawn = shapes.pill(_MARGIN + 44, y, "▲ 10 kΩ", *_UP)
    drawn += shapes.text(_MARGIN + 92, y + 4, "resistor to 3.3 V", 12)
    drawn += shapes.pill(_MARGIN + 264, y, "▼ 4.7 kΩ", *_DOWN)
    drawn += shapes.text(_MARGIN + 312, y + 4, "resistor to ground: off through every reset", 12)
    drawn += shapes.line([(_MARGIN + 600, y), (_MARGIN + 650, y)], INK, 3)
    drawn += shapes.text(_MARGIN + 662, y + 4, "thick: a switch, driven low first thing", 12)
    words = "arrow: which way the signal goes"
    return drawn + shapes.text(_MARGIN + 930, y + 4, words, 12)
