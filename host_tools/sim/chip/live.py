"""Lets the emulated chip live among processes: its lines on ptys, its time tied to theirs."""

import asyncio
import contextlib
import mmap
import os
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from host_tools.sim.chip.chip import Chip

_READ_BYTES = 512
_STEP_MS = 1.0
_AHEAD_S = 0.002
_CELL_BYTES = 8


class Wire(Protocol):
    """A serial port of the chip, or what stands between it and its wire."""

    on_byte: Callable[[int], None] | None

    def arrive(self, data: bytes) -> None: ...


class Bridge:
    """Carries bytes between one wire of the chip and the pseudo-terminal at path."""

    def __init__(self, wire: Wire, path: Path):
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._descriptor)
        self._wire = wire
        self._out = bytearray()
        wire.on_byte = self._out.append

    def carry(self) -> None:
        """Move what has come since the last time, both ways; a full terminal loses bytes."""
        with contextlib.suppress(BlockingIOError):
            if data := os.read(self._descriptor, _READ_BYTES):
                self._wire.arrive(data)
        if self._out:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptor, bytes(self._out))
            self._out.clear()

    def close(self) -> None:
        os.close(self._descriptor)


class Lag:
    """By how much the chip lags behind the wall's clock, in seconds, in a file others can map."""

    def __init__(self, path: Path | None):
        if path is None:
            self._cell = memoryview(bytearray(_CELL_BYTES)).cast("d")
            return
        with path.open("r+b") as file:
            shared = mmap.mmap(file.fileno(), _CELL_BYTES)
        self._cell = memoryview(shared).cast("d")  # one store, where struct would clear it first

    def now(self) -> float:
        """Return the time of the chip and of all who are as late as it, in seconds since 1970."""
        return time.time() - self._cell[0]

    def add(self, seconds: float) -> None:
        self._cell[0] += seconds


async def live(chip: Chip, bridges: list[Bridge], look: Callable[[], None], lag: Lag) -> None:
    """Run the chip for ever, looking around each ms; its time never runs ahead of the wall's.

    When it is slower than the wall, that is never caught up with: the lag has grown.
    """
    begun_s, begun_ms = time.monotonic(), chip.now_ms
    while True:
        chip.run_ms(_STEP_MS)
        for bridge in bridges:
            bridge.carry()
        look()
        ahead_s = (chip.now_ms - begun_ms) / 1000 - (time.monotonic() - begun_s)
        if ahead_s < 0:
            lag.add(-ahead_s)
            begun_s -= ahead_s
        await asyncio.sleep(ahead_s if ahead_s > _AHEAD_S else 0)
