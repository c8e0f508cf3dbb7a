"""Shows the bytes of a frame with their meaning, and proves them where the keys are at hand.

Nothing here is the wire's codec: the bytes are judged by protocol/ and only described here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from host_tools import cose, crypto, describe
from host_tools.keys.store import Public
from host_tools.problems import USAGE, Problem
from protocol import cbor, containers, fragments, frame, keys, messages, proof

MOST_PAYLOAD_BYTES = 4_096
MOST_EPOCHS = 64  # tried from 0 upward when a seal is to be opened
MOST_ISSUES = 8  # and the newest provisionings of that Box
MOST_DEPTH = 3  # a pack holds frames, a Carry holds one frame, and no more

GENUINE, FORGED, NOT_CHECKED = "genuine", "forged", "not checked"
IN_PIECES = "in pieces"


@dataclass(frozen=True)
class CountyKeys:
    """What is at hand: nothing, the public keys, or the master too; issues by address."""

    public: Public | None = None
    master: bytes | None = None
    issues: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Some bytes and what they mean; at counts from the start of the frame or of the body."""

    at: int
    data: bytes
    meaning: str


@dataclass
class Decoded:
    """One frame taken apart; why says what is wrong with it, or is empty."""

    raw: bytes
    parts: list[Part]
    header: Any = None
    proof: str = NOT_CHECKED
    proven_by: str = ""
    epoch: int | None = None  # of the key that opened a SEALED frame
    opened: bytes | None = None  # its body
    opened_from: int | None = None  # and the first of its parts
    message: Any = None
    inside: list["Decoded"] = field(default_factory=list)
    why: str = ""


def unhex(words: str) -> bytes:
    """Return the bytes of a hex dump; spaces, colons, commas and 0x are passed over."""
    digits = "".join(words.lower().replace("0x", "").translate(_PASSED_OVER).split())
    try:
        payload = bytes.fromhex(digits)
    except ValueError:
        raise Problem("this is not hexadecimal", "give pairs of 0-9 and a-f", USAGE) from None
    if not 0 < len(payload) <= MOST_PAYLOAD_BYTES:
        why = f"a payload has 1 to {MOST_PAYLOAD_BYTES} bytes, this one has {len(payload)}"
        raise Problem(why, exit_code=USAGE)
    return payload


def decode(payload: bytes, at_hand: CountyKeys, carrier: int | None = None) -> list[Decoded]:
    """Return the frames in a carrier's payload; one that cannot be read says why.

    carrier: the address of the Box that the carrier names, for a frame without an address.
    """
    return _frames(payload, at_hand, carrier, MOST_DEPTH)


def all_of(decoded: list[Decoded]) -> Iterator[Decoded]:
    """Yield these frames and all frames inside them."""
    for one in decoded:
        yield one
        yield from all_of(one.inside)


def expanded(one: Decoded, realm: bytes) -> cose.Expanded | None:
    """Return a frame as the COSE object it is short for; None where its epoch is not known."""
    if one.header is None or (one.header.mode != frame.SIGNED and one.epoch is None):
        return None
    return cose.expand(one.raw, realm, one.epoch, carrier=one.header.address)


def _frames(payload: bytes, at_hand: CountyKeys, carrier: int | None, depth: int) -> list[Decoded]:
    if frame.is_fragment(payload):
        return [_fragment(payload, carrier)]
    try:
        members = containers.unpack(payload)
    except ValueError as why:
        return [Decoded(payload, [Part(0, payload, "unreadable")], why=str(why))]
    return [_frame(member, at_hand, carrier, depth - 1) for member in members]


def _fragment(raw: bytes, carrier: int | None) -> Decoded:
    """Nothing is proven of one piece alone."""
    try:
        piece = fragments.read(raw, carrier)
    except ValueError as why:
        return Decoded(raw, [Part(0, raw, "unreadable")], why=str(why))
    parts = describe.header_parts(raw, piece.header, Part)
    out = Decoded(raw, parts, piece.header, IN_PIECES)
    at, which = len(raw) - len(piece.data), "parity" if piece.index >= piece.k else "part"
    words = f"fragment {piece.index} of a frame that any {piece.k} make, check {piece.check}"
    out.parts += [Part(at - 2, raw[at - 2 : at], words), Part(at, piece.data, which)]
    return out


def _frame(raw: bytes, at_hand: CountyKeys, carrier: int | None, depth: int) -> Decoded:
    try:
        header, protected = frame.read(raw, carrier, console=True)
    except ValueError as why:
        return Decoded(raw, [Part(0, raw, "unreadable")], why=str(why))
    out = Decoded(raw, describe.header_parts(raw, header, Part), header)
    try:
        proof.check_permitted(header)
    except ValueError as why:
        out.why = str(why)
    at = len(raw) - len(protected)
    judge = {frame.OPEN: _open, frame.SIGNED: _signed}.get(header.mode, _sealed)
    judge(out, at, protected, at_hand)
    if not out.why and out.message is not None and hasattr(out.message, "frame") and depth:
        out.inside = _frames(out.message.frame, at_hand, None, depth)
    return out


def _open(out: Decoded, at: int, protected: bytes, _at_hand: CountyKeys) -> None:
    """Take an OPEN frame, which proves nothing: whoever held the cable may have written it."""
    try:
        body = proof.unchecked(out.header, protected)
    except ValueError as why:
        out.parts.append(Part(at, protected, "damaged"))
        out.why = str(why)
        return
    _take_body(out, at, body)
    out.parts.append(Part(at + len(body), protected[len(body) :], "check, CRC-16"))


def _signed(out: Decoded, at: int, protected: bytes, at_hand: CountyKeys) -> None:
    body, signature = proof.split_signed(protected)
    _take_body(out, at, body)
    out.parts.append(Part(at + len(body), signature, "signature, Ed25519"))
    if at_hand.public is None or out.message is None:
        return
    slot = at_hand.public.numbered(getattr(out.message, "slot", -1))
    signed = proof.to_be_signed(at_hand.public.realm, out.header, body)
    genuine = slot is not None and crypto.verify(slot.public_key, signed, signature)
    out.proof = GENUINE if genuine else FORGED
    out.proven_by = f"slot {slot.number}, {slot.name}" if slot is not None else "no such slot"


def _sealed(out: Decoded, at: int, protected: bytes, at_hand: CountyKeys) -> None:
    ciphertext, tag = protected[: -crypto.TAG_BYTES], protected[-crypto.TAG_BYTES :]
    out.parts.append(Part(at, ciphertext, "ciphertext, AES-CCM"))
    out.parts.append(Part(at + len(ciphertext), tag, "tag"))
    newest, public = at_hand.issues.get(out.header.address), at_hand.public
    if public is None or at_hand.master is None or newest is None:
        return
    out.proof = FORGED
    for issue, epoch, key in _keys_to_try(at_hand.master, public.realm, out.header, newest):
        try:
            body = proof.unseal(crypto, key, epoch, public.realm, out.header, protected)
        except crypto.Forged:
            continue
        out.proof, out.proven_by = GENUINE, f"issue {issue}, epoch {epoch}"
        out.epoch, out.opened, out.opened_from = epoch, body, len(out.parts)
        _take_body(out, 0, body)
        return


def _keys_to_try(
    master: bytes, realm: bytes, header: Any, newest: int
) -> Iterator[tuple[int, int, bytes]]:
    """Yield (issue, epoch, key), the newest issue and the lowest epoch first."""
    purpose = proof.purpose(header)
    for issue in range(newest, max(0, newest - MOST_ISSUES), -1):
        root = keys.box_root(master, realm, header.address, issue)
        for epoch in range(MOST_EPOCHS):
            yield issue, epoch, keys.traffic_key(root, epoch, purpose)


def _take_body(out: Decoded, at: int, body: bytes) -> None:
    """Decode the body and describe its fields; a body that is refused says why."""
    header = out.header
    try:
        out.message = messages.decode(header.direction, header.type, body)
        fields = messages.row(header.direction, header.type).fields
        out.parts.extend(_field_parts(at, body, fields, out.message))
    except ValueError as why:
        out.parts.append(Part(at, body, "body, unreadable"))
        out.why = out.why or str(why)


def _field_parts(at: int, body: bytes, fields: Any, message: Any) -> Iterator[Part]:
    """Yield the bytes of each field: there is one way only to write a value, so it tells where."""
    items, names = cbor.Reader(body), [name.rstrip("?") for name, _, _ in fields]
    number = 0
    while items.more():
        written = cbor.sequence(items.value())
        known = number < len(names)
        words = describe.value(names[number], message[number]) if known else "of a later release"
        yield Part(at, written, f"{names[number]}: {words}" if known else words)
        at += len(written)
        number += 1


_PASSED_OVER = str.maketrans("", "", ":,;-_")
