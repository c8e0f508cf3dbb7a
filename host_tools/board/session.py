"""A board that listens to us: its program stopped, its raw REPL open, until it is let go."""

import contextlib
import io
import json
import struct
from collections.abc import Iterator
from typing import Any

from mpremote.transport import TransportError

from host_tools.board.usb import Usb, open_soon
from host_tools.board.wire import words
from host_tools.problems import MISMATCH, UNREACHABLE, Problem

ENTER_TRIES = 3
ENTER_S = 6.0  # a Box stops its amplifier first, and that takes up to 2 s
RUN_S = 20.0
GONE_S = 5.0
# The last answer leaves before the port does.
GO_ON = "import time, machine\ntime.sleep_ms(100)\nmachine.reset()"
TAKE_IMAGE = "import time, machine\ntime.sleep_ms(100)\nmachine.bootloader()"

_FAULTS = (TransportError, OSError, struct.error)


class Session:
    """The raw REPL of the board at port, with nothing of what ran there left in its memory."""

    def __init__(self, transport: Any, port: str):
        self.port = port
        self._transport = transport
        self._wire = transport.serial
        self._listens = False

    def begin(self) -> None:
        """Stop what runs there and restart the interpreter without it; also to begin anew.

        A Ctrl-C while a board starts is lost, so it is pressed more than once.
        """
        for tries_left in reversed(range(ENTER_TRIES)):
            with self._problems():
                try:
                    self._wire.allow(ENTER_S)
                    self._transport.enter_raw_repl(soft_reset=True, timeout_overall=ENTER_S)
                    self._listens = True
                    return
                except (TransportError, struct.error):
                    if not tries_left:
                        raise

    def run(self, code: str) -> str:
        """Run code there and return what it printed; Problem with the last line it failed with."""
        with self._problems():
            self._wire.allow(RUN_S)
            printed, error = self._transport.exec_raw(code, timeout=RUN_S)
        if error:
            last = words(error).rpartition("\n")[2]
            why = f"the board on {self.port} could not do it: {last}"
            raise Problem(why, "begin again; if it stays so, the board is damaged", MISMATCH)
        return printed.decode(errors="replace")

    def ask(self, code: str) -> Any:
        """Run code that prints one JSON value; return it."""
        printed = self.run(code)
        try:
            return json.loads(printed)
        except (ValueError, RecursionError):
            raise self.nonsense() from None

    def leave(self, code: str) -> None:
        """Run code that takes the port away (GO_ON, TAKE_IMAGE), and wait until it is gone."""
        with contextlib.suppress(*_FAULTS), contextlib.redirect_stdout(io.StringIO()):
            self._wire.allow(GONE_S)
            self._transport.exec_raw_no_follow(code)
            while True:
                self._wire.read(1)
        self.close()

    def let_go(self) -> None:
        """End it; a board that listened to us goes on with its own work."""
        if self._listens:
            self.leave(GO_ON)
        self.close()

    def close(self) -> None:
        self._listens = False
        with contextlib.suppress(OSError):
            self._wire.close()

    def nonsense(self) -> Problem:
        why = f"what answers on {self.port} does not speak as MicroPython does"
        return Problem(why, "name the port of a Pico, or flash it with BOOTSEL held", MISMATCH)

    @contextlib.contextmanager
    def _problems(self) -> Iterator[None]:
        """mpremote prints what it did not expect; a board's words are not our data."""
        heard_before = self._wire.heard
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except OSError:
            self.close()
            why = f"the board on {self.port} went away in the middle"
            raise Problem(why, "plug it in again and begin anew", UNREACHABLE) from None
        except (TransportError, struct.error):
            if self._wire.heard > heard_before:
                raise self.nonsense() from None
            why = f"the board on {self.port} does not answer"
            next_step = "unplug it and plug it in again, with BOOTSEL held if that does not help"
            raise Problem(why, next_step, UNREACHABLE) from None


@contextlib.contextmanager
def opened(usb: Usb, port: str, patience_s: float = 0.0) -> Iterator[Session]:
    """Give a Session that has begun, and let go of it whatever happens."""
    session = Session(open_soon(usb, port, patience_s), port)
    try:
        session.begin()
        yield session
    finally:
        session.let_go()
