"""What a modem that takes AT commands says, cut into Events: bytes in, events out.

No line, no clock.  Lines end with CR or LF (ITU-T V.250, 5.7.1); bytes that a modem counted
come among them, and whatever it says by itself in between.
"""

from collections import namedtuple

OK, ERROR = "OK", "ERROR"
LINE = "a line"  # value: str, any line that has no other kind: an echo, +CSQ:, ...

Event = namedtuple("Event", ("kind", "value"))

_LONGEST_LINE = 128


class Parser:
    """read(line) returns the Event that a line of printable characters is.

    A subclass says in _begins() where something else than a line begins, and takes it off the
    front in _counted().
    """

    def __init__(self, read):
        self._held = b""
        self._skipping = False
        self._read = read

    def reset(self):
        """Forget a half of anything."""
        self._held = b""
        self._skipping = False

    def feed(self, data):
        """Return the Events that these bytes complete."""
        self._held += data
        events = []
        while True:
            rest = len(self._held)
            event = self._next()
            if event is not None:
                events.append(event)
            elif len(self._held) == rest:
                return events

    def _begins(self, at):
        """Return whether something else than a line begins here, with the byte at `at`."""
        raise NotImplementedError

    def _counted(self):
        """Take it off the front and return its Event; None while it is not whole."""
        raise NotImplementedError

    def _next(self):
        if not self._skipping:
            self._skip_to_speech()
            if self._begins(0):
                return self._counted()
        return self._line()

    def _skip_to_speech(self):
        """Drop line ends, blanks and noise in front of what is said."""
        start, end = 0, len(self._held)
        while start < end and not (32 < self._held[start] < 127 or self._begins(start)):
            start += 1
        self._held = self._held[start:]

    def _line(self):
        """Take a line off the front, once its end is here; too long a line is dropped."""
        end = _end_of_line(self._held)
        if end < 0:
            if len(self._held) > _LONGEST_LINE:
                self._held = b""
                self._skipping = True
            return None
        line, self._held = self._held[:end], self._held[end + 1 :]
        skipped, self._skipping = self._skipping, False
        if skipped or end > _LONGEST_LINE or not all(32 <= byte < 127 for byte in line):
            return None
        return self._read(line.decode().strip())


def _end_of_line(data):
    """Return where the first CR or LF is, or -1."""
    ends = [at for at in (data.find(b"\r"), data.find(b"\n")) if at >= 0]
    return min(ends) if ends else -1
