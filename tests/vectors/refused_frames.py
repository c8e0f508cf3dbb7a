"""Frames that are refused, by the question at which they fail; each is wrong in one thing."""

from collections.abc import Iterator

from protocol import cbor, frame, messages
from protocol.frame import LOCAL, OPEN, SEALED, SIGNED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.test_messages import changed
from tests.vectors import county
from tests.vectors.county import BOX, EVERYBODY, GROUP, ORDER_SEQ, header
from tests.vectors.taken_frames import CARRIED, CLIP, county_order
from tests.vectors.vector import Vector, refused

CALL = header(SEALED, UP, "Call", ack_wanted=True)
CALL_BODY = messages.encode(UP, reference.CALL)
CALL_FRAME = frame.write(CALL, county.sealed(CALL, CALL_BODY))
ORDER = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ)
ORDER_BODY = messages.encode(DOWN, CLIP)
QUERY = header(SEALED, DOWN, "Query")
QUERY_BODY = messages.encode(DOWN, messages.make("Query", what="health"))

_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032, section 5.1: L


def vectors() -> Iterator[Vector]:
    yield from _no_frames()
    yield from _not_permitted()
    yield from _forged()
    yield from _forged_signatures()
    yield from _out_of_scope()
    yield from _carried()


def _bad(rule, data, verdict="BadFrame", carrier=None, console=False) -> Vector:
    return Vector(rule, "frame", bytes(data), verdict, carrier=carrier, console=console)


def _no_frames() -> Iterator[Vector]:
    yield _bad("nothing is no frame", b"")
    yield _bad("a header cut short is no frame", CALL_FRAME[:6])
    yield _bad("a seal without a body is no frame", CALL_FRAME[:7] + bytes(8))
    yield _bad("a signature without a body is no frame", frame.canonical(ORDER) + bytes(64))
    long = frame.canonical(CALL) + bytes(frame.MOST_BYTES - 7)
    yield _bad("six hundred bytes are a frame, though none of ours", long, "Forged")
    yield _bad("more than six hundred bytes are none", long + b"\0")
    for mode, words in (
        (3, "SM2's"),
        (4, "a chain's"),
        (6, "no one's"),
        (7, "the next release's"),
    ):
        yield _bad(f"mode {mode} is {words}: reserved", _with_mode(mode) + bytes(64))
    yield _bad("type 31 is reserved", b"\x98\xf8" + CALL_FRAME[2:])
    yield _bad("a first byte without its highest bit is no frame", b"\x18" + CALL_FRAME[1:])
    yield _bad("a fragment is no frame", b"\x9c" + CALL_FRAME[1:])
    elided = frame.write(CALL, county.sealed(CALL, CALL_BODY), elided=True)
    yield _bad("an address left out on a road that names nobody is no frame", elided)
    opened = _open(header(OPEN, DOWN, "Query"), QUERY_BODY)
    yield _bad("an open frame is taken on no road", opened)
    yield _bad("an open frame is taken on no road that names the Box", opened, carrier=BOX)


def _with_mode(mode) -> bytes:
    return bytes((CALL_FRAME[0] & 0x8F | mode << 4,)) + CALL_FRAME[1:]


def _open(one, body) -> bytes:
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
        yield _bad(f"type {number} {words} is not in the table", data, "NotPermitted")


def _unpermitted(rule, mode, direction, name) -> Vector:
    one = header(mode, direction, name)
    signer = county.ORDERS if name != "Keys" else county.ROOT
    return refused(rule, "NotPermitted", one, CALL_BODY, signer)


def _forged() -> Iterator[Vector]:
    for rule, place, bit in (
        ("another priority breaks the seal", 1, 0x01),
        ("another type breaks the seal", 1, 0x28),
        ("no Ack wanted breaks the seal of one that wanted it", 0, 0x08),
        ("another address breaks the seal", 3, 0x01),
        ("another SEQ breaks the seal", 6, 0x01),
        ("another byte of the body breaks the seal", 7, 0x80),
        ("another byte of the tag breaks the seal", len(CALL_FRAME) - 1, 0x01),
    ):
        data = bytearray(CALL_FRAME)
        data[place] ^= bit
        yield _bad(rule, data, "Forged")
    yield _bad("a sealed frame cut by a byte is forged", CALL_FRAME[:-1], "Forged")
    yield _bad("a sealed frame longer by a byte is forged", CALL_FRAME + b"\0", "Forged")
    elided = frame.write(CALL, county.sealed(CALL, CALL_BODY), elided=True)
    rule = "an address left out on the road of another Box is forged"
    yield _bad(rule, elided, "Forged", carrier=county.OTHER_BOX)
    for rule, given in (
        ("a frame of another county is forged", {"realm": county.OTHER_REALM}),
        ("a frame of an epoch before is forged", {"epoch": county.EPOCH - 1}),
        ("a frame of an epoch not yet begun is forged", {"epoch": county.EPOCH + 1}),
        ("a frame under another Box's key is forged", {"box_root": county.secret(77)}),
        ("a Call under the key of what comes down is forged", {"purpose": "down"}),
        ("a sealed Call under the local key is forged", {"purpose": "local-up"}),
    ):
        yield _bad(rule, frame.write(CALL, county.sealed(CALL, CALL_BODY, **given)), "Forged")
    local = CALL._replace(mode=LOCAL)
    data = frame.write(local, county.sealed(local, CALL_BODY, purpose="up"))
    yield _bad("a local Call under the sealed key is forged", data, "Forged")
    up = header(SEALED, UP, "Ack")
    ack = frame.write(up, county.sealed(up, messages.encode(UP, reference.ACK)))
    data = bytes((ack[0] | 0x02,)) + ack[1:]
    yield _bad("a Box's own Ack sent back down is forged", data, "Forged")
    opened = bytearray(_open(header(OPEN, DOWN, "Query"), QUERY_BODY))
    opened[-1] ^= 1
    rule = "an open frame with a wrong check is damaged"
    yield _bad(rule, opened, "Damaged", console=True)


def _forged_signatures() -> Iterator[Vector]:
    good = county.signed(ORDER, ORDER_BODY, county.ORDERS)
    half = len(ORDER_BODY) + 32
    s = int.from_bytes(good[half:], "little")
    rank = messages.encode(DOWN, changed(CLIP, rank="warning"))
    for rule, protected in (
        (
            "an Order signed by a stranger is forged",
            county.signed(ORDER, ORDER_BODY, county.STRANGER),
        ),
        (
            "an Order signed by another slot's key is forged",
            county.signed(ORDER, ORDER_BODY, county.DRILLS),
        ),
        (
            "an Order signed by the root for a slot is forged",
            county.signed(ORDER, ORDER_BODY, county.ROOT),
        ),
        (
            "an Order of another county is forged",
            county.signed(ORDER, ORDER_BODY, county.ORDERS, county.OTHER_REALM),
        ),
        (
            "an Order to another group under the same signature is forged",
            county.signed(ORDER._replace(address=GROUP + 1), ORDER_BODY, county.ORDERS),
        ),
        (
            "an Order under another SEQ with the same signature is forged",
            county.signed(ORDER._replace(seq=ORDER_SEQ + 1), ORDER_BODY, county.ORDERS),
        ),
        ("an Order that says another thing is forged", rank + good[len(ORDER_BODY) :]),
        ("a signature of zeros is forged", ORDER_BODY + bytes(64)),
        (
            "a signature whose S is not below the group's order is forged",
            good[:half] + (s + _GROUP_ORDER).to_bytes(32, "little"),
        ),
        (
            "a signature whose R is the neutral point is forged",
            ORDER_BODY + b"\1" + bytes(31) + good[half:],
        ),
    ):
        yield _bad(rule, frame.write(ORDER, protected), "Forged")
    keys = header(SIGNED, DOWN, "Keys", EVERYBODY, ORDER_SEQ)
    body = messages.encode(DOWN, reference.KEYS)
    yield refused(
        "Keys in the root's name by an order key are forged", "Forged", keys, body, county.ORDERS
    )
    yield refused(
        "Keys by a root that is no longer or not yet are forged",
        "Forged",
        keys,
        body,
        county.STRANGER,
    )


def _out_of_scope() -> Iterator[Vector]:
    for rule, message, address in (
        (
            "Keys are signed by the root only",
            changed(reference.KEYS, slot=county.ORDERS),
            EVERYBODY,
        ),
        ("a slot that nobody has orders nothing", changed(CLIP, slot=200), GROUP),
        ("a revoked slot orders nothing", changed(CLIP, slot=county.REVOKED), GROUP),
        ("the office's slot orders nothing", changed(CLIP, slot=county.OFFICE), GROUP),
        ("an image slot orders nothing", changed(CLIP, slot=county.IMAGES), GROUP),
        (
            "an order slot makes no settings",
            changed(reference.SETTINGS, slot=county.ORDERS),
            GROUP,
        ),
        ("an order slot brings no image", changed(reference.IMAGE, slot=county.ORDERS), GROUP),
        (
            "settings are not for everybody",
            changed(reference.SETTINGS, slot=county.OFFICE),
            EVERYBODY,
        ),
        ("the township orders no danger", changed(CLIP, slot=county.TOWNSHIP), GROUP),
        (
            "the township does not speak to everybody",
            changed(CLIP, slot=county.TOWNSHIP, rank="notice"),
            EVERYBODY,
        ),
        (
            "a slot replaces only its own orders",
            changed(CLIP, replaces=county_order(county.TOWNSHIP, 5)),
            GROUP,
        ),
        (
            "a slot replaces only an earlier order",
            changed(CLIP, replaces=county_order(county.ORDERS, ORDER_SEQ)),
            GROUP,
        ),
        (
            "a slot withdraws no order that it could not have given",
            changed(reference.CANCEL, slot=county.TOWNSHIP),
            GROUP,
        ),
        (
            "the drill slot withdraws drills only",
            changed(reference.CANCEL, slot=county.DRILLS),
            GROUP,
        ),
    ):
        one = header(SIGNED, DOWN, type(message).__name__, address, ORDER_SEQ)
        yield refused(rule, "Refused", one, messages.encode(DOWN, message), message.slot)


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
