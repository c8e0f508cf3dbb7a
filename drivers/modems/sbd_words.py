"""What an Iridium 9602 or 9603 says: bytes in, events out.  No line, no clock.

Words and shapes are those of the Iridium ISU AT Command Reference.
"""

from collections import namedtuple

from drivers.modems import at_words
from drivers.modems.at_words import ERROR, LINE, OK, Event

READY, RING = "READY", "SBDRING"
NUMBER = "a number"  # value: int, the numeric result of AT+SBDD and AT+SBDWB
SESSION = "+SBDIX:"  # value: Session
STATUS = "+SBDSX:"  # value: Status
MESSAGE = "a message"  # value: bytes, or None if it came damaged

MOST_BYTES = 340  # of a message to the gateway; those from it are at most 270

Session = namedtuple(
    "Session", ("mo_status", "momsn", "mt_status", "mtmsn", "mt_length", "mt_queued")
)
Status = namedtuple("Status", ("mo_flag", "momsn", "mt_flag", "mtmsn", "ring_alert", "mt_waiting"))

_NUMBERS = 6  # in a Session or a Status
_HIGH_BYTES = (b"\x00", b"\x01")


class Parser(at_words.Parser):
    """A message is known only where expect_message() has said that one is due.

    An answer to AT+SBDRB begins with the high byte of its length, 0 or 1; no line does.  So a
    line that comes in between is told from it, and after damage the next line is read right.
    """

    def __init__(self):
        super().__init__(_read)
        self._message_due = False

    def reset(self):
        super().reset()
        self._message_due = False

    def expect_message(self):
        """AT+SBDRB is about to be asked: a counted message will come, among lines.

        Half a line of before is forgotten: it would swallow the front of the message.
        """
        self.reset()
        self._message_due = True

    def breaks_off(self):
        """Return whether the answer of a session has begun and not ended."""
        return self._held.startswith(SESSION[:-1].encode())

    def _begins(self, at):
        return self._message_due and self._held[at : at + 1] in _HIGH_BYTES

    def _counted(self):
        """Take length, data and sum off the front, once they are all here."""
        if len(self._held) < 2:
            return None
        length = self._held[0] << 8 | self._held[1]
        end = 2 + length + 2 if length <= MOST_BYTES else 2
        if len(self._held) < end:
            return None
        taken, self._held = self._held[:end], self._held[end:]
        self._message_due = False
        data = taken[2:-2]
        return Event(MESSAGE, data if length <= MOST_BYTES and taken[-2:] == sum16(data) else None)


def sum16(data):
    """Return the two bytes that follow a message: its sum modulo 65536, high byte first."""
    return (sum(data) & 0xFFFF).to_bytes(2, "big")


def _read(line):
    """Return the Event that a line of printable characters is."""
    if line in (OK, ERROR, READY, RING):
        return Event(line, None)
    if line.isdigit():
        return Event(NUMBER, int(line))
    for kind, record in ((SESSION, Session), (STATUS, Status)):
        numbers = _numbers(line[len(kind) :]) if line.startswith(kind) else None
        if numbers is not None:
            return Event(kind, record(*numbers))
    return Event(LINE, line)


def _numbers(text):
    """Return the six numbers of ` 0, 12, 1, 3, 5, 0`, or None."""
    try:
        numbers = [int(field) for field in text.split(",")]
    except ValueError:
        return None
    return numbers if len(numbers) == _NUMBERS else None
