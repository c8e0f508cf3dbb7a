"""What modems say, parser by parser, as it was recorded or stands in their manuals.

SBD: Iridium ISU AT Command Reference, examples of +SBDWB, +SBDIX, +SBDRB, +SBDSX, +CIEV.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from drivers.modems import sbd_words


class Talk(NamedTuple):
    """A parser and what it hears.

    feed(parser, data) returns what it made of it; expect: what may be announced to the parser;
    most_held: bytes that it may keep; mended: a line with its checksum made right, where it has
    one; last, known: a line and what must come of it, whatever came before.
    """

    make: Callable[[], Any]
    feed: Callable[[Any, bytes], list[Any]]
    lines: tuple[bytes, ...]
    expect: tuple[Callable[[Any], None], ...]
    mended: Callable[[bytes], bytes]
    most_held: int
    last: bytes
    known: Any


def _fed(parser: Any, data: bytes) -> list[Any]:
    return parser.feed(data)


def _counted(line: bytes) -> bytes:
    """Return an answer to AT+SBDRB with its length and sum made right."""
    if line[:1] not in (b"\0", b"\1"):
        return line
    data = line[2:-2][: sbd_words.MOST_BYTES]
    return len(data).to_bytes(2, "big") + data + (sum(data) % 65536).to_bytes(2, "big")


_SBD = Talk(
    sbd_words.Parser,
    _fed,
    (
        b"\r\nOK\r\n",
        b"\r\nERROR\r\n",
        b"\r\nREADY\r\n",
        b"\r\nSBDRING\r\n",
        b"\r\n0\r\n\r\nOK\r\n",
        b"\r\n2\r\n\r\nOK\r\n",
        b"AT+SBDIX\r\r\n+SBDIX: 0, 12, 1, 3, 5, 0\r\n\r\nOK\r\n",
        b"\r\n+SBDIX: 32, 7, 2, 0, 0, 0\r\n\r\nOK\r\n",
        b"\r\n+SBDSX: 1, 7, 0, -1, 1, 2\r\n\r\nOK\r\n",
        b"\r\n-MSSTM: 1ab2c3d4\r\n\r\nOK\r\n",
        b"\r\n-MSSTM: no network service\r\n",
        b"\r\n+CIEV:1,0\r\n",
        b"\r\n+CRIS:0,1\r\n",
        b"\r\nHARDWARE FAILURE: 2,14\r\n",
        b"\x00\x05hello\x02\x14",
        b"\x00\x00\x00\x00",
        b"\x01\x54" + b"\xff" * 340 + b"\x52\xac",
    ),
    (sbd_words.Parser.expect_message, sbd_words.Parser.reset),
    _counted,
    2 + sbd_words.MOST_BYTES + 2,
    b"\r\nOK\r\n",
    sbd_words.Event(sbd_words.OK, None),
)

TALKS = {"sbd": _SBD}
