"""The call panel: buttons and lamps as lines of text, so that a person can play it by hand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.ptys import Pty

LINE_BYTES = 64
MOST_NAMES = 64
LONGEST_PRESS_MS = 600_000
NAME = re.compile(r"[A-Za-z0-9_-]{1,16}")


class Panel:
    """Buttons, lamps and the wire to the Box.

    Panel to Box: `down NAME`, `up NAME`.  Box to panel: `lamp NAME 1|0`, and `state?`, which
    is answered by the state of every button known.
    """

    def __init__(self, line: Path, log: Log):
        self._wire = Pty(self._heard, line)
        self._log = log
        self._begun = b""
        self._buttons: dict[str, bool] = {}
        self._lamps: dict[str, bool] = {}

    def down(self, name: str) -> None:
        self._move(name, True)

    def up(self, name: str) -> None:
        self._move(name, False)

    async def press(self, name: str, ms: str = "300") -> None:
        held_ms = words.whole(ms, 1, LONGEST_PRESS_MS)
        self.down(name)
        await asyncio.sleep(held_ms / 1000)
        self.up(name)

    def lamps(self) -> str:
        """Return which lamps are lit, as the Box last said."""
        return json.dumps(self._lamps)

    def close(self) -> None:
        self._wire.close()

    def _move(self, name: str, down: bool) -> None:
        if not NAME.fullmatch(name) or not _has_room(self._buttons, name):
            raise ValueError(f"no button can be called {name[:40]!r}")
        self._buttons[name] = down
        self._log.write(button=name, down=down)
        self._say(name)

    def _say(self, name: str) -> None:
        self._wire.write(b"%s %s\n" % (b"down" if self._buttons[name] else b"up", name.encode()))

    def _heard(self, data: bytes) -> None:
        *lines, begun = (self._begun + data).split(b"\n")
        self._begun = begun[:LINE_BYTES]
        for line in lines:
            if len(line) <= LINE_BYTES:
                self._obey(line.decode(errors="replace").split())

    def _obey(self, said: list[str]) -> None:
        match said:
            case ["state?"]:
                for name in self._buttons:
                    self._say(name)
            case ["lamp", name, ("0" | "1") as on] if NAME.fullmatch(name):
                if _has_room(self._lamps, name):
                    self._lamps[name] = on == "1"
                    self._log.write(lamp=name, on=on == "1")


def _has_room(names: dict[str, bool], name: str) -> bool:
    return name in names or len(names) < MOST_NAMES


@asynccontextmanager
async def panel(line: Path, log_path: Path) -> AsyncIterator[console.Commands]:
    """Serve the panel until the block ends; the value is its commands."""
    log = Log(log_path)
    desk = Panel(line, log)
    try:
        yield {"press": desk.press, "down": desk.down, "up": desk.up, "lamps": desk.lamps}
    finally:
        desk.close()
        log.close()


def main(
    line: Annotated[Path, typer.Option(help="link to the serial line the Box opens")],
    log: Annotated[Path, typer.Option(help="buttons and lamps, JSON lines")],
) -> None:
    """Play the buttons and lamps of a Box.

    Commands: press NAME [MS=300], down NAME, up NAME, lamps.
    """
    console.run(panel(line, log))


if __name__ == "__main__":
    typer.run(main)
