"""What a Box says on its console while it starts."""

import contextlib

from mpremote.transport import TransportError

from host_tools.board.usb import Usb, back, open_soon, wait
from host_tools.board.wire import words
from host_tools.problems import MISMATCH, UNREACHABLE, Problem

READY = "ready"
SAFE_MODE = "safe mode: "
START_S = 30.0
MOST_LINE_BYTES = 1024


def until_ready(usb: Usb, port: str, serial: str) -> str:
    """Wait until the restarted Box says that it is ready; return its port.

    A Box that says what is wrong with it instead is a Problem with its own sentence.
    """
    found = wait(usb, lambda: back(usb, port, serial), START_S)
    line = _said(usb, found) if found else ""
    if line.startswith(SAFE_MODE):
        why = f"the Box on {found} is in safe mode: {line.removeprefix(SAFE_MODE)}"
        raise Problem(why, "put that right and provision it again", MISMATCH)
    if line != READY:
        why = f"the Box on {port} has its keys and did not say {READY}"
        raise Problem(why, "unplug it, plug it in and watch its console", UNREACHABLE)
    return found


def _said(usb: Usb, port: str) -> str:
    """Return the first line that tells how the start went, or nothing."""
    wire = open_soon(usb, port).serial
    wire.allow(START_S)
    line = b""
    with contextlib.suppress(TransportError, OSError):
        while not _tells(line):
            line = line[-MOST_LINE_BYTES:] if not line.endswith(b"\n") else b""
            line += wire.read(1)
    wire.close()
    return words(line)


def _tells(line: bytes) -> bool:
    return line.endswith(b"\n") and line.startswith((READY.encode(), SAFE_MODE.encode()))
