"""Play the script on a fresh stage, keep what it left behind, and let the auditor judge."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx

from host_tools import keyboard
from host_tools.demo import lines
from host_tools.demo.cast import MICROPYTHON, ROOT
from host_tools.demo.player import Player
from host_tools.demo.process import NotReady
from host_tools.demo.roads import USUAL, Road
from host_tools.demo.script import Play
from host_tools.demo.stage import OPERATOR, Stage
from host_tools.demo.watching import Late
from host_tools.problems import INTERRUPTED, NOT_FOUND, Problem

USUAL_FOLDER = ROOT / "build" / "demo"
PASSED, FAILED = 0, 1


def run(
    check: bool,
    keep: Path | None,
    roads: tuple[Road, ...] = USUAL,
    script: Path | None = None,
) -> int:
    """Play the demo, or the fault script in this file; return the exit code.

    check: all of it, unattended, then the audit.
    """
    told = None if script is None else lines.read(script)
    if not MICROPYTHON.exists():
        raise Problem("there is no MicroPython here yet", "run `make setup` first", NOT_FOUND)
    folder = Path(keep) if keep else USUAL_FOLDER
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", file=sys.stderr, flush=True)

    stage = Stage(folder, roads=roads)
    try:
        asyncio.run(_until_told(_play(stage, say, check, told)))
    except (Late, NotReady, httpx.HTTPError) as why:
        say(f"stopped: {why}")
        if not check:
            raise Problem(str(why), f"the logs are in {folder / 'logs'}") from None
        _print_failure(str(why))
        return FAILED
    except asyncio.CancelledError:
        say("stopped before the end")
        return INTERRUPTED if check else PASSED
    return _audited(folder, told is None) if check else PASSED


def _play(
    stage: Stage, say: Any, check: bool, told: list[lines.Line] | None
) -> Coroutine[Any, Any, None]:
    if told is not None:
        return _told(stage, say, check, told)
    return _checked(stage, say) if check else _shown(stage, say)


async def _until_told(play: Coroutine[Any, Any, None]) -> None:
    """Play to the end, or until a signal; either way everything started is stopped."""
    task = asyncio.ensure_future(play)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


async def _checked(stage: Stage, say) -> None:
    async with stage:
        play = Play(stage, say)
        await play.opening()
        await play.call()
        await play.notice()
        await play.danger_cuts_in()
        await play.forgeries()
        await play.late()
        await play.line_fault()
        await play.muted()
        await play.outage()
        await play.closing()
        say("the curtain falls; the auditor listens to what was kept")


async def _shown(stage: Stage, say) -> None:
    async with stage:
        play = Play(stage, say)
        await play.opening()
        await play.call()
        await play.danger_cuts_in()
        _print_invitation(stage)
        await _obey_keys(stage, say)


async def _told(stage: Stage, say, check: bool, told: list[lines.Line]) -> None:
    async with stage:
        player = Player(stage, say)
        await player.opening()
        await player.play(told)
        if check:
            await player.make_good()
            say("the script is over; the auditor listens to what was kept")
            return
        _print_invitation(stage)
        await _obey_keys(stage, say)


async def _obey_keys(stage: Stage, say) -> None:
    """Act on the audience's keys until q, or for ever where nobody can type."""
    commands = {
        "1": ("panel", "press 1 300"),
        "2": ("panel", "press 2 300"),
        "o": ("amplifier", "line open"),
        "O": ("amplifier", "line ok"),
    }
    network, *satellites = stage.roads
    deeds = {
        "c": (Road.cut, [network]),
        "r": (Road.restore, [network]),
        "s": (Road.cut, satellites),
        "S": (Road.restore, satellites),
    }
    async for line in keyboard.lines():
        key = line.decode(errors="replace").strip()
        if key == "q":
            return
        if key == "k":
            say("the Box is killed; it starts again by itself")
            await stage.kill("box")
        elif key in commands:
            with contextlib.suppress(NotReady):
                await stage.tell(*commands[key])
            say(" ".join(commands[key]))
        elif key in deeds:
            deed, roads = deeds[key]
            for road in roads:
                with contextlib.suppress(NotReady):
                    await deed(road, stage.tell)
                say(f"{road.name}: {deed.__name__}")


def _print_invitation(stage: Stage) -> None:
    print(f"""
The county's page   {stage.page}       sign in as {OPERATOR}, password {stage.password}
Compose an order    {stage.compose_page}       passphrase {stage.signing_passphrase}

Type and press Enter:
  1, 2  press a call button            k  kill the Box (it comes back)
  c, r  cut / restore the network      s, S  lose / regain the satellite
  o, O  break / mend the speaker line  q  quit
""", flush=True)  # fmt: skip


def _audited(folder: Path, whole: bool) -> int:
    """Let the auditor speak; its last line is ours.  whole: ask for the demo's own script too."""
    command = [sys.executable, "-m", "tests.audit", str(folder), *(["--demo"] if whole else [])]
    return subprocess.run(command, cwd=ROOT, timeout=120, check=False).returncode


def _print_failure(why: str) -> None:
    print(json.dumps({"verdict": "fail", "why": why}))
