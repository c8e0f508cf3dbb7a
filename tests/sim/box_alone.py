"""A Box process without a village around it, for what it says when it starts."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from host_tools.demo.cast import MICROPYTHON, PORTS, ROOT, board_settings
from host_tools.demo.stage import BOX_SETTINGS, UNIQUE_ID

MAIN = str(ROOT / "boards/sim/main.py")
_PATIENCE_S = 20


def right_settings() -> dict[str, Any]:
    """Return settings that a Box can start with; nobody listens on their ports."""
    ports = {name: 9 for name in PORTS}
    site = {**BOX_SETTINGS["site"], "name": "alone"}
    return {**BOX_SETTINGS, "site": site, "board": board_settings(ports, UNIQUE_ID)}


def write(folder: Path, settings: dict[str, Any] | str) -> str:
    """Write a settings file that holds this; return its path."""
    path = folder / "settings.json"
    path.write_text(settings if isinstance(settings, str) else json.dumps(settings))
    return str(path)


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run MicroPython with these arguments to its end."""
    return subprocess.run(
        [str(MICROPYTHON), *arguments], env=_environment(),
        capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Start MicroPython with these arguments; the value is the first line it says."""
    command = [str(MICROPYTHON), *arguments]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, text=True) as box:
        try:
            yield box.stdout.readline()
        finally:
            box.kill()


def _environment() -> dict[str, str]:
    return {**os.environ, "MICROPYPATH": f"{ROOT}:.frozen"}
