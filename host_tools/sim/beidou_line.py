"""Sentences on the wire of a BeiDou terminal: `$`, a body, `*`, its checksum, CR LF."""

import functools
import operator
import re

SENTENCE = re.compile(rb"\$([^$\r\n]*)\*([0-9A-F]{2})\r?\n")
MOST_UNREAD = 2048
WRONG = 0x1F  # put on a checksum that is to be wrong


class Reader:
    """Finds whole and true sentences in what is written to a terminal."""

    def __init__(self):
        self._unread = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies of the sentences these bytes complete; others are noise."""
        *lines, self._unread = (self._unread + data)[-MOST_UNREAD:].split(b"\n")
        found = (SENTENCE.search(line + b"\n") for line in lines)
        return [one[1] for one in found if one and int(one[2], 16) == checksum(one[1])]


def checksum(body: bytes) -> int:
    return functools.reduce(operator.xor, body, 0)


def sentence(body: bytes, error: int = 0) -> bytes:
    """Return the body as it goes over the wire; an error of not 0 spoils the checksum."""
    return b"$%b*%02X\r\n" % (body, checksum(body) ^ error)
