"""What happened, one line each, every line numbered and chained to the one before.

A line ends in #, its number, : and sixteen hex digits: the start of SHA-256 over the previous
line's digits and this line up to the colon, so that a line taken out or changed shows.
"""

import binascii
import hashlib

from protocol.compat import const

_MOST_TEXT = const(200)
_DIGITS = const(16)
_BEGINNING = const("0000000000000000")


class Journal:
    """lines is the board's; timekeeper stamps (it may be told later, see stamped_by)."""

    def __init__(self, lines):
        self._lines = lines
        self._timekeeper = None
        self._count, self._link = _tail_of(lines.last())

    def stamped_by(self, timekeeper):
        self._timekeeper = timekeeper

    def head(self):
        """Return (how many lines since it was begun, the 8 bytes that vouch for all of them)."""
        return self._count, binascii.unhexlify(self._link)

    def note(self, who, what):
        """Write one line: minute, who, what."""
        self._count += 1
        text = self._stamp() + " " + who + ": " + _one_line(what) + " #" + str(self._count)
        digest = hashlib.sha256((self._link + text).encode()).digest()
        self._link = str(binascii.hexlify(digest[: _DIGITS // 2]), "utf-8")
        self._lines.append(text + ":" + self._link)

    def _stamp(self):
        return "-" if self._timekeeper is None else str(self._timekeeper.minute())


def _one_line(what):
    """Return at most 200 characters of plain ASCII: what strangers sent must not forge lines."""
    text = str(what)[:_MOST_TEXT]
    return "".join(c if " " <= c <= "~" and c != "#" else "?" for c in text)


def _tail_of(line):
    """Return (number, digits) of the last line; where it has none, the journal begins anew."""
    count, _, link = line.split("#")[-1].partition(":")
    if not count.isdigit() or len(link) != _DIGITS:
        return 0, _BEGINNING
    return int(count), link
