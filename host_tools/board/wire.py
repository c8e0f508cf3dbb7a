"""A serial port that gives up: whatever is asked of it ends, in time or with an error."""

import time
from collections.abc import Callable
from typing import Any

from mpremote.transport import TransportError
from serial import SerialTimeoutException

LOOK_S = 0.1
MOST_WRITING_S = 5.0
TOO_LATE = "no answer in time"


def words(data: bytes) -> str:
    """Return what a board said as text that may be shown: no control characters but line ends."""
    text = data.decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n").strip()


class Wire:
    """Stands before pyserial's port for mpremote, which would wait, and read noise, for ever.

    What is not done when the time from allow() is over raises TransportError; a board that was
    unplugged raises OSError.  heard counts bytes.
    """

    def __init__(self, serial: Any, now: Callable[[], float] = time.monotonic):
        self._serial = serial
        self._now = now
        self._deadline = now()
        self.heard = 0
        serial.timeout, serial.write_timeout = LOOK_S, MOST_WRITING_S

    def allow(self, seconds: float) -> None:
        self._deadline = self._now() + seconds

    def read(self, count: int) -> bytes:
        """Return exactly count bytes."""
        data = b""
        while len(data) < count:
            self._look_at_the_clock()
            data += self._serial.read(count - len(data))
        self.heard += count
        return data

    def write(self, data: bytes) -> None:
        self._look_at_the_clock()
        try:
            self._serial.write(data)
        except SerialTimeoutException:
            raise TransportError(TOO_LATE) from None

    def inWaiting(self) -> int:  # noqa: N802 - mpremote asks by this name
        self._look_at_the_clock()
        return self._serial.in_waiting

    def close(self) -> None:
        self._serial.close()

    def _look_at_the_clock(self) -> None:
        if self._now() >= self._deadline:
            raise TransportError(TOO_LATE)
