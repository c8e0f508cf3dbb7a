"""The IP road between a village and the county: it can be cut, and strangers can speak on it."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.udp import Udp
from host_tools.sim.words import Address

MOST_BOXES = 64
INJECTED_BYTES = 2048


class Road:
    """A UDP relay with one socket to the county for each address a Box speaks from."""

    def __init__(self, listen: int, county: Address, log: Log):
        self._village = Udp(self._heard_box, listen)
        self._county = county
        self._log = log
        self._upstreams: dict[Address, Udp] = {}  # the Box that spoke last stands last
        self._open = True
        self._twice = False

    def commands(self) -> console.Commands:
        return {
            "cut": lambda: self._cut(True),
            "restore": lambda: self._cut(False),
            "duplicate": self._duplicate,
            "inject": self._inject,
            "state": self._state,
        }

    def close(self) -> None:
        self._village.close()
        for upstream in self._upstreams.values():
            upstream.close()

    def _heard_box(self, data: bytes, box: Address) -> None:
        self._pass_on("up", data, box)

    def _heard_county(self, data: bytes, sender: Address, box: Address) -> None:
        if sender == self._county:
            self._pass_on("down", data, box)

    def _pass_on(self, direction: str, data: bytes, box: Address) -> None:
        upstream = self._upstream(box) if direction == "up" else None
        for _ in range(2 if self._twice and self._open else 1):
            self._note(direction, data, passed=self._open, injected=False)
            if self._open:
                self._send(data, box, upstream)

    def _send(self, data: bytes, box: Address, upstream: Udp | None) -> None:
        if upstream is None:
            self._village.send(data, box)
        else:
            upstream.send(data, self._county)

    def _upstream(self, box: Address) -> Udp:
        """Return the socket that stands for this Box at the county; it becomes the last."""
        upstream = self._upstreams.pop(box, None)
        if upstream is None:
            if len(self._upstreams) >= MOST_BOXES:
                self._upstreams.pop(next(iter(self._upstreams))).close()
            upstream = Udp(lambda data, sender: self._heard_county(data, sender, box))
        self._upstreams[box] = upstream
        return upstream

    def _note(self, direction: str, data: bytes, passed: bool, injected: bool) -> None:
        self._log.write(dir=direction, hex=data.hex(), passed=passed, injected=injected)

    def _cut(self, cut: bool) -> None:
        self._open = not cut
        self._log.event("cut" if cut else "restore")

    def _duplicate(self, wanted: str) -> None:
        self._twice = words.on_off(wanted)
        self._log.event(f"duplicate {wanted}")

    def _inject(self, direction: str, data: str) -> None:
        """Put a stranger's datagram on the road; it gets through a cut as well."""
        if direction not in ("up", "down"):
            raise ValueError(f"expected inject up or down, not {direction!r}")
        if not self._upstreams:
            raise ValueError("no Box has spoken on this road yet")
        datagram = words.hex_bytes(data, INJECTED_BYTES)
        box, upstream = list(self._upstreams.items())[-1]
        self._note(direction, datagram, passed=True, injected=True)
        self._send(datagram, box, upstream if direction == "up" else None)

    def _state(self) -> str:
        boxes = [f"{host}:{port}" for host, port in self._upstreams]
        return json.dumps({"open": self._open, "duplicate": self._twice, "boxes": boxes})


@asynccontextmanager
async def road(listen: int, county: Address, log_path: Path) -> AsyncIterator[console.Commands]:
    """Carry datagrams until the block ends; the value is the road's commands."""
    log = Log(log_path)
    relay = Road(listen, Address(socket.gethostbyname(county.host), county.port), log)
    try:
        yield relay.commands()
    finally:
        relay.close()
        log.close()


def main(
    listen: Annotated[int, typer.Option(help="UDP port the Box sends to")],
    to: Annotated[
        Address,
        typer.Option(parser=words.option(words.endpoint), metavar="HOST:PORT", help="the county"),
    ],
    log: Annotated[Path, typer.Option(help="every datagram, JSON lines")],
) -> None:
    """Play the IP road from a Box to the county.

    Commands: cut, restore, duplicate on|off, inject up|down HEX, state.
    """
    console.run(road(listen, to, log))


if __name__ == "__main__":
    typer.run(main)
