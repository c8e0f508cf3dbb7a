"""What is plugged in here: the ports of boards that run, the drives of boards that wait."""

import contextlib
import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from host_tools.board.wire import Wire
from host_tools.problems import NOT_FOUND, UNREACHABLE, USAGE, Problem

MICROPYTHON = (0x2E8A, 0x0005)  # how it calls itself on a Pico: vendor, product
DRIVE_NAMES = ("RPI-RP2", "RP2350")
MOUNTED_UNDER = ("/media/*", "/media", "/run/media/*", "/mnt", "/Volumes")
INFO = "INFO_UF2.TXT"
LOOK_S = 0.05
NEW_PORT_S = 10.0  # a port that is new belongs to other programs for a moment


@dataclass(frozen=True)
class Plugged:
    """A board's port; serial is its unique id, as USB tells it."""

    port: str
    serial: str


class Usb:
    """The only one here that asks the machine and its clock; tests bring one of their own."""

    def boards(self) -> list[Plugged]:
        """Return every board that runs MicroPython."""
        return [
            Plugged(one.device, (one.serial_number or "").lower())
            for one in sorted(list_ports.comports())
            if (one.vid, one.pid) == MICROPYTHON
        ]

    def has(self, port: str) -> bool:
        return os.access(port, os.R_OK | os.W_OK)

    def open(self, port: str) -> Any:
        """Return mpremote's transport on this port; Problem where it cannot be had."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                transport = SerialTransport(port)
        except TransportError:
            raise _why_not(port) from None
        transport.serial = Wire(transport.serial)
        return transport

    def drives(self) -> list[Path]:
        """Return every drive that waits for an image where systems usually mount them."""
        places = [f"{top}/{name}" for top in MOUNTED_UNDER for name in DRIVE_NAMES]
        return [Path(found) for place in places for found in glob(place) if is_drive(Path(found))]

    def now_s(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def is_drive(folder: Path) -> bool:
    """Does a board's boot ROM show this folder, and wait for an image there?"""
    return (folder / INFO).is_file()


def wait(usb: Usb, fact: Callable[[], Any], most_s: float) -> Any:
    """Return what the fact becomes once it is true, or the last of it after most_s."""
    end_s = usb.now_s() + most_s
    while not (found := fact()) and usb.now_s() < end_s:
        usb.sleep(LOOK_S)
    return found


def open_soon(usb: Usb, port: str, most_s: float = NEW_PORT_S) -> Any:
    """Open a port that may just have come."""

    def tried() -> Any:
        with contextlib.suppress(Problem):
            return usb.open(port)
        return None

    return wait(usb, tried, most_s) or usb.open(port)


def only_board(usb: Usb) -> str:
    """Return the port of the one board that is plugged in."""
    boards = usb.boards()
    if not boards:
        next_step = "plug it in with a cable that carries data, or name its port"
        raise Problem("no board is plugged in", next_step, NOT_FOUND)
    if len(boards) > 1:
        names = ", ".join(board.port for board in boards)
        raise Problem(f"{len(boards)} boards are plugged in: {names}", "name the one", USAGE)
    return boards[0].port


def back(usb: Usb, port: str, serial: str) -> str:
    """Return where a board that was at this port is now, or nothing."""
    if usb.has(port):
        return port
    return next((one.port for one in usb.boards() if serial and one.serial == serial), "")


def _why_not(port: str) -> Problem:
    if not os.path.exists(port):
        next_step = "plug the board in, or name the port it has"
        return Problem(f"there is no port {port}", next_step, NOT_FOUND)
    if not os.access(port, os.R_OK | os.W_OK):
        next_step = "join the group that may use it (often dialout) and log in again"
        return Problem(f"{port} may not be opened by you", next_step, UNREACHABLE)
    next_step = "close the program that uses it, or name the port of a board"
    return Problem(f"{port} cannot be opened as a serial port", next_step, UNREACHABLE)
