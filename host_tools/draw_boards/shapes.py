"""The few shapes of a wiring diagram, as SVG text."""

from html import escape

FONT = "font-family='Helvetica,Arial,sans-serif'"
MONO = "font-family='DejaVu Sans Mono,Menlo,monospace'"
INK, SOFT, PAPER = "#1f2933", "#7b8794", "#fbfaf7"


def text(x: float, y: float, words: str, size: float = 13, more: str = "") -> str:
    return f"<text x='{x:g}' y='{y:g}' font-size='{size:g}' {more}>{escape(words)}</text>"


def box(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    return (
        f"<rect x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}' rx='9' fill='{fill}'"
        f" stroke='{stroke}' stroke-width='1.6'/>"
    )


def line(points: list[tuple[float, float]], colour: str, width: float = 2) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    return (
        f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='{width:g}'"
        " stroke-linejoin='round' stroke-linecap='round'/>"
    )


def dot(x: float, y: float, colour: str, radius: float = 3.4) -> str:
    return f"<circle cx='{x:g}' cy='{y:g}' r='{radius:g}' fill='{colour}'/>"


def arrow(x: float, y: float, to_the_right: bool, colour: str) -> str:
    """A head whose tip is at x."""
    back = x - 9 if to_the_right else x + 9
    points = f"{x:g},{y:g} {back:g},{y - 5:g} {back:g},{y + 5:g}"
    return f"<polygon points='{points}' fill='{colour}'/>"


def pill(x: float, y: float, words: str, fill: str, ink: str) -> str:
    """A rounded label with its middle at x, y."""
    width = 7.2 * len(words) + 14
    return (
        f"<rect x='{x - width / 2:g}' y='{y - 9:g}' width='{width:g}' height='18' rx='9'"
        f" fill='{fill}'/>"
        + text(x, y + 4, words, 11, f"text-anchor='middle' fill='{ink}' {MONO}")
    )


def resistor(x: float, y: float, upright: bool = False) -> str:
    """A resistor with its middle at x, y."""
    width, height = (11, 30) if upright else (30, 11)
    return (
        f"<rect x='{x - width / 2:g}' y='{y - height / 2:g}' width='{width}' height='{height}'"
        f" fill='white' stroke='{INK}' stroke-width='1.8'/>"
    )


def capacitor(x: float, y: float, upright: bool = False) -> str:
    """Two plates, with paper between them; upright stands in a vertical wire."""
    turn = f" transform='rotate(90 {x:g} {y:g})'" if upright else ""
    gap = f"<rect x='{x - 3:g}' y='{y - 3:g}' width='6' height='6' fill='{PAPER}'/>"
    plates = "".join(line([(x + d, y - 13), (x + d, y + 13)], INK, 2.4) for d in (-4, 4))
    return f"<g{turn}>{gap}{plates}</g>"


def diode(x: float, y: float, degrees: int = 0) -> str:
    """A diode that lets current pass to the right, turned by so many degrees."""
    corners = f"{x - 7:g},{y - 8:g} {x - 7:g},{y + 8:g} {x + 7:g},{y:g}"
    bar = line([(x + 7, y - 8), (x + 7, y + 8)], INK, 2.4)
    shape = f"<polygon points='{corners}' fill='{INK}'/>{bar}"
    return f"<g transform='rotate({degrees} {x:g} {y:g})'>{shape}</g>"


def ground(x: float, y: float) -> str:
    """The sign for ground, hanging from x, y."""
    bars = ((12, 8), (8, 12), (4, 16))
    stem = line([(x, y), (x, y + 8)], INK)
    return stem + "".join(line([(x - w, y + d), (x + w, y + d)], INK) for w, d in bars)
