"""How a person or a test drives a simulator: one line in on standard input, one line out."""

import asyncio
import contextlib
import inspect
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager

from host_tools.problems import UNREACHABLE

# A command takes words; what it returns is said behind "ok", in one line.
Command = Callable[..., str | Awaitable[str | None] | None]
Commands = Mapping[str, Command]

LINE_BYTES = 8192


def run(simulator: AbstractAsyncContextManager[Commands]) -> None:
    """Say "ready" and obey commands until SIGTERM or Ctrl-C.

    Each command is answered by one line, "ok" or "error: ...".  The end of the input stops
    nothing.  A port or a file that cannot be had ends the process with one sentence.
    """
    try:
        asyncio.run(_until_stopped(simulator))
    except OSError as why:
        print(f"error: {_sentence(why)}", file=sys.stderr)
        raise SystemExit(UNREACHABLE) from None


async def _until_stopped(simulator: AbstractAsyncContextManager[Commands]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with simulator as commands, asyncio.TaskGroup() as tasks:
        obeying = tasks.create_task(_obey(commands))
        await stop.wait()
        obeying.cancel()


async def _obey(commands: Commands) -> None:
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def typed(line: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has just closed
            loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread, because the input may be a pipe, a terminal or a file; a daemon, because its
    # read cannot be interrupted.
    threading.Thread(target=_read_lines, args=(typed,), daemon=True).start()
    _say("ready")
    while True:
        line = await lines.get()
        if words := line.decode(errors="replace").split():
            _say(await _answer(commands, *words))


def _read_lines(typed: Callable[[bytes], None]) -> None:
    """Pass on each line of standard input, unbuffered, until it ends."""
    if sys.stdin is None:
        return
    begun = b""
    with contextlib.suppress(OSError):
        while data := os.read(sys.stdin.fileno(), LINE_BYTES):
            *lines, begun = (begun + data).split(b"\n")
            begun = begun[:LINE_BYTES]
            for line in lines:
                typed(line)


async def _answer(commands: Commands, name: str, *words: str) -> str:
    command = commands.get(name)
    if command is None:
        return f"error: no command {name!r}; there are {', '.join(sorted(commands))}"
    try:
        inspect.signature(command).bind(*words)
    except TypeError:
        return f"error: expected {' '.join([name, *_parameters(command)])}"
    try:
        answer = command(*words)
        if inspect.isawaitable(answer):
            answer = await answer
    except ValueError as why:
        return f"error: {why}"
    return f"ok {answer}" if answer else "ok"


def _parameters(command: Command) -> list[str]:
    """Return the words a command wants: NAME, or [NAME] if it can be left out."""
    wanted = inspect.signature(command).parameters.values()
    return [
        p.name.upper() if p.default is p.empty else f"[{p.name.upper()}={p.default}]"
        for p in wanted
    ]


def _say(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # who started us is gone; the Box may not be
        print(line, flush=True)


def _sentence(why: OSError) -> str:
    what = why.strerror or str(why)
    return f"{why.filename}: {what}" if why.filename else what
