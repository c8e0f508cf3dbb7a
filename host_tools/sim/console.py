"""How a person or a test drives a simulator: one line in on standard input, one line out."""

import asyncio
import contextlib
import inspect
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager

from host_tools import keyboard
from host_tools.problems import UNREACHABLE

# A command takes words; what it returns is said behind "ok", in one line.
Command = Callable[..., str | Awaitable[str | None] | None]
Commands = Mapping[str, Command]


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
    _say("ready")
    async for line in keyboard.lines():
        if words := line.decode(errors="replace").split():
            _say(await _answer(commands, *words))


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
