"""Bodies that are refused under a proof that is right: no CBOR of ours, or no message of ours."""

from collections.abc import Iterator

from protocol import cbor, messages
from protocol.frame import SEALED, SIGNED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.test_messages import changed
from tests.vectors import county
from tests.vectors.county import GROUP, ORDER_SEQ, header
from tests.vectors.taken_frames import CLIP, SPOKEN
from tests.vectors.vector import Vector, refused

CALL = header(SEALED, UP, "Call")
CALL_BODY = messages.encode(UP, reference.CALL)  # 02 03 1a000f3480
ORDER = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ)


def vectors() -> Iterator[Vector]:
    yield from _no_cbor()
    yield from _too_much()
    yield from _later()
    yield from _no_call()
    yield from _no_other_message()
    yield from _signed()
    yield from _packed()


def _no_cbor() -> Iterator[Vector]:
    for rule, octets in (
        ("a number below 24 is one byte", "1802 03 1a000f3480"),
        ("a number below 256 is at most two bytes", "02 03 190080"),
        ("a number below 65536 is at most three bytes", "02 03 1a0000ffff"),
        ("a number below 2^32 is at most five bytes", "02 03 1b00000000ffffffff"),
        ("a negative number is as short as can be", "02 03 3800"),
        ("a number that ends early is none", "02 03 1a000f34"),
        ("there are no floating-point numbers of 2 bytes", "02 03 f93c00"),
        ("there are no floating-point numbers of 4 bytes", "02 03 fa3f800000"),
        ("there are no floating-point numbers of 8 bytes", "02 03 fb3ff0000000000000"),
        ("there is no undefined", "02 03 f7"),
        ("there are no simple values but false, true and null", "02 03 f3"),
        ("there are no simple values of two bytes", "02 03 f820"),
        ("there are no maps", "02 03 a0"),
        ("there are no tags", "02 03 c11a000f3480"),
        ("there are no lengths left open: array", "02 03 9f00ff"),
        ("there are no lengths left open: bytes", "02 03 5f4100ff"),
        ("a break breaks nothing here", "02 03 ff"),
        ("28 to 30 are reserved", "02 03 1c"),
        ("a string is as long as it says", "02 03 4401"),
        ("a length is as short as can be", "02 03 580100"),
        ("a length below 256 is at most two bytes", "02 03 59000100"),
        ("a text's length is as short as can be", "02 03 780161"),
        ("a count is as short as can be", "02 03 980100"),
        ("a count below 256 is at most two bytes", "02 03 99001800"),
        ("a length beyond everything is refused before it is taken", "02 03 5bffffffffffffffff"),
        ("a count beyond everything is refused before it is taken", "02 03 9bffffffffffffffff"),
        ("an array holds what it says", "02 03 8300"),
        ("text is UTF-8", "02 03 61ff"),
        ("text is UTF-8 in its shortest form", "02 03 62c080"),
        ("text has no halves of surrogate pairs", "02 03 63eda080"),
        ("text ends where Unicode ends", "02 03 64f4908080"),
    ):
        yield refused(rule, "Malformed", CALL, bytes.fromhex(octets))


def _too_much() -> Iterator[Vector]:
    for rule, octets in (
        ("arrays are nested three deep and no deeper", "81818180"),
        ("an array has 64 items and no more", "9841" + "00" * 65),
        ("seventeen fields of a later release are too many", "00" * 17),
    ):
        yield refused(rule, "Malformed", CALL, CALL_BODY + bytes.fromhex(octets))
    good = bytes.fromhex("818180" + "9840" + "00" * 64)
    rule = "what is absent at the end is left out, not sent, however late it was declared"
    yield refused(rule, "BadMessage", CALL, CALL_BODY + good + b"\xf6")


def _later() -> Iterator[Vector]:
    for rule, one, message in (
        (
            "a field of a later release is refused in a Query",
            header(SEALED, DOWN, "Query"),
            messages.make("Query", what="series", since=1, gauge=2),
        ),
        (
            "a field of a later release is refused in a CallTaken",
            header(SEALED, DOWN, "CallTaken"),
            messages.make("CallTaken", epoch=3, seq=9),
        ),
        (
            "a field of a later release is refused in an Order",
            ORDER,
            changed(CLIP, siren="steady"),
        ),
        (
            "a field of a later release is refused in a Cancel",
            header(SIGNED, DOWN, "Cancel"),
            reference.CANCEL,
        ),
    ):
        body = messages.encode(DOWN, message) + b"\x00"
        yield refused(rule, "BadMessage", one, body, county.ORDERS)


def _no_call() -> Iterator[Vector]:
    for rule, values in (
        ("what must be there is there", (2, 3)),
        ("what must be there is not null", (None, 3, 996480)),
        ("a button is below 256", (256, 3, 996480)),
        ("a button is not negative", (-1, 3, 996480)),
        ("yes is not one", (True, 3, 996480)),
        ("a number is not text", ("2", 3, 996480)),
        ("a word is one of its list", (2, 4, 996480)),
        ("a word's number is not negative", (2, -1, 996480)),
        ("a word is not written out", (2, "fire", 996480)),
        ("a word is a number, not yes", (2, True, 996480)),
        ("a minute is of 32 bits", (2, 3, 1 << 32)),
        ("a minute below zero is of 32 bits", (2, 3, -(1 << 32))),
        ("a minute is one number", (2, 3, (996480,))),
    ):
        yield refused(rule, "BadMessage", CALL, cbor.sequence(*values))
    yield refused("null at the end is left out", "BadMessage", CALL, CALL_BODY + b"\xf6")


def _no_other_message() -> Iterator[Vector]:
    order = reference.ORDER_ID
    for rule, name, values in (
        ("one is not yes", "Fault", (2, 1, 996480)),
        ("a percentage ends at 100", "Health", (True, 101, None, None, 0, None, 0, 0, 0, 0, 0, 0)),
        (
            "a temperature ends at 127 below zero",
            "Health",
            (None, None, None, -128, 0, None, 0, 0, 0, 0, 0, 0),
        ),
        ("an order's name has four bytes, not three", "Playback", (0, order[:3])),
        ("an order's name has four bytes, not five", "Playback", (0, order + b"\0")),
        ("a digest has eight bytes, not seven", "LogHead", (1, bytes(7), 996480)),
        ("a digest has eight bytes, not nine", "LogHead", (1, bytes(9), 996480)),
        ("bytes are not text", "LogHead", (1, "8 octets", 996480)),
        ("a latitude ends at the pole", "Disaster", (44, 0, 996400, 9000001)),
        (
            "a Boot tells at most eight roads",
            "Boot",
            (12, 0, None, 37, bytes(4), 0, b"", (1,) * 9, 1, 1),
        ),
        (
            "a number in a list is of 32 bits",
            "Boot",
            (12, 0, None, 37, bytes(4), 0, b"", (1 << 32,), 1, 1),
        ),
        (
            "a number in a list is not negative",
            "Boot",
            (12, 0, None, 37, bytes(4), 0, b"", (-1,), 1, 1),
        ),
        ("a list is no number", "Boot", (12, 0, None, 37, bytes(4), 0, b"", 5, 1, 1)),
        (
            "a Boot tells at most eight text tables",
            "Boot",
            (12, 0, None, 37, bytes(4), 0, b"", (), 1, 1, bytes(9)),
        ),
        ("an Ack has at most eight bytes of bitmap", "Ack", (bytes(12),)),
        ("a Series has at most 512 bytes", "Series", (3, 996360, 5, bytes(513), 0)),
        ("at most 16 pieces are missing", "More", (9, 17)),
        ("a SEQ has 24 bits", "More", (1 << 24, 1)),
    ):
        yield refused(rule, "BadMessage", header(SEALED, UP, name), cbor.sequence(*values))


def _signed() -> Iterator[Vector]:
    for rule, message, place, value in (
        ("an Order lasts a week and no longer", CLIP, 2, 1009),
        ("an Order is repeated 20 times and no more", CLIP, 5, 21),
        (
            "an Order fills at most eight gaps",
            changed(SPOKEN, template=1, slots=(1,)),
            9,
            (1,) * 9,
        ),
        ("an Order names at most 16 areas", changed(CLIP, areas=b"\1"), 10, bytes(17)),
        ("an Order's text has at most 240 bytes", changed(SPOKEN, text=b"\0"), 7, bytes(241)),
        ("a rank is one of four", CLIP, 4, 4),
    ):
        values = cbor.Reader(messages.encode(DOWN, message)).values(20)
        values[place] = value
        yield refused(rule, "BadMessage", ORDER, cbor.sequence(*values), county.ORDERS)
    image = header(SIGNED, DOWN, "Image", GROUP, ORDER_SEQ)
    for rule, board, verdict in (
        ("a board's name has at most 16 bytes", "pico_box_number17", "BadMessage"),
        ("a board's name is text", b"pico_box", "BadMessage"),
    ):
        values = cbor.Reader(messages.encode(DOWN, reference.IMAGE)).values(20)
        values[0], values[3] = county.IMAGES, board
        yield refused(rule, verdict, image, cbor.sequence(*values), county.IMAGES)


def _packed() -> Iterator[Vector]:
    """What a field holds has a form of its own."""
    delta, fields = header(SEALED, UP, "HealthDelta"), cbor.sequence
    for rule, verdict, one, values in (
        ("an Ack has a whole base", "BadAck", header(SEALED, DOWN, "Ack"), (b"\0\0",)),
        (
            "an Ack ends at the last SEQ",
            "BadAck",
            header(SEALED, DOWN, "Ack"),
            (b"\xff\xff\xff\x80",),
        ),
        ("a Series has values", "BadSeries", header(SEALED, UP, "Series"), (3, 996360, 5, b"", 0)),
        (
            "a Series is written the shortest way",
            "BadSeries",
            header(SEALED, UP, "Series"),
            (3, 996360, 5, b"\x01\x06\x7f", 0),
        ),
        (
            "a delta has a value for each field it changes",
            "Malformed",
            delta,
            (81, 0x4A, fields(86, -22)),
        ),
        ("a delta has no value too many", "Malformed", delta, (81, 2, fields(86, 1))),
        ("a delta makes a Health that fits", "BadMessage", delta, (81, 2, fields(101))),
        (
            "a delta takes away nothing that must be there",
            "BadMessage",
            delta,
            (81, 1 << 6, fields(None)),
        ),
    ):
        yield refused(rule, verdict, one, cbor.sequence(*values))
    for rule, text in (
        ("a text in a generation that this Box lacks is refused", b"\x11\xd3"),
        ("a text in a language that this Box lacks is refused", b"\x40\xd3"),
        ("an Order's text is UTF-8 in its shortest form", b"\0\xc0\x80"),
        ("an Order's text has its first byte", b""),
        ("an Order's text ends with a whole code", b"\x10\xfe"),
    ):
        body = messages.encode(DOWN, changed(SPOKEN, text=text))
        yield refused(rule, "BadText", ORDER, body, county.ORDERS)
