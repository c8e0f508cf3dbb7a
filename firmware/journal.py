"""What happened, one line each, every line chained to the one before.

A line ends in # and eight hex digits: the start of SHA-256 over the previous line's
digits and this line's text, so that a line taken out or changed shows.
"""

import binascii
import hashlib

from protocol.compat import const

_MOST_TEXT = const(200)


class Journal:
    """lines is the board's; timekeeper stamps (it may be told later, see stamped_by)."""

    def __init__(self, lines):
        self._lines = lines
        self._timekeeper = None
        self._link = _link_of(lines.last())

    def stamped_by(self, timekeeper):
        self._timekeeper = timekeeper

    def note(self, who, what):
        """Write one line: minute, who, what."""
        text = self._stamp() + " " + who + ": " + _one_line(what)
        digest = hashlib.sha256((self._link + text).encode()).digest()
        self._link = str(binascii.hexlify(digest[:4]), "utf-8")
        self._lines.append(text + " #" + self._link)

    def _stamp(self):
        return "-" if self._timekeeper is None else str(self._timekeeper.minute())


def _one_line(what):
    """Return at most 200 characters of plain ASCII: what strangers sent must not forge lines."""
    text = str(what)[:_MOST_TEXT]
    return "".join(c if " " <= c <= "~" and c != "#" else "?" for c in text)


def _link_of(line):
    return line[-8:] if line[-9:-8] == "#" else "00000000"
