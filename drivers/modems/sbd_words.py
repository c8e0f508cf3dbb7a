"""What an Iridium 9602 or 9603 says: bytes in, events out.  No line, no clock.

Words and shapes are those of the Iridium ISU AT Command Reference.
"""

from collections import namedtuple

OK, ERROR, READY, RING = "OK", "ERROR", "READY", "SBDRING"
NUMBER = "a number"  # value: int, the numeric result of AT+SBDD and AT+SBDWB
SESSION = "+SBDIX:"  # value: Session
STATUS = "+SBDSX:"  # value: Status
MESSAGE = "a message"  # value: bytes, or None if it came damaged
LINE = "a line"  # value: str, any other line: an echo, +CIEV:, ...

MOST_BYTES = 340  # of a message to the gateway; those from it are at most 270

Event = namedtuple("Event", ("kind", "value"))
Session = namedtuple(
    "Session", ("mo_status", "momsn", "mt_status", "mtmsn", "mt_length", "mt_queued")
)
Status = namedtuple("Status", ("mo_flag", "momsn", "mt_flag", "mtmsn", "ring_alert", "mt_waiting"))

_LONGEST_LINE = 128
_NUMBERS = 6  # in a Session or a Status
_CR, _LF = 13, 10


class Parser:
    """Cuts what the modem says into Events, whatever pieces it comes in.

    An answer to AT+SBDRB begins with the high byte of its length, 0 or 1; no line does.  So a
    line that comes in between is told from it, and after damage the next line is read right.
    """

    def __init__(self):
        self._held = b""
        self._skipping = False
        self._message_due = False

    def reset(self):
        """Forget a half of anything."""
        self._held = b""
        self._skipping = False
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

    def feed(self, data):
        """Return the Events that these bytes complete."""
        self._held += data
        events = []
        while True:
            rest = len(self._held)
            self._skip_to_speech()
            event = self._message() if self._at_message() else self._line()
            if event is not None:
                events.append(event)
            elif len(self._held) == rest:
                return events

    def _skip_to_speech(self):
        """Drop line ends and noise in front of a line or a message."""
        if self._skipping:
            return
        start = 0
        while start < len(self._held) and not self._begins_something(self._held[start]):
            start += 1
        self._held = self._held[start:]

    def _begins_something(self, byte):
        return 32 <= byte < 127 or (self._message_due and byte <= 1)

    def _at_message(self):
        return self._message_due and not self._skipping and self._held and self._held[0] <= 1

    def _message(self):
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

    def _line(self):
        """Take a line off the front, once its end is here; too long a line is dropped."""
        end = _end_of_line(self._held)
        if end is None:
            if len(self._held) > _LONGEST_LINE:
                self._held = b""
                self._skipping = True
            return None
        line, self._held = self._held[:end], self._held[end + 1 :]
        skipped, self._skipping = self._skipping, False
        if skipped or end > _LONGEST_LINE or not all(32 <= byte < 127 for byte in line):
            return None
        return _read(line.decode())


def sum16(data):
    """Return the two bytes that follow a message: its sum modulo 65536, high byte first."""
    return (sum(data) & 0xFFFF).to_bytes(2, "big")


def _end_of_line(data):
    for at, byte in enumerate(data):
        if byte in (_CR, _LF):
            return at
    return None


def _read(line):
    """Return the Event that a line of printable characters is."""
    line = line.strip()
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
