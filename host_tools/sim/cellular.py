"""A 4G module on a serial line, with real datagrams behind it, and a person who spoils the air."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.cellular_module import SIM_ANSWERS, Module
from host_tools.sim.ptys import Pty
from host_tools.sim.udp import Udp
from host_tools.sim.words import Address

MOST_TIMES = 1000
GARBAGE_BYTES = 1024


class Terminal:
    """The module on its wire, its socket, and what a person can do to both."""

    def __init__(self, line: Path, log: Log, network_s: float, boot_s: float):
        self._log = log
        self._boot_s = boot_s
        self._answers = True
        self._halving = 0
        self._wire = Pty(self._heard, line)
        self._udp = Udp(self._heard_county)
        self._later = asyncio.get_running_loop().call_later
        self._module = Module(self._send, self, self._later, network_s)

    def send(self, data: bytes, to: Address) -> None:
        """Send a datagram of the Box."""
        self._log.write(dir="up", hex=data.hex(), to=f"{to.host}:{to.port}")
        self._udp.send(data, to)

    def commands(self) -> console.Commands:
        return {
            "sim": self._sim,
            "network": self._network,
            "deactivate": lambda: self._told("deactivate", self._module.deactivate),
            "close": lambda: self._told("close", self._module.close),
            "restart": self._restart,
            "echo": lambda: self._told("echo", self._echo),
            "chatter": self._chatter,
            "lose": self._lose,
            "unknown": self._unknown,
            "half": self._half,
            "garbage": self._garbage,
            "deaf": lambda: self._listen(False),
            "answer": lambda: self._listen(True),
            "state": self._state,
        }

    def close(self) -> None:
        self._wire.close()
        self._udp.close()

    def _heard(self, data: bytes) -> None:
        self._log.write(dir=">", hex=data.hex())
        if self._answers:
            self._module.receive(data)

    def _heard_county(self, data: bytes, sender: Address) -> None:
        self._log.write(dir="down", hex=data.hex(), of=f"{sender.host}:{sender.port}")
        self._module.hear(data, sender)

    def _send(self, data: bytes) -> None:
        if not self._answers:
            return
        if self._halving:
            self._halving -= 1
            data = data[: len(data) // 2]
        self._log.write(dir="<", hex=data.hex())
        self._wire.write(data)

    def _told(self, event: str, deed: console.Command) -> None:
        self._log.event(event)
        deed()

    def _sim(self, card: str) -> None:
        if card not in SIM_ANSWERS:
            raise ValueError(f"expected {' or '.join(SIM_ANSWERS)}, not {card!r}")
        self._told(f"sim {card}", self._module.deactivate)
        self._module.sim = card

    def _network(self, there: str) -> None:
        self._module.covered = words.on_off(there)
        self._log.event(f"network {there}")
        if not self._module.covered:
            self._module.deactivate()

    def _restart(self) -> None:
        """All is forgotten; the module is deaf until it has started."""
        self._told("restart", self._module.power_up)
        self._answers = False
        self._later(self._boot_s, self._started)

    def _started(self) -> None:
        self._answers = True
        self._module.greet()

    def _echo(self) -> None:
        self._module.port.echo = True

    def _chatter(self, wanted: str) -> None:
        self._module.port.chatty = words.on_off(wanted)
        self._log.event(f"chatter {wanted}")

    def _lose(self, datagrams: str) -> None:
        self._module.losing = words.whole(datagrams, 0, MOST_TIMES)
        self._log.event(f"lose {datagrams}")

    def _unknown(self, datagrams: str) -> None:
        self._module.untold = words.whole(datagrams, 0, MOST_TIMES)
        self._log.event(f"unknown {datagrams}")

    def _half(self, answers: str) -> None:
        self._halving = words.whole(answers, 0, MOST_TIMES)
        self._log.event(f"half {answers}")

    def _garbage(self, data: str) -> None:
        self._send(words.hex_bytes(data, GARBAGE_BYTES))

    def _listen(self, answers: bool) -> None:
        self._answers = answers
        self._log.event("answer" if answers else "deaf")

    def _state(self) -> str:
        spoilt = {"answers": self._answers, "half": self._halving}
        return json.dumps(self._module.state() | spoilt)


@asynccontextmanager
async def cellular(
    line: Path, log_path: Path, network_s: float, boot_s: float
) -> AsyncIterator[console.Commands]:
    """Serve the module until the block ends; the value is its commands."""
    log = Log(log_path)
    terminal = Terminal(line, log, network_s, boot_s)
    try:
        yield terminal.commands()
    finally:
        terminal.close()
        log.close()


def main(
    line: Annotated[Path, typer.Option(help="link to the serial line the Box opens")],
    log: Annotated[Path, typer.Option(help="bytes and datagrams, JSON lines")],
    network_ms: Annotated[int, typer.Option(min=1, help="how long the network takes")] = 300,
    boot_ms: Annotated[int, typer.Option(min=1, help="how long a restart takes")] = 500,
) -> None:
    """Play a Quectel EC200U on a serial line; its datagrams are real, on this machine.

    Commands: sim ready|pin|none, network on|off, deactivate, close, restart, echo, chatter on|off,
    lose N, unknown N, half N, garbage HEX, deaf, answer, state.
    """
    console.run(cellular(line, log, network_ms / 1000, boot_ms / 1000))


if __name__ == "__main__":
    typer.run(main)
