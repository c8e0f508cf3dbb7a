"""The amplifier as a process: its bus, its ears, and a person who can cut its loudspeaker line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console
from host_tools.sim.amplifier_model import Amplifier
from host_tools.sim.artefacts import Log
from host_tools.sim.audio import is_sound
from host_tools.sim.modbus_device import Bus
from host_tools.sim.udp import Udp

WATCH_EVERY_S = 0.1


class Controls:
    """What a person can do to the amplifier; each deed is written into the byte log."""

    def __init__(self, amplifier: Amplifier, bus: Bus, log: Log):
        self._amplifier = amplifier
        self._bus = bus
        self._log = log

    def commands(self) -> console.Commands:
        return {
            "line": self._line,
            "mute": lambda: self._mute(True),
            "unmute": lambda: self._mute(False),
            "silent": lambda: self._answer(False),
            "answer": lambda: self._answer(True),
            "unplug": lambda: self._plug(False),
            "plug": lambda: self._plug(True),
            "state": self._state,
        }

    def _line(self, condition: str) -> None:
        if condition not in ("ok", "open", "short"):
            raise ValueError(f"expected line ok, open or short, not {condition!r}")
        self._amplifier.line = condition
        self._log.event(f"line {condition}")

    def _mute(self, muted: bool) -> None:
        self._amplifier.muted = muted
        self._log.event("mute" if muted else "unmute")

    def _answer(self, answers: bool) -> None:
        self._bus.answers = answers
        self._log.event("answer" if answers else "silent")

    def _plug(self, plugged: bool) -> None:
        self._bus.plugged = plugged
        self._log.event("plug" if plugged else "unplug")

    def _state(self) -> str:
        amplifier = self._amplifier
        status, centivolts, milliamps, microphone_db = amplifier.inputs()
        enabled, volume_pct, comm_loss_s = amplifier.holding
        state = {
            "enabled": bool(enabled),
            "volume_pct": volume_pct,
            "comm_loss_s": comm_loss_s,
            "tripped": bool(status & 2),
            "volts": centivolts / 100,
            "milliamps": milliamps,
            "microphone_db": microphone_db,
            "line": amplifier.line,
            "muted": amplifier.muted,
            "answers": self._bus.answers,
            "plugged": self._bus.plugged,
        }
        return json.dumps(state)


@asynccontextmanager
async def amplifier(
    line: Path, hear: int, log_path: Path, address: int
) -> AsyncIterator[console.Commands]:
    """Serve the amplifier until the block ends; the value is its commands."""
    log = Log(log_path)
    device = Amplifier(log.event)
    ear = Udp(lambda data, _sender: device.hear(data) if is_sound(data) else None, hear)
    bus = Bus(line, device, address, log)
    await bus.open()
    watching = asyncio.create_task(_watch(device))
    try:
        yield Controls(device, bus, log).commands()
    finally:
        watching.cancel()
        await bus.close()
        ear.close()
        log.close()


async def _watch(device: Amplifier) -> None:
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        device.watch()


def main(
    line: Annotated[Path, typer.Option(help="link to the serial line the Box opens")],
    hear: Annotated[int, typer.Option(help="UDP port where the sound arrives")],
    log: Annotated[Path, typer.Option(help="byte log, JSON lines")],
    address: Annotated[int, typer.Option(min=1, max=247, help="on the bus")] = 1,
) -> None:
    """Play a 60 W, 100 V line amplifier with Modbus RTU registers, map "line_60w".

    Commands: line ok|open|short, mute, unmute, silent, answer, unplug, plug, state.
    """
    console.run(amplifier(line, hear, log, address))


if __name__ == "__main__":
    typer.run(main)
