"""A second decoder of the wire protocol: header, SEALED and SIGNED proof, Ack and Call.

It was written from protocol/README.md alone, by someone who had seen nothing else of the
product, and shares no code with it. What the two agree on is therefore what the page says.
Pure: bytes in, values out, no I/O and no state. It reads what a *road* brings: OPEN frames
(a technician's console) and fragments are refused as the page refuses them there.
"""

from typing import NoReturn, TypeAlias, TypedDict

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Value: TypeAlias = "bool | int | bytes | str | list[Value] | None"

PROTOCOL = b"fengsui/1"
OPEN, SEALED, SIGNED, LOCAL = 0, 1, 2, 5
PROOF_BYTES = {OPEN: 2, SEALED: 8, SIGNED: 64, LOCAL: 8}
RESERVED_TYPE = 31
SHORTEST_FRAME, LONGEST_FRAME = 5, 600
LAST_BOX = 0xEFFF
LAST_SEQ = 0xFFFFFF

MAY_CARRY = {
    (SEALED, "up"): frozenset(range(1, 17)),
    (SEALED, "down"): frozenset({1, 2, 3, 6, 7, 10, 11, 12, 14}),
    (SIGNED, "down"): frozenset({4, 5, 8, 9, 13}),
    (LOCAL, "up"): frozenset({3, 6, 7, 8, 9, 10, 11}),
    (LOCAL, "down"): frozenset({1, 2, 3, 6, 7, 10, 11, 12}),
}

LONGEST_ARRAY = 64
MOST_ARRAYS_AROUND = 2
MOST_FIELDS_BEHIND = 16
SIMPLE: dict[int, bool | None] = {0xF4: False, 0xF5: True, 0xF6: None}
UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY = range(5)
LEAST_OF_WIDTH = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}

ACK_FIELDS = 1
ACK_BASE_BYTES, ACK_BYTES = 3, 11
CALL_FIELDS = 3
CALL_KINDS = ("help", "fire", "flood", "medical")
MINUTE_LIMIT = (1 << 32) - 1


class Refused(ValueError):
    """What was read is refused; `reason` is the page's own name for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Header(TypedDict):
    """A frame's header; `rest` is all that stands behind it, body and proof."""

    mode: int
    direction: str
    type: int
    priority: int
    ack_wanted: bool
    address: int
    seq: int
    rest: bytes


class Call(TypedDict):
    """The fields of a Call; `kind` is the word, not its place in the list."""

    button: int
    kind: str
    minute: int


# --- the frame ---------------------------------------------------------------------------


def header(data: bytes, elided_address: int | None = None) -> Header:
    """The header of a frame that a road brought; rows 1 to 7 of the page's refusals.

    `elided_address` is the Box that the road's carrier names, if it names one.
    """
    _ask_first_bytes(data)
    address, at = _address(data, elided_address)
    if data[0] & 0x04:
        raise Refused("BadFrame")
    found = _fields(data, address, at)
    if len(found["rest"]) < 1 + PROOF_BYTES[found["mode"]]:
        raise Refused("BadFrame")
    if found["type"] not in MAY_CARRY.get((found["mode"], found["direction"]), ()):
        raise Refused("NotPermitted")
    return found


def _ask_first_bytes(data: bytes) -> None:
    """Rows 1 to 3: the length, bit 7, the mode, the type, and no OPEN frame on a road."""
    if not SHORTEST_FRAME <= len(data) <= LONGEST_FRAME:
        raise Refused("BadFrame")
    mode, number = data[0] >> 4 & 7, data[1] >> 3
    if not data[0] & 0x80 or mode not in PROOF_BYTES or number == RESERVED_TYPE:
        raise Refused("BadFrame")
    if mode == OPEN:
        raise Refused("BadFrame")


def _address(data: bytes, elided_address: int | None) -> tuple[int, int]:
    """Row 4: ADDR, the frame's own before the road's, and where SEQ begins."""
    if not data[0] & 0x01:
        return int.from_bytes(data[2:4], "big"), 4
    if elided_address is None or not 1 <= elided_address <= LAST_BOX:
        raise Refused("BadFrame")
    return elided_address, 2


def _fields(data: bytes, address: int, at: int) -> Header:
    """The header's fields, SEQ standing at `at`."""
    return {
        "mode": data[0] >> 4 & 7,
        "direction": "down" if data[0] & 0x02 else "up",
        "type": data[1] >> 3,
        "priority": data[1] & 7,
        "ack_wanted": bool(data[0] & 0x08),
        "address": address,
        "seq": int.from_bytes(data[at : at + 3], "big"),
        "rest": data[at + 3 :],
    }


def canonical_header(found: Header) -> bytes:
    """The 7 bytes that are proven, whatever a road made of the frame."""
    down = found["direction"] == "down"
    first = 0x80 | found["mode"] << 4 | found["ack_wanted"] << 3 | down << 1
    second = found["type"] << 3 | found["priority"]
    return bytes((first, second)) + _big(found["address"], 2) + _big(found["seq"], 3)


def _big(number: int, size: int) -> bytes:
    """An unsigned number, its high byte first."""
    return number.to_bytes(size, "big")


# --- keys and proof ----------------------------------------------------------------------


def box_root(master: bytes, realm: bytes, address: int, issue: int) -> bytes:
    """The secret of one Box, from the county's master."""
    numbers = _written_unsigned(address) + _written_unsigned(issue)
    return _derived(master, b"\x84\x69" + PROTOCOL + b"\x48" + realm + numbers, 32)


def traffic_key(
    master: bytes, realm: bytes, address: int, issue: int, epoch: int, purpose: str
) -> bytes:
    """The key of one Box, epoch and purpose (`up`, `down`, `local-up`, `local-down`)."""
    text = purpose.encode()
    info = b"\x82" + _written_unsigned(epoch) + bytes((0x60 | len(text),)) + text
    return _derived(box_root(master, realm, address, issue), info, 16)


def _derived(secret: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA-256 without salt."""
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=info).derive(secret)


def _written_unsigned(number: int) -> bytes:
    """A number as CBOR, the shortest way."""
    if number < 24:
        return bytes((number,))
    width = max(width for width, least in LEAST_OF_WIDTH.items() if number >= least)
    return bytes((23 + width.bit_length(),)) + _big(number, width)


def nonce(found: Header, epoch: int) -> bytes:
    """The 13 bytes of nonce under which this frame is sealed."""
    direction = _big(found["direction"] == "down", 1)
    numbers = _big(found["address"], 2) + _big(epoch, 2) + _big(found["seq"], 3)
    return direction + numbers + bytes(5)


def external(found: Header, realm: bytes) -> bytes:
    """The 24 bytes that both proofs cover besides the body."""
    return PROTOCOL + realm + canonical_header(found)


def enc_structure(found: Header, realm: bytes) -> bytes:
    """The additional data of a sealed frame."""
    return b"\x83\x68Encrypt0\x43\xa1\x01\x0a\x58\x18" + external(found, realm)


def sig_structure(found: Header, realm: bytes, body: bytes) -> bytes:
    """What the signature of a SIGNED frame is of."""
    length = _written_unsigned(len(body))
    head = bytes((length[0] | 0x40,)) + length[1:]
    return b"\x84\x6aSignature1\x43\xa1\x01\x27\x58\x18" + external(found, realm) + head + body


def opened(
    data: bytes, key: bytes, realm: bytes, epoch: int, elided_address: int | None = None
) -> tuple[Header, bytes]:
    """A SEALED or LOCAL frame's header and its body; rows 1 to 8 of the refusals."""
    found = header(data, elided_address)
    if found["mode"] not in (SEALED, LOCAL):
        raise Refused("Forged")
    cipher = AESCCM(key, tag_length=PROOF_BYTES[found["mode"]])
    additional = enc_structure(found, realm)
    try:
        return found, cipher.decrypt(nonce(found, epoch), found["rest"], additional)
    except InvalidTag:
        raise Refused("Forged") from None


def signed(
    data: bytes, public_key: bytes, realm: bytes, elided_address: int | None = None
) -> bool:
    """Whether this is a SIGNED frame with a signature of this key; its body is not read."""
    found = header(data, elided_address)
    if found["mode"] != SIGNED:
        return False
    body, signature = found["rest"][:-64], found["rest"][-64:]
    try:
        verifier = Ed25519PublicKey.from_public_bytes(public_key)
        verifier.verify(signature, sig_structure(found, realm, body))
    except InvalidSignature:
        return False
    return True


# --- the body ----------------------------------------------------------------------------


def ack(body: bytes, direction: str = "up") -> list[int]:
    """The SEQs that an Ack acknowledges, lowest first."""
    (acknowledged,) = _known(body, ACK_FIELDS, direction)
    if not isinstance(acknowledged, bytes) or len(acknowledged) > ACK_BYTES:
        raise Refused("BadMessage")
    if len(acknowledged) < ACK_BASE_BYTES:
        raise Refused("BadAck")
    base = int.from_bytes(acknowledged[:ACK_BASE_BYTES], "big")
    numbers = [base, *(base + 1 + i for i in _set_bits(acknowledged[ACK_BASE_BYTES:]))]
    if numbers[-1] > LAST_SEQ:
        raise Refused("BadAck")
    return numbers


def _set_bits(bitmap: bytes) -> list[int]:
    """The places of the set bits, 0 being the highest bit of the first byte."""
    return [i for i in range(8 * len(bitmap)) if bitmap[i >> 3] & (0x80 >> (i & 7))]


def call(body: bytes, direction: str) -> Call:
    """The fields of a Call."""
    button, kind, minute = _known(body, CALL_FIELDS, direction)
    return {
        "button": _number(button, 0, 255),
        "kind": CALL_KINDS[_number(kind, 0, len(CALL_KINDS) - 1)],
        "minute": _number(minute, -MINUTE_LIMIT, MINUTE_LIMIT),
    }


def _number(value: Value, least: int, most: int) -> int:
    """The value, if it is a number (a flag is none) within its limits."""
    if type(value) is not int or not least <= value <= most:
        raise Refused("BadMessage")
    return value


def _known(body: bytes, count: int, direction: str) -> list[Value]:
    """The fields of a type that has `count`, all required; what is behind them as allowed."""
    values = _sequence(body, count + MOST_FIELDS_BEHIND)
    if len(values) < count or values[-1] is None:
        raise Refused("BadMessage")
    if direction == "down" and len(values) > count:
        raise Refused("BadMessage")
    return values[:count]


# --- CBOR --------------------------------------------------------------------------------


def _malformed() -> NoReturn:
    """Row 9: this is not CBOR as the page has it."""
    raise Refused("Malformed")


def _sequence(data: bytes, most: int) -> list[Value]:
    """A CBOR sequence of at most so many values, up to the very end."""
    values: list[Value] = []
    at = 0
    for _ in range(most):
        if at == len(data):
            break
        value, at = _value(data, at, 0)
        values.append(value)
    if at != len(data):
        _malformed()
    return values


def _value(data: bytes, at: int, around: int) -> tuple[Value, int]:
    """The value that begins at `at`, within `around` arrays, and where the next begins."""
    if at < len(data) and data[at] in SIMPLE:
        return SIMPLE[data[at]], at + 1
    major, number, at = _head(data, at)
    if major == UNSIGNED:
        return number, at
    if major == NEGATIVE:
        return -1 - number, at
    if major == ARRAY:
        return _array(data, at, number, around)
    return _string(data, at, number, major)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, *n* in its shortest way, and where the content begins."""
    if at >= len(data):
        _malformed()
    major, low = data[at] >> 5, data[at] & 31
    if major > ARRAY or low > 27:
        _malformed()
    if low < 24:
        return major, low, at + 1
    return major, *_long_number(data, at + 1, 1 << low - 24)


def _long_number(data: bytes, at: int, width: int) -> tuple[int, int]:
    """*n* in the next `width` bytes, if no shorter way would do, and where it ends."""
    end = at + width
    if end > len(data):
        _malformed()
    number = int.from_bytes(data[at:end], "big")
    if number < LEAST_OF_WIDTH[width]:
        _malformed()
    return number, end


def _string(data: bytes, at: int, size: int, major: int) -> tuple[bytes | str, int]:
    """So many bytes, or so many bytes of strict UTF-8."""
    end = at + size
    if end > len(data):
        _malformed()
    if major == BYTES:
        return data[at:end], end
    try:
        return data[at:end].decode("utf-8"), end
    except UnicodeDecodeError:
        _malformed()


def _array(data: bytes, at: int, count: int, around: int) -> tuple[list[Value], int]:
    """So many values, in an array that itself stands in `around` others."""
    if count > LONGEST_ARRAY or around > MOST_ARRAYS_AROUND:
        _malformed()
    values: list[Value] = []
    for _ in range(count):
        value, at = _value(data, at, around + 1)
        values.append(value)
    return values, at
