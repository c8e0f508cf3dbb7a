"""A Pico Box as one process: the real image on an emulated RP2040, its wires on real peers."""

import asyncio
import json
import os
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from host_tools.sim import console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.chip.board import Note, PicoBox
from host_tools.sim.chip.chip import MS, Chip
from host_tools.sim.chip.flash import PowerCut
from host_tools.sim.chip.flash_file import FlashFile
from host_tools.sim.chip.live import Bridge, Lag, live
from host_tools.sim.chip.probe import Probe, Symbols, shrink_heap
from host_tools.sim.chip.usb_port import UsbPort
from host_tools.sim.udp import HOST, Udp
from host_tools.sim.words import Address

BOOT_S = 60.0
MOST_SAID = 4096
SAYS = (b"ready", b"safe mode", b">>> ")
LONGEST_HANG_MS = 60_000
MOST_OPERATIONS = 1_000_000
ENDED_BY_ITSELF = 1


class Peers(NamedTuple):
    """Where the wires lead: links of pseudo-terminals (None: cut), and a port for the sound."""

    amplifier: Path | None
    sbd: Path | None
    panel: Path | None
    sound: int


class Bench:
    """What a person can do to the board, and read off it; probe: None without an ELF file."""

    def __init__(self, box: PicoBox, probe: Probe | None, note: Note):
        self._box = box
        self._probe = probe
        self._note = note

    def commands(self) -> console.Commands:
        return {
            "reset": self._reset,
            "cut": lambda after="0": self._cut(after, torn=False),
            "tear": lambda after="0": self._cut(after, torn=True),
            "hang": self._hang,
            "forget": self._forget,
            "state": self._state,
        }

    def _reset(self) -> None:
        self._note(event="reset pushed")
        self._box.chip.push_reset()

    def _cut(self, after: str, *, torn: bool) -> None:
        operations = words.whole(after, 0, MOST_OPERATIONS)
        self._note(event=f"power goes {'in' if torn else 'at'} flash operation {operations}")
        self._box.chip.flash.cut_power(operations, torn=torn)

    def _hang(self, ms: str) -> None:
        held_ms = words.whole(ms, 1, LONGEST_HANG_MS)
        self._note(hung=held_ms)
        self._box.chip.engine.stall(held_ms * MS)

    def _forget(self) -> None:
        if self._probe:
            self._probe.forget()

    def _state(self) -> str:
        return json.dumps(self._box.state() | (self._probe.state() if self._probe else {}))


@asynccontextmanager
async def pico(
    image: Path | None,
    flash: Path,
    log_path: Path,
    peers: Peers,
    usb: Path,
    elf: Path | None,
    heap: int,
    lag: Path | None,
) -> AsyncIterator[console.Commands]:
    """Run the board until the block ends; the value is its commands."""
    async with AsyncExitStack() as opened:
        log = Log(log_path)
        opened.callback(log.close)
        kept = FlashFile(flash, image)
        chip = Chip(kept.content)
        kept.follow(chip.flash)
        behind = Lag(lag)

        def note(**fact: int | str) -> None:
            log.write(behind.now(), ms=round(chip.now_ms, 3), **fact)

        box = PicoBox(chip, note)
        probe = _probe(chip, elf, heap)
        bridges = _wired(opened, box, peers)
        said = bytearray()
        port = UsbPort(chip, _keeping(note, said), usb, usb.with_name("RPI-RP2"))
        opened.callback(port.close)
        living = asyncio.create_task(live(chip, bridges, port.look, behind))
        living.add_done_callback(_is_over)
        opened.push_async_callback(_ended, living)
        await _up(chip, said)
        yield Bench(box, probe, note).commands()


def _probe(chip: Chip, elf: Path | None, heap: int) -> Probe | None:
    if elf is None:
        return None
    symbols = Symbols(elf)
    if heap:
        shrink_heap(chip, symbols, heap)
    return Probe(chip, symbols)


def _wired(opened: AsyncExitStack, box: PicoBox, peers: Peers) -> list[Bridge]:
    cable = Udp(lambda _data, _sender: None)
    opened.callback(cable.close)
    speaker = Address(HOST, peers.sound)
    box.on_sound = lambda pcm: cable.send(pcm, speaker)
    wires = (
        (box.rs485, peers.amplifier),
        (box.satellite, peers.sbd),
        (box.panel, peers.panel),
    )
    bridges = [Bridge(wire, path) for wire, path in wires if path is not None]
    for bridge in bridges:
        opened.callback(bridge.close)
    return bridges


def _keeping(note: Note, said: bytearray) -> Callable[[bytes], None]:
    """Return what keeps the words the board prints; the first of them also go into said."""

    def printed(data: bytes) -> None:
        said.extend(data[: MOST_SAID - len(said)])
        note(console=data.decode(errors="replace"))

    return printed


async def _up(chip: Chip, said: bytearray) -> None:
    """Wait until the board says that it is up, waits for an image, or took too long to boot."""
    with suppress(TimeoutError):
        async with asyncio.timeout(BOOT_S):
            while not (chip.wants_image or any(word in said for word in SAYS)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def _ended(living: asyncio.Task[None]) -> None:
    living.cancel()
    with suppress(asyncio.CancelledError):
        await living


def _is_over(living: asyncio.Task[None]) -> None:
    """A board without power says nothing more; what is wrong with the emulator is shown."""
    if living.cancelled():
        return
    why = living.exception()
    if why is not None and not isinstance(why, PowerCut):
        traceback.print_exception(why)
    os._exit(ENDED_BY_ITSELF)


def main(  # noqa: PLR0913, PLR0917 - one for each wire
    flash: Annotated[Path, typer.Option(help="what its flash holds, kept over power cuts")],
    usb: Annotated[Path, typer.Option(help="make this link to its USB port; RPI-RP2 beside it")],
    log: Annotated[Path, typer.Option(help="relay, sound, resets, console: JSON lines")],
    image: Annotated[
        Path | None, typer.Option(help="a UF2 that is in its flash if FLASH is not there yet")
    ] = None,
    elf: Annotated[
        Path | None, typer.Option(help="the image's .elf: state then tells heap and gaps")
    ] = None,
    heap: Annotated[int, typer.Option(help="with --elf: give MicroPython only so many bytes")] = 0,
    lag: Annotated[
        Path | None, typer.Option(help="8 bytes: here stands how many seconds it is too slow")
    ] = None,
    amplifier: Annotated[Path | None, typer.Option(help="link to the RS-485 peer")] = None,
    sbd: Annotated[Path | None, typer.Option(help="link to the satellite modem")] = None,
    panel: Annotated[Path | None, typer.Option(help="link to buttons and lamps")] = None,
    sound: Annotated[int, typer.Option(help="UDP port of the loudspeaker cable")] = 0,
) -> None:
    """Play a Pico Box: an emulated RP2040 and all that is soldered to it.

    A blank one waits for a UF2 file in the folder RPI-RP2 beside the link.

    Commands: reset, cut [N] and tear [N] (the power, at or in the flash operation after N more),
    hang MS, forget (peaks begin anew), state.
    """
    console.run(pico(image, flash, log, Peers(amplifier, sbd, panel, sound), usb, elf, heap, lag))


if __name__ == "__main__":
    typer.run(main)
