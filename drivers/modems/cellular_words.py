"""What a Quectel EC200, EC2x or EG9x module says: bytes in, events out.  No line, no clock.

Words and shapes are those of the EC200U & EG915U Series TCP/IP Application Note V1.1, 2.4 and
2.5, and of Quectel's AT Commands Manuals, "Summary of URC" and "Summary of CME ERROR Codes".
"""

from collections import namedtuple

from drivers.modems import at_words
from drivers.modems.at_words import ERROR, LINE, OK, Event

PROMPT = ">"  # now the bytes to be sent
SEND_OK, SEND_FAIL = "SEND OK", "SEND FAIL"
RESTARTED = "RDY"
SIM = "+CPIN:"  # value: str, READY, SIM PIN, NOT READY, ...
REGISTRATION = "+CEREG:"  # or +CGREG:; value: int, the status
OPENED = "+QIOPEN:"  # value: (socket, error)
ARRIVED = '"recv"'  # value: the socket that has something to be read
CLOSED = '"closed"'  # value: the socket
DEACTIVATED = '"pdpdeact"'  # value: the context
ADDRESS = '"dnsgip"'  # value: str, what a name stands for, or int, why it stands for nothing
DATAGRAM = "+QIRD:"  # value: Datagram, or None if it came damaged
EMPTY = "+QIRD: 0"  # there is no datagram to be read

MOST_READ = 1500  # bytes of a datagram; of one to be sent the modules take 1460

Datagram = namedtuple("Datagram", ("data", "host", "port"))

_LF = b"\n"
_WORDS = (OK, ERROR, RESTARTED, SEND_OK, SEND_FAIL)
_NUMBERED = (ARRIVED, CLOSED, DEACTIVATED)


class Parser(at_words.Parser):
    """A prompt and a datagram are known only where expect() has said that one is due."""

    def __init__(self):
        super().__init__(self._read_line)
        self._due = self._head = None

    def reset(self):
        super().reset()
        self._due = self._head = None

    def expect(self, kind):
        """A command is about to be given that is answered by a PROMPT, a DATAGRAM, or None."""
        self._due = kind

    def breaks_off(self):
        """Return whether a datagram has begun and not ended."""
        return self._head is not None

    def _begins(self, at):
        if self._head is not None:
            return at == 0
        return self._due == PROMPT and self._held[at : at + 1] == b">"

    def _counted(self):
        if self._head is not None:
            return self._datagram(*self._head)
        self._due, self._held = None, self._held[1:]
        return Event(PROMPT, None)

    def _datagram(self, length, host, port):
        """Take so many bytes as were announced off the front, behind the LF of the header."""
        if not self._held or (self._held[:1] == _LF and len(self._held) <= length):
            return None
        self._head = None
        if self._held[:1] != _LF:
            return Event(DATAGRAM, None)
        data, self._held = self._held[1 : 1 + length], self._held[1 + length :]
        return Event(DATAGRAM, Datagram(data, host, port))

    def _read_line(self, line):
        head = _head(line) if self._due == DATAGRAM else None
        if head is None:
            return _read(line)
        self._due = None
        length = head[0]
        if length == 0:
            return Event(EMPTY, None)
        if length > MOST_READ:
            return Event(DATAGRAM, None)
        self._head = head
        return None


def _head(line):
    """Return (length, host, port) of `+QIRD: 4,"10.7.76.34",7687`, (0, "", 0) of `+QIRD: 0`."""
    if not line.startswith(DATAGRAM):
        return None
    fields = _fields(line[len(DATAGRAM) :])
    if fields == ["0"]:
        return 0, "", 0
    if len(fields) != 3 or not (fields[0].isdigit() and fields[2].isdigit()):
        return None
    return int(fields[0]), _unquoted(fields[1]), int(fields[2])


def _read(line):
    """Return the Event that a line is, whatever it came between."""
    if line in _WORDS:
        return Event(line, None)
    name, colon, rest = line.partition(":")
    reader = _READERS.get(name) if colon else None
    event = reader(_fields(rest)) if reader else None
    return Event(LINE, line) if event is None else event


def _error(fields):
    return Event(ERROR, int(fields[0]) if fields[0].isdigit() else None)


def _sim(fields):
    return Event(SIM, fields[0])


def _registration(fields):
    """An answer is mode, status, ...; a change told of by itself has no mode: no Event."""
    if len(fields) < 2 or not (fields[0].isdigit() and fields[1].isdigit()):
        return None
    return Event(REGISTRATION, int(fields[1]))


def _opened(fields):
    if len(fields) != 2 or not (fields[0].isdigit() and fields[1].isdigit()):
        return None
    return Event(OPENED, (int(fields[0]), int(fields[1])))


def _told(fields):
    """Return the Event of +QIURC: what, ..."""
    if len(fields) < 2:
        return None
    what, value = fields[:2]
    if what == ADDRESS and not value.isdigit():
        return Event(ADDRESS, _unquoted(value))
    if what == ADDRESS and int(value) != 0:
        return Event(ADDRESS, int(value))
    if what in _NUMBERED and value.isdigit():
        return Event(what, int(value))
    return None


_READERS = {
    "+CME ERROR": _error,
    "+CPIN": _sim,
    "+CEREG": _registration,
    "+CGREG": _registration,
    "+QIOPEN": _opened,
    "+QIURC": _told,
}


def _fields(text):
    return [field.strip() for field in text.split(",")]


def _unquoted(text):
    return text.strip('"')
