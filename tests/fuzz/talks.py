"""The parsers that hear modems, what each hears, and what of it would be out of bounds."""

from collections.abc import Callable
from typing import Any, NamedTuple

from drivers.modems import beidou_sentences, beidou_words, cellular_words, sbd_words
from host_tools.gateway import beidou_words as gateway_words
from tests.fuzz import modem_lines


class Talk(NamedTuple):
    """A parser and what it hears.

    feed(parser, data) returns what it made of it; expect: what may be announced to the parser;
    mended: a line with its checksum made right, where it has one; most_held: bytes that it may
    keep; last, known: a line and what must come of it, whatever came before; is_sane(event).
    """

    make: Callable[[], Any]
    feed: Callable[[Any, bytes], list[Any]]
    lines: tuple[bytes, ...]
    expect: tuple[Callable[[Any], None], ...]
    mended: Callable[[bytes], bytes]
    most_held: int
    last: bytes
    known: Any
    is_sane: Callable[[Any], bool]


def _fed(parser: Any, data: bytes) -> list[Any]:
    return parser.feed(data)


def _counted(line: bytes) -> bytes:
    """Return an answer to AT+SBDRB with its length and sum made right."""
    if line[:1] not in (b"\0", b"\1"):
        return line
    data = line[2:-2][: sbd_words.MOST_BYTES]
    return len(data).to_bytes(2, "big") + data + (sum(data) % 65536).to_bytes(2, "big")


def _is_sane_sbd(event: sbd_words.Event) -> bool:
    return event.kind != sbd_words.MESSAGE or len(event.value or b"") <= sbd_words.MOST_BYTES


def _is_sane_cellular(event: cellular_words.Event) -> bool:
    if event.kind != cellular_words.DATAGRAM or event.value is None:
        return True
    return 0 < len(event.value.data) <= cellular_words.MOST_READ


def _with_right_sum(line: bytes) -> bytes:
    """Return a BeiDou sentence with the checksum of what stands in it now."""
    begin, star = line.find(b"$"), line.rfind(b"*")
    if begin < 0 or star < begin:
        return line
    total = 0
    for byte in line[begin + 1 : star]:
        total ^= byte
    return line[: star + 1] + b"%02X" % total + line[star + 3 :]


def _meanings(parser: beidou_sentences.Parser, data: bytes) -> list[Any]:
    return [beidou_words.meaning(fields) for fields in parser.feed(data)]


def _is_sane_beidou(meant: Any) -> bool:
    if isinstance(meant, beidou_words.Card):
        return meant.interval_s >= 0
    if isinstance(meant, beidou_words.Feedback):
        return meant.wait_s >= 0
    return True


def _gateway_meanings(reader: gateway_words.Reader, data: bytes) -> list[Any]:
    return [gateway_words.meaning(sentence) for sentence in reader.feed(data)]


def _is_sane_to_the_gateway(meant: Any) -> bool:
    if isinstance(meant, gateway_words.Card):
        return 0 < meant.interval_s <= 3_600
    if isinstance(meant, gateway_words.Feedback):
        return 0 <= meant.wait_s <= 3_600
    return True


_WENT = b"$BDFKI,TXA,Y,Y,0,0040*17\r\n"

TALKS = {
    "sbd": Talk(
        sbd_words.Parser,
        _fed,
        modem_lines.SBD,
        (sbd_words.Parser.expect_message, sbd_words.Parser.reset),
        _counted,
        2 + sbd_words.MOST_BYTES + 2,
        b"\r\nOK\r\n",
        sbd_words.Event(sbd_words.OK, None),
        _is_sane_sbd,
    ),
    "cellular": Talk(
        cellular_words.Parser,
        _fed,
        modem_lines.CELLULAR,
        (
            lambda parser: parser.expect(cellular_words.PROMPT),
            lambda parser: parser.expect(cellular_words.DATAGRAM),
            cellular_words.Parser.reset,
        ),
        bytes,
        cellular_words.MOST_READ + 10,
        b"\r\nOK\r\n",
        cellular_words.Event(cellular_words.OK, None),
        _is_sane_cellular,
    ),
    "beidou": Talk(
        beidou_sentences.Parser,
        _meanings,
        modem_lines.BEIDOU,
        (beidou_sentences.Parser.reset,),
        _with_right_sum,
        300,
        _WENT,
        beidou_words.Feedback(beidou_words.BDS_2, "YY", 0, 40),
        _is_sane_beidou,
    ),
    "gateway_beidou": Talk(
        gateway_words.Reader,
        _gateway_meanings,
        modem_lines.BEIDOU,
        (),
        _with_right_sum,
        gateway_words.MOST_SENTENCE,
        _WENT,
        gateway_words.Feedback(True, 0, 40),
        _is_sane_to_the_gateway,
    ),
}
