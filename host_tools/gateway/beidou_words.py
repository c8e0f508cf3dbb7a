"""BeiDou sentences as bytes: what a command terminal says and is told on its serial line.

"$", fields between commas, "*" and the exclusive or of all in between as two hexadecimal digits.
Two dialects: 2.1 (`$CCTXA`, `$BDICI` ...) and BDS-3 regional (`$CCTCQ`, `$BDICP` ...).  Sources:
tables and recorded sentences of public manuals and drivers (jnwpu.org, acctech.com.cn).
"""

import re
from typing import NamedTuple

MOST_PAYLOAD = 77  # bytes: a common civil card's 628 bits, less the byte that says "mixed"
MOST_SENTENCE = 1_200  # bytes; BDS-3 has fewer than 1,000 characters of data
ASK_CARD = (b"$CCICR,0,00*68\r\n", b"$CCICA,0,00*7B\r\n")  # BDS-3, 2.1

_SENTENCE = re.compile(rb"\$([^$*\r\n]{1,%d})\*([0-9A-Fa-f]{2})" % MOST_SENTENCE)
_MIXED = 0xA4  # first byte of data that is text and bytes; no frame from a Box begins so
_TEXT = b"0"  # how data of a 2.1 message is written: characters, not hexadecimal digits
_USUAL_INTERVAL_S = 60
_LONGEST_S = 3_600  # that an interval or a wait is believed
_REASONS = {
    0: "it does not say why", 1: "too early", 2: "sending is suppressed", 3: "radio silence",
    4: "no signal is locked", 5: "there is no card", 6: "the card may not", 11: "wrong checksum",
}  # fmt: skip


class Card(NamedTuple):
    """The terminal's own card; regional: it speaks BDS-3."""

    number: str
    interval_s: int
    regional: bool

    @property
    def is_there(self) -> bool:
        """Return whether it is one: a terminal without a card names the card 0."""
        return self.number.strip("0") != ""


class Feedback(NamedTuple):
    """What became of a request to send; wait_s: nothing more goes before."""

    yes: bool
    reason: int
    wait_s: int

    @property
    def refusal(self) -> str | None:
        """Return why it was not sent, or None when it was: "Y" with a reason is no success."""
        if self.yes and not self.reason:
            return None
        if self.wait_s:
            return "too early"
        return _REASONS.get(self.reason, f"reason {self.reason}")


class Message(NamedTuple):
    """What another card sent; broken: why its data is no payload."""

    sender: str
    payload: bytes
    broken: str


class Reader:
    """Finds the right sentences in what a line brings; all else is dropped."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the sentences that these bytes complete, without "$" and checksum."""
        self._held += data
        found = list(_SENTENCE.finditer(self._held))
        begun = self._held.rfind(b"$", found[-1].end() if found else 0)
        self._held = self._held[begun:] if begun >= 0 else b""
        if len(self._held) > MOST_SENTENCE:
            self._held = b""
        return [
            body for body, check in (f.groups() for f in found) if _xor(body) == int(check, 16)
        ]


def meaning(sentence: bytes) -> Card | Feedback | Message | None:
    """Return what a sentence says, or None where it says nothing that we ask for."""
    fields = sentence.split(b",")
    read = _READ.get(fields[0])
    try:
        return read(fields) if read else None
    except (ValueError, IndexError):
        return None


def request(card: Card, to: str, payload: bytes) -> bytes:
    """Return the sentence that asks this terminal to send bytes to a card."""
    digits = payload.hex().upper()
    if card.regional:  # Lf1, no confirmation, code, one shot
        return _written(f"CCTCQ,{to},2,1,2,{digits},0")
    return _written(f"CCTXA,{to},1,2,{_MIXED:02X}{digits}")  # normal, mixed


def _card(fields: list[bytes]) -> Card:
    """BDICI has the interval in its 5th field, BDICP in its 14th."""
    regional = fields[0] == b"BDICP"
    interval_s = _whole(fields[14 if regional else 5])
    if not 0 < interval_s <= _LONGEST_S:
        interval_s = _USUAL_INTERVAL_S
    return Card(_number(fields[1]), interval_s, regional)


def _feedback(fields: list[bytes]) -> Feedback | None:
    """BDFKI names the command in its 1st field, or after the time of day in its 2nd."""
    if fields[1] == b"TXA":
        yes = fields[2]
    elif fields[2] == b"TCQ":
        yes = fields[3]
    else:
        return None
    wait_s = min(_whole(fields[5] or b"0"), _LONGEST_S)
    return Feedback(yes == b"Y", _whole(fields[4]), wait_s)


def _message_21(fields: list[bytes]) -> Message:
    return _message(fields[2], fields[3] == _TEXT, fields[-1])


def _message_regional(fields: list[bytes]) -> Message:
    return _message(fields[1], False, fields[-1])


def _message(sender: bytes, is_text: bool, data: bytes) -> Message:
    try:
        payload = bytes.fromhex("" if is_text else data.decode())
    except ValueError:
        payload = b""
    broken = "" if payload else "characters, not the bytes of a frame"
    if payload[:1] == bytes((_MIXED,)):
        payload = payload[1:]
    return Message(_number(sender), payload or data, broken)


def _number(field: bytes) -> str:
    """Return a card's number as the register has it: 7 digits, whatever zeros lead."""
    if not field.isdigit() or len(field) > 8:
        raise ValueError("not a card's number")
    return f"{int(field):07d}"


def _whole(field: bytes) -> int:
    """Return what digits write; int() would take a sign, blanks and underscores as well."""
    if not field.isdigit():
        raise ValueError("not a number")
    return int(field)


def _written(body: str) -> bytes:
    return f"${body}*{_xor(body.encode()):02X}\r\n".encode()


def _xor(body: bytes) -> int:
    check = 0
    for byte in body:
        check ^= byte
    return check


_READ = {
    b"BDICI": _card,
    b"BDICP": _card,
    b"BDFKI": _feedback,
    b"BDTXR": _message_21,
    b"BDTCI": _message_regional,
}
