"""The cable from the Box's sound device to the amplifier, with a recorder clipped onto it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from host_tools.sim import console
from host_tools.sim.recording import SAMPLE_BYTES, Recording
from host_tools.sim.udp import HOST, Udp
from host_tools.sim.words import Address

CHUNK_BYTES = 1600  # 100 ms
HEADER_EVERY_S = 1.0


def is_sound(data: bytes) -> bool:
    """Is this a datagram of a sound device: up to 100 ms of whole 16-bit samples?"""
    return 0 < len(data) <= CHUNK_BYTES and len(data) % SAMPLE_BYTES == 0


@asynccontextmanager
async def audio(listen: int, forward: int, folder: Path) -> AsyncIterator[console.Commands]:
    """Carry and record sound; there are no commands."""

    amplifier = Address(HOST, forward)

    def heard(data: bytes, _sender: Address) -> None:
        if not is_sound(data):
            return
        arrived = time.time()
        cable.send(data, amplifier)
        recording.add(data, arrived)

    cable = Udp(heard, listen)
    recording = Recording(folder, time.time())
    headers = asyncio.create_task(_keep_headers(recording))
    try:
        yield {}
    finally:
        headers.cancel()
        cable.close()
        recording.close()


async def _keep_headers(recording: Recording) -> None:
    while True:
        await asyncio.sleep(HEADER_EVERY_S)
        recording.keep_header()


def main(
    listen: Annotated[int, typer.Option(help="UDP port the Box's sound device sends to")],
    forward: Annotated[int, typer.Option(help="UDP port of the amplifier's --hear")],
    folder: Annotated[Path, typer.Option("--dir", help="where line.wav and stamps.jsonl go")],
) -> None:
    """Record what the Box plays (16-bit mono PCM, 8000 Hz) and pass it to the amplifier."""
    console.run(audio(listen, forward, folder))


if __name__ == "__main__":
    typer.run(main)
