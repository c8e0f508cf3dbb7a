"""A serial line inside this computer: a pseudo-terminal that the Box opens through a link."""

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import termios
import tty
from collections.abc import Callable
from pathlib import Path

READ_BYTES = 4096
UNREAD_FOR_S = 3.0  # a living Box reads sooner; what a dead one left is gone, as on a wire


class Pty:
    """One raw pseudo-terminal; heard(data) is called with what the other side writes.

    The slave stays open here as well.  So the master never fails with EIO when the Box is
    killed, and a Box that comes back finds the line as it was.
    """

    def __init__(self, heard: Callable[[bytes], None], link: Path | None = None):
        self._heard = heard
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._forgetting: asyncio.TimerHandle | None = None
        if link is not None:
            _point(link, self.path)
        self._loop.add_reader(self._master, self._read)

    def write(self, data: bytes) -> None:
        """Send bytes to whoever has the line open; what a full line cannot take is dropped."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = self._loop.call_later(UNREAD_FOR_S, self._forget)

    def close(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._loop.remove_reader(self._master)
        if self._link is not None:
            _unpoint(self._link, self.path)
        os.close(self._master)
        os.close(self._slave)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._heard(os.read(self._master, READ_BYTES))

    def _forget(self) -> None:
        if unread(self._slave):
            termios.tcflush(self._slave, termios.TCIFLUSH)


def unread(descriptor: int) -> int:
    """Return how many bytes wait to be read from a terminal."""
    return struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))[0]


def _point(link: Path, target: str) -> None:
    """Make link a symbolic link to target in one step, in place of a stale one."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _unpoint(link: Path, target: str) -> None:
    """Remove the link if it is still ours: the next terminal may get the same number."""
    with contextlib.suppress(OSError):
        if os.readlink(link) == target:
            link.unlink()
