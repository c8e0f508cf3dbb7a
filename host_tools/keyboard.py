"""What somebody types, line by line, without keeping the program from ending."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable

LINE_BYTES = 8192


async def lines() -> AsyncIterator[bytes]:
    """Yield each line of standard input; where it ends, or nobody can type, wait for ever."""
    typed: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def take(line: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has just closed
            loop.call_soon_threadsafe(typed.put_nowait, line)

    # A thread, because the input may be a pipe, a terminal or a file; a daemon, because its
    # read cannot be interrupted.
    threading.Thread(target=_read_lines, args=(take,), daemon=True).start()
    while True:
        yield await typed.get()


def _read_lines(take: Callable[[bytes], None]) -> None:
    """Pass on each line of standard input, unbuffered, until it ends."""
    if sys.stdin is None:
        return
    begun = b""
    with contextlib.suppress(OSError):
        while data := os.read(sys.stdin.fileno(), LINE_BYTES):
            *whole, begun = (begun + data).split(b"\n")
            begun = begun[:LINE_BYTES]
            for line in whole:
                take(line)
