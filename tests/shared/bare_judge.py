"""The judge without proofs, so that a search for new paths is not stopped at every seal.

A story is any bytes: the first says what the rest is, the second under which circumstances, and
whatever has a check gets the right one.  Every string of bytes is a story.
"""

import binascii

from protocol import table_area
from tests.shared import vectors_file
from tests.shared.meanings import digest_of

# Places are never given to another: the stories of the corpus begin with them.
WHATS = ("frame", "payload", "relay", "piece", "pieces", "line", "cobs", "cbor", "ack", "series")
WHATS += ("text", "table", "keyring")
DIGEST_AT = 8  # in a text table
CARRIER, CONSOLE, UNCHECKED = 1, 2, 4
_TAG_BYTES = 8
_MOST_PIECES = 24


class Bare:
    """A cipher that hides nothing and believes everything."""

    def open(self, _key, _nonce, protected, _aad):
        return protected[:-_TAG_BYTES]


def bare_judge():
    return vectors_file.judge_of(vectors_file.head(), Bare(), lambda *_: True)


def told_of(judge, story):
    """Return "verdict digest" of a story."""
    judge.proven.clear()
    verdict, meaning = judge.judge(*read(judge, story))
    return verdict + " " + digest_of(meaning)


def read(judge, story):
    """Return (what, data, carrier, console) as Judge.judge asks for them."""
    what = WHATS[story[0] % len(WHATS)] if story else WHATS[0]
    flags, data = story[1] if story[1:] else 0, story[2:]
    if what == "pieces":
        data = _parted(data)
    elif not flags & UNCHECKED:
        data = _checked(what, data)
    return what, data, judge.address if flags & CARRIER else None, bool(flags & CONSOLE)


def written(what, data, carrier=None, console=False):
    """Return the story of bytes that are checked as they should be, or not, as they are."""
    flags = (CARRIER if carrier is not None else 0) | (CONSOLE if console else 0) | UNCHECKED
    if what == "pieces":
        data = b"".join([bytes((len(one),)) + one for one in data])
    return bytes((WHATS.index(what), flags)) + data


def _checked(what, data):
    """Return a text table or a keyring with the check that belongs to it; all else as it is."""
    if what == "keyring":
        return data + binascii.crc32(data).to_bytes(4, "big")
    if what == "table":
        head, rest = data[:DIGEST_AT], data[DIGEST_AT:]
        return head + table_area.digest(head + bytes(8) + rest) + rest
    return data


def _parted(data):
    """Return the pieces that stand behind a length of one byte each."""
    pieces, at = [], 0
    while at < len(data) and len(pieces) < _MOST_PIECES:
        pieces.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return pieces
