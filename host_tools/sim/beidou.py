"""Two or more BeiDou terminals and the satellites between them, and a person who spoils them."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.beidou_air import Air
from host_tools.sim.beidou_dialects import New, Old
from host_tools.sim.beidou_kept import Kept
from host_tools.sim.beidou_sky import Sky
from host_tools.sim.beidou_terminal import Terminal
from host_tools.sim.beidou_words import Card, Dialect

LONGEST_S = 9999
MOST_DIGITS = 10


class Generation(Enum):
    """Which protocol the terminals speak."""

    OLD = "2.1"
    NEW = "3"


class Place(NamedTuple):
    """A card and the link to the line of its terminal."""

    card: str
    link: Path


@asynccontextmanager
async def beidou(
    county: tuple[Card, Path],
    boxes: list[tuple[Card, Path]],
    dialect: Dialect,
    log_path: Path,
    sending_s: float,
    delay_s: float,
) -> AsyncIterator[console.Commands]:
    """Serve the terminals until the block ends; the value is their commands."""
    log = Log(log_path)
    kept = Kept(log_path.with_name(log_path.name + ".queue"))
    later = asyncio.get_running_loop().call_later
    air = Air(kept, log, delay_s, later)
    sky = Sky(kept, log)
    named = {"county": county} | {_name(at): box for at, box in enumerate(boxes)}
    try:
        for name, (card, link) in named.items():
            terminal = functools.partial(Terminal, card, dialect, air, later, sending_s)
            air.add(sky.add(name, link, terminal))
        air.resume()
        yield sky.commands()
    finally:
        sky.close()
        log.close()


def _name(at: int) -> str:
    return f"box{at + 1}" if at else "box"


def _place(text: str) -> Place:
    """Return the Place of CARD=FILE, or raise ValueError."""
    card, equals, link = text.partition("=")
    if not (card.isascii() and card.isdigit() and len(card) <= MOST_DIGITS and equals and link):
        raise ValueError(f"expected CARD=FILE, a card number and a link, not {text!r}")
    return Place(card, Path(link))


def main(  # noqa: PLR0913, PLR0917 - one for each option
    box: Annotated[
        list[Place],
        typer.Option(
            parser=words.option(_place),
            metavar="CARD=FILE",
            help="a Box's card and the link to its line; once for each Box",
        ),
    ],
    county: Annotated[
        Place,
        typer.Option(
            parser=words.option(_place),
            metavar="CARD=FILE",
            help="the county's card, a command terminal's, and the link to its line",
        ),
    ],
    log: Annotated[Path, typer.Option(help="bytes and payloads, JSON lines; FILE.queue beside")],
    protocol: Annotated[Generation, typer.Option(help="2.1, or 3: BDS-3 regional")] = (
        Generation.OLD
    ),
    interval_s: Annotated[int, typer.Option(min=1, max=LONGEST_S, help="of a Box's card")] = 60,
    level: Annotated[int | None, typer.Option(min=0, max=5, help="of a Box's card")] = None,
    county_interval_s: Annotated[int, typer.Option(min=1, max=LONGEST_S)] = 1,
    sending_ms: Annotated[int, typer.Option(min=1, help="until a terminal says it sent")] = 800,
    delay_ms: Annotated[int, typer.Option(min=1, help="until a message arrives")] = 1000,
) -> None:
    """Play BeiDou terminals, one for each Box and the county's, and the satellites between them.

    WHO is county, box, box2, ...  Commands: signal, card, suppressed, silence, duplicate,
    answers, power WHO on|off; lose, mute, half, wrong WHO N; refuse WHO N REASON;
    garbage WHO HEX; recorded WHO; state.
    """
    dialect = New() if protocol is Generation.NEW else Old()
    usual = dialect.usual_level
    own = [
        (Card(one.card, interval_s, usual if level is None else level), one.link) for one in box
    ]
    commanding = Card(county.card, county_interval_s, usual, True, len(own))
    times = (sending_ms / 1000, delay_ms / 1000)
    console.run(beidou((commanding, county.link), own, dialect, log, *times))


if __name__ == "__main__":
    typer.run(main)
