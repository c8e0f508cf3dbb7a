"""The pin table of a board's README, between two marks that a reader does not see."""

from host_tools.draw_boards.tables import Pin, pins

_BEGIN, _END = "<!-- drawn from boards/rp2/pins.py: begin -->", "<!-- end -->"
_HEAD = (
    "| GPIO | pin | name | kind | resistor on the board | goes to | remark |",
    "|---|---|---|---|---|---|---|",
)


def with_pin_table(readme: str) -> str:
    """Return this README with its pin table as it must be."""
    before, rest = readme.split(_BEGIN)
    after = rest.split(_END, 1)[1]
    table = "\n".join([*_HEAD, *map(_row, pins())])
    return f"{before}{_BEGIN}\n{table}\n{_END}{after}"


def _row(pin: Pin) -> str:
    kind = f"**{pin.kind}**" if pin.kind == "switch" else pin.kind
    where = pin.header_pin or "none"
    cells = (f"GP{pin.gpio}", where, f"`{pin.name}`", kind, pin.resistor)
    cells += (f"{pin.part}: {pin.terminal}", pin.remark)
    return "| " + " | ".join(map(str, cells)) + " |"
