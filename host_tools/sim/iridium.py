"""A satellite modem and the gateway behind it as one process, and a person who spoils the sky."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.iridium_gateway import Gateway
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.iridium_modem import Modem
from host_tools.sim.iridium_sky import Sky
from host_tools.sim.ptys import Pty
from host_tools.sim.udp import HOST
from host_tools.sim.words import Address

MOST_SESSIONS = 1000
GARBAGE_BYTES = 1024


class Terminal:
    """The modem on its wire under the sky, and what a person can do to all three."""

    def __init__(self, line: Path, imei: str, sky: Sky, kept: Kept, log: Log):
        self._sky = sky
        self._kept = kept
        self._log = log
        self._answers = True
        self._wire = Pty(self._heard, line)
        later = asyncio.get_running_loop().call_later
        self._modem = Modem(imei, self._send, sky, kept, later)

    def ring(self) -> None:
        """An alert from the satellite: heard where there is signal."""
        if self._sky.signal:
            self._modem.indicators.ring()

    def commands(self) -> console.Commands:
        return {
            "signal": self._signal,
            "fail": self._fail,
            "lose": self._lose,
            "unknown": self._unknown,
            "garbage": self._garbage,
            "deaf": lambda: self._listen(False),
            "answer": lambda: self._listen(True),
            "state": self._state,
        }

    def close(self) -> None:
        self._wire.close()

    def _heard(self, data: bytes) -> None:
        self._log.write(dir=">", hex=data.hex())
        if self._answers:
            self._modem.receive(data)

    def _send(self, data: bytes) -> None:
        if self._answers:
            self._log.write(dir="<", hex=data.hex())
            self._wire.write(data)

    def _signal(self, bars: str) -> None:
        was, self._sky.signal = self._sky.signal, words.whole(bars, 0, 5)
        self._log.event(f"signal {bars}")
        self._modem.indicators.signal_changed(was)

    def _fail(self, sessions: str, status: str) -> None:
        count, failure = words.whole(sessions, 0, MOST_SESSIONS), words.whole(status, 0, 65)
        self._sky.failing, self._sky.failure = count, failure
        self._log.event(f"fail {sessions} {status}")

    def _lose(self, sessions: str) -> None:
        self._sky.losing = words.whole(sessions, 0, MOST_SESSIONS)
        self._log.event(f"lose {sessions}")

    def _unknown(self, sessions: str) -> None:
        self._sky.untold = words.whole(sessions, 0, MOST_SESSIONS)
        self._log.event(f"unknown {sessions}")

    def _garbage(self, data: str) -> None:
        self._send(words.hex_bytes(data, GARBAGE_BYTES))

    def _listen(self, answers: bool) -> None:
        self._answers = answers
        self._log.event("answer" if answers else "deaf")

    def _state(self) -> str:
        sky, kept = self._sky, self._kept
        state = {
            "signal": sky.signal,
            "answers": self._answers,
            "fail": sky.failing,
            "lose": sky.losing,
            "unknown": sky.untold,
            "momsn": kept.momsn,
            "mtmsn": kept.mtmsn,
            "mo_waiting": len(kept.mo),
            "mt_waiting": len(kept.mt),
            "ringing": kept.ringing,
        }
        return json.dumps(state | self._modem.state())


@asynccontextmanager
async def iridium(
    line: Path, imei: str, mo: Address, mt: int, log_path: Path, session_s: float
) -> AsyncIterator[console.Commands]:
    """Serve modem and gateway until the block ends; the value is their commands."""
    log = Log(log_path)
    kept = Kept(log_path.with_name(log_path.name + ".queue"))
    gateway = Gateway(imei, mo, kept, log)
    sky = Sky(gateway, kept, log, session_s, asyncio.get_running_loop().call_later)
    server = await asyncio.start_server(gateway.serve, HOST, mt)
    terminal = Terminal(line, imei, sky, kept, log)
    gateway.ring = terminal.ring
    delivering = asyncio.create_task(gateway.deliver())
    try:
        yield terminal.commands()
    finally:
        delivering.cancel()
        server.close()
        terminal.close()
        log.close()


def main(
    line: Annotated[Path, typer.Option(help="link to the serial line the Box opens")],
    imei: Annotated[str, typer.Option(parser=words.option(words.imei), metavar="15DIGITS")],
    mo: Annotated[
        Address,
        typer.Option(
            parser=words.option(words.endpoint),
            metavar="HOST:PORT",
            help="where the county takes DirectIP (TCP)",
        ),
    ],
    mt: Annotated[int, typer.Option(help="TCP port where the county brings DirectIP")],
    log: Annotated[Path, typer.Option(help="bytes and payloads, JSON lines; FILE.queue beside")],
    session_ms: Annotated[int, typer.Option(min=1, help="how long a session takes")] = 800,
) -> None:
    """Play an Iridium 9603 on a serial line and Iridium's gateway behind it.

    Commands: signal 0..5, fail N STATUS, lose N, unknown N, garbage HEX, deaf, answer, state.
    """
    console.run(iridium(line, imei, mo, mt, log, session_ms / 1000))


if __name__ == "__main__":
    typer.run(main)
