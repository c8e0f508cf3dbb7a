"""Frames that are refused, by the question at which they fail; each is wrong in one thing."""

from collections.abc import Iterator

from protocol import cbor, frame, messages
from protocol.frame import LOCAL, OPEN, SEALED, SIGNED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.test_messages import changed
from tests.vectors import county
from tests.vectors.county import BOX, GROUP, ORDER_SEQ, header
from tests.vectors.taken_frames import CARRIED, CLIP
from tests.vectors.vector import Vector, refused

CALL = header(SEALED, UP, "Call", ack_wanted=True)
CALL_BODY = messages.encode(UP, reference.CALL)
CALL_FRAME = frame.write(CALL, county.sealed(CALL, CALL_BODY))
ORDER = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ)
ORDER_BODY = messages.encode(DOWN, CLIP)
QUERY = header(SEALED, DOWN, "Query")
QUERY_BODY = messages.encode(DOWN, messages.make("Query", what="health"))


def vectors() -> Iterator[Vector]:
    yield from _no_frames()
    yield from _not_permitted()
    yield from _before_any_proof()
    yield from _carried()


def bad(rule, data, verdict="BadFrame", carrier=None, console=False) -> Vector:
    return Vector(rule, "frame", bytes(data), verdict, carrier=carrier, console=console)


def _no_frames() -> Iterator[Vector]:
    yield bad("nothing is no frame", b"")
    yield bad("a header cut short is no frame", CALL_FRAME[:6])
    yield bad("a seal without a body is no frame", CALL_FRAME[:7] + bytes(8))
    yield bad("a signature without a body is no frame", frame.canonical(ORDER) + bytes(64))
    long = frame.canonical(CALL) + bytes(frame.MOST_BYTES - 7)
    yield bad("six hundred bytes are a frame, though none of ours", long, "Forged")
    yield bad("more than six hundred bytes are none", long + b"\0")
    for mode, words in (
        (3, "SM2's"),
        (4, "a chain's"),
        (6, "no one's"),
        (7, "the next release's"),
    ):
        yield bad(f"mode {mode} is {words}: reserved", _with_mode(mode) + bytes(64))
    yield bad("type 31 is reserved", b"\x98\xf8" + CALL_FRAME[2:])
    yield bad("a first byte without its highest bit is no frame", b"\x18" + CALL_FRAME[1:])
    yield bad("a fragment is no frame", b"\x9c" + CALL_FRAME[1:])
    elided = frame.write(CALL, county.sealed(CALL, CALL_BODY), elided=True)
    yield bad("an address left out on a road that names nobody is no frame", elided)
    query = opened(header(OPEN, DOWN, "Query"), QUERY_BODY)
    yield bad("an open frame is taken on no road", query)
    yield bad("an open frame is taken on no road that names the Box", query, carrier=BOX)


def _with_mode(mode) -> bytes:
    return bytes((CALL_FRAME[0] & 0x8F | mode << 4,)) + CALL_FRAME[1:]


def opened(one, body) -> bytes:
    return frame.write(one, county.proven(one, body))


def _not_permitted() -> Iterator[Vector]:
    signed_only = ("Order", "Cancel", "Settings", "Keys", "Image")
    for name in signed_only:
        for mode, words in ((SEALED, "the gateway's"), (LOCAL, "a Station's")):
            yield _unpermitted(f"{name} is not taken under {words} key", mode, DOWN, name)
    for name in (*signed_only, "TestCall", "Ack", "CallTaken", "Carry", "Time"):
        yield _unpermitted(f"{name} is not taken without proof", OPEN, DOWN, name)
    yield _unpermitted(
        "ImageChunk comes from the county, not from a Station", LOCAL, DOWN, "ImageChunk"
    )
    for name in ("Call", "Alarm", "Playback"):
        yield _unpermitted(f"{name} is not told without proof", OPEN, UP, name)
    for name in ("Health", "Boot", "Ack"):
        yield _unpermitted(f"{name} is not a Station's to say", LOCAL, UP, name)
    yield _unpermitted("nothing goes up signed", SIGNED, UP, "Call")
    yield _unpermitted("what is sealed is not signed as well", SIGNED, DOWN, "Ack")
    for direction, number in ((UP, 0), (UP, 17), (DOWN, 0), (DOWN, 15), (DOWN, 30)):
        words = ("up", "down")[direction]
        one = CALL._replace(direction=direction, type=number)
        data = frame.write(one, county.sealed(one, b"\0"))
        yield bad(f"type {number} {words} is not in the table", data, "NotPermitted")


def _before_any_proof() -> Iterator[Vector]:
    """A proof costs time, so what can be told without it is told first."""
    sealed_order = header(SEALED, DOWN, "Order", GROUP, ORDER_SEQ)
    stray = messages.encode(DOWN, changed(CLIP, slot=county.REVOKED))
    for rule, verdict, one, protected in (
        (
            "what is not permitted is refused whatever its seal",
            "NotPermitted",
            sealed_order,
            bytes(40),
        ),
        (
            "a signed body that is no CBOR is refused whatever its signature",
            "Malformed",
            ORDER,
            b"\xff" + bytes(64),
        ),
        (
            "a signed body that is no message is refused whatever its signature",
            "BadMessage",
            ORDER,
            ORDER_BODY + bytes(66),
        ),
        (
            "a slot that may not is refused whatever its signature",
            "Refused",
            ORDER,
            stray + bytes(64),
        ),
    ):
        yield bad(rule, frame.write(one, protected), verdict)
    rule = "a sealed body is not looked at before its seal is opened"
    yield bad(rule, frame.write(CALL, b"\xff" + bytes(8)), "Forged")


def _unpermitted(rule, mode, direction, name) -> Vector:
    one = header(mode, direction, name)
    signer = county.ORDERS if name != "Keys" else county.ROOT
    return refused(rule, "NotPermitted", one, CALL_BODY, signer)


def _carried() -> Iterator[Vector]:
    carry = header(SEALED, DOWN, "Carry")
    forged = CARRIED[:-1] + bytes((CARRIED[-1] ^ 0x10,))
    query = frame.write(QUERY, county.sealed(QUERY, QUERY_BODY))
    for rule, verdict, data in (
        ("what a Carry carries is proven by itself", "Forged", forged),
        ("a Carry carries nothing sealed", "Refused", query),
        ("a Carry carries nothing that goes up", "Refused", CALL_FRAME),
        ("a Carry carries a frame or nothing", "BadFrame", b"\x01\x02\x03"),
        ("a Carry carries no fragment", "BadFrame", b"\xa6" + CARRIED[1:]),
        ("a Carry carries no frame without its address", "BadFrame", b"\xa3\x20" + CARRIED[4:]),
    ):
        yield refused(rule, verdict, carry, cbor.sequence(data))
