"""The circuit behind the PTT pin: a relay that only pulses hold."""

from host_tools.draw_boards import shapes
from host_tools.draw_boards.shapes import INK, MONO, SOFT
from host_tools.draw_boards.tables import Pin, pins

_RED = "#c0392b"


def ptt_circuit(x: float, y: float) -> str:
    """Return the drawing with its upper left corner at x, y; 1200 wide, 220 high."""
    pin = next(pin for pin in pins() if pin.name == "ptt")
    return "".join(
        (
            shapes.box(x, y, 1200, 225, "none", _RED),
            shapes.text(
                x + 16,
                y + 28,
                "PTT: pulses hold the relay",
                16,
                f"font-weight='700' fill='{_RED}'",
            ),
            _pump(x, y + 95, pin),
            _relay(x + 570, y + 95),
            _words(x + 800, y + 58),
        )
    )


def _pump(x: float, y: float, pin: Pin) -> str:
    """Pulses charge the second capacitor through two diodes; a level does not pass the first."""
    low = y + 75
    return "".join(
        (
            shapes.text(x + 16, y + 4, f"GP{pin.gpio}", 13, f"{MONO} font-weight='700'"),
            shapes.line([(x + 60, y), (x + 570, y)], INK),
            shapes.line([(x + 85, y), (x + 85, low)], INK),
            shapes.resistor(x + 85, y + 38, upright=True),
            shapes.text(x + 98, y + 42, pin.resistor.removesuffix(" down"), 11),
            shapes.ground(x + 85, low),
            shapes.resistor(x + 135, y),
            shapes.text(x + 135, y - 16, "470 Ω", 11, "text-anchor='middle'"),
            shapes.capacitor(x + 200, y),
            shapes.text(x + 200, y - 20, "2.2 µF", 11, "text-anchor='middle'"),
            shapes.line([(x + 255, y), (x + 255, low)], INK),
            shapes.diode(x + 255, y + 38, -90),
            shapes.ground(x + 255, low),
            shapes.diode(x + 320, y),
            shapes.text(x + 300, y - 20, "BAT54S", 11, "text-anchor='middle'"),
            shapes.line([(x + 390, y), (x + 390, low)], INK),
            shapes.capacitor(x + 390, y + 38, upright=True),
            shapes.text(x + 408, y + 42, "1 µF", 11),
            shapes.ground(x + 390, low),
            shapes.line([(x + 480, y), (x + 480, low)], INK),
            shapes.resistor(x + 480, y + 38, upright=True),
            shapes.text(x + 493, y + 42, "470 kΩ", 11),
            shapes.ground(x + 480, low),
            *(shapes.dot(x + at, y, INK) for at in (85, 255, 390, 480)),
        )
    )


def _relay(x: float, y: float) -> str:
    """The MOSFET, the coil with its diode, and the contact."""
    low, high = y + 75, y - 62
    return "".join(
        (
            shapes.line([(x, y - 14), (x, y + 14)], INK, 2.4),
            shapes.line([(x + 6, y - 16), (x + 6, y + 16)], INK, 2.4),
            shapes.line([(x + 6, y - 11), (x + 36, y - 11), (x + 36, high)], INK),
            shapes.line([(x + 6, y + 11), (x + 36, y + 11), (x + 36, low)], INK),
            shapes.ground(x + 36, low),
            shapes.text(x + 48, y + 30, "AO3400A", 11),
            shapes.box(x + 22, y - 52, 28, 26, "white", INK),
            shapes.line([(x + 36, high), (x + 92, high), (x + 92, y - 20), (x + 36, y - 20)], INK),
            shapes.diode(x + 92, y - 40, -90),
            shapes.text(x + 108, y - 36, "1N4148", 11),
            shapes.dot(x + 36, high, INK),
            shapes.text(x + 28, high - 6, "+12 V", 11, "text-anchor='end'"),
            shapes.text(x + 14, y - 35, "relay", 11, "text-anchor='end'"),
            shapes.text(x + 48, y + 62, "its contact: PTT or enable", 11, f"fill='{SOFT}'"),
        )
    )


def _words(x: float, y: float) -> str:
    lines = (
        "The Box toggles the pin every 20 ms while it may sound.",
        "Each rise carries charge past the first capacitor;",
        "the gate settles near 2.6 V within 0.2 s.",
        "A pin that stands still, high or low, carries none:",
        "the gate falls below its threshold in 0.3 to 0.7 s",
        "and the relay drops. Never wire PTT to the pin itself.",
    )
    return "".join(shapes.text(x, y + 22 * i, words, 13) for i, words in enumerate(lines))
