"""Frames of the right form whose proof is wrong, or right and not the signer's to give."""

from collections.abc import Iterator

from protocol import frame, messages
from protocol.frame import LOCAL, OPEN, SEALED, SIGNED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.test_messages import changed
from tests.vectors import county
from tests.vectors.county import EVERYBODY, GROUP, ORDER_SEQ, header
from tests.vectors.refused_frames import (
    CALL,
    CALL_BODY,
    CALL_FRAME,
    ORDER,
    ORDER_BODY,
    QUERY_BODY,
    bad,
    opened,
)
from tests.vectors.taken_frames import CLIP, county_order
from tests.vectors.vector import Vector, refused

_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032, section 5.1: L


def vectors() -> Iterator[Vector]:
    yield from _forged()
    yield from _forged_signatures()
    yield from _out_of_scope()


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
        yield bad(rule, data, "Forged")
    yield bad("a sealed frame cut by a byte is forged", CALL_FRAME[:-1], "Forged")
    yield bad("a sealed frame longer by a byte is forged", CALL_FRAME + b"\0", "Forged")
    elided = frame.write(CALL, county.sealed(CALL, CALL_BODY), elided=True)
    rule = "an address left out on the road of another Box is forged"
    yield bad(rule, elided, "Forged", carrier=county.OTHER_BOX)
    for rule, given in (
        ("a frame of another county is forged", {"realm": county.OTHER_REALM}),
        ("a frame of an epoch before is forged", {"epoch": county.EPOCH - 1}),
        ("a frame of an epoch not yet begun is forged", {"epoch": county.EPOCH + 1}),
        ("a frame under another Box's key is forged", {"box_root": county.secret(77)}),
        ("a Call under the key of what comes down is forged", {"purpose": "down"}),
        ("a sealed Call under the local key is forged", {"purpose": "local-up"}),
    ):
        yield bad(rule, frame.write(CALL, county.sealed(CALL, CALL_BODY, **given)), "Forged")
    local = CALL._replace(mode=LOCAL)
    data = frame.write(local, county.sealed(local, CALL_BODY, purpose="up"))
    yield bad("a local Call under the sealed key is forged", data, "Forged")
    up = header(SEALED, UP, "Ack")
    ack = frame.write(up, county.sealed(up, messages.encode(UP, reference.ACK)))
    data = bytes((ack[0] | 0x02,)) + ack[1:]
    yield bad("a Box's own Ack sent back down is forged", data, "Forged")
    query = bytearray(opened(header(OPEN, DOWN, "Query"), QUERY_BODY))
    query[-1] ^= 1
    rule = "an open frame with a wrong check is damaged"
    yield bad(rule, query, "Damaged", console=True)


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
        yield bad(rule, frame.write(ORDER, protected), "Forged")
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
