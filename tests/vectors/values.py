"""What is packed into a field, by itself: CBOR, acknowledgements, series, texts."""

from collections.abc import Iterator

from tests.shared.frame_judge import ACCEPTED
from tests.shared.test_text import NO_UTF_8, SPOKEN, field
from tests.vectors.vector import Vector


def vectors() -> Iterator[Vector]:
    for maker in (_cbor, _acks, _series, _texts):
        yield from maker()


def _cbor() -> Iterator[Vector]:
    for rule, octets, values in (
        (
            "numbers are as short as can be",
            "00 17 1818 18ff 190100 19ffff 1a00010000",
            [0, 23, 24, 255, 256, 65535, 65536],
        ),
        ("numbers end at 64 bits", "1bffffffffffffffff 3bffffffffffffffff", [2**64 - 1, -(2**64)]),
        ("negative numbers count down from -1", "20 37 3818 39ffff", [-1, -24, -25, -65536]),
        ("yes, no, nothing", "f5 f4 f6", [True, False, None]),
        ("byte strings and text", "40 4200ff 60 63e6b0b4", ["", "00ff", "", "水"]),
        ("arrays, three deep", "80 81818101", [[], [[[1]]]]),
    ):
        yield Vector(rule, "cbor", bytes.fromhex(octets), ACCEPTED, values)
    for rule, octets in (
        ("more than 64 values are too many", "00" * 65),
        ("an array in an array in an array holds no array", "81818180"),
        ("bits of a number that are not there", "19 01"),
    ):
        yield Vector(rule, "cbor", bytes.fromhex(octets), "Malformed")


def _acks() -> Iterator[Vector]:
    said = [0x010000 + after for after in range(65)]
    yield Vector("65 frames in one Ack", "ack", bytes.fromhex("010000" + "ff" * 8), ACCEPTED, said)
    for rule, octets in (
        ("an Ack has a base", ""),
        ("an Ack has eight bytes of bitmap at most", "013d52" + "00" * 9),
        ("an Ack ends at the last SEQ, whatever bit it is", "fffffe40"),
    ):
        yield Vector(rule, "ack", bytes.fromhex(octets), "BadAck")


def _series() -> Iterator[Vector]:
    yield Vector("Rice, k = 0", "series", b"\x00\x2d", ACCEPTED, [0, 0, 1, 2])
    for rule, octets in (
        ("a Series has a coder and values", "00"),
        ("bits 5 and 4 of the coder are zero", "102d"),
        ("another k that is longer is refused", "01067f"),
        ("the last byte is filled up with ones and no further", "002dff"),
        ("289 values are too many", "00" * 38),
        ("a value ends at 16 bits", "0f" + "ff" * 8 + "000000"),
        ("a difference leads not below zero", "809f"),
        ("a code that never ends is none", "00" + "ff" * 20),
        ("a code is cut short", "0fff00"),
    ):
        yield Vector(rule, "series", bytes.fromhex(octets), "BadSeries")


def _texts() -> Iterator[Vector]:
    for spoken, first, bits in SPOKEN:
        shown = spoken if spoken.isprintable() else f"U+{ord(spoken):04X}"
        rule = f"a text by table {first}: {shown}"
        yield Vector(rule, "text", field(first, bits), ACCEPTED, spoken)
    for octets, what in NO_UTF_8:
        yield Vector(f"no UTF-8: {what}", "text", b"\0" + bytes.fromhex(octets), "BadText")
    for rule, octets in (
        ("a text has a first byte", ""),
        ("tag 0 has generation 0 only", "0131"),
        ("a surrogate by its number is no character", "10fe6c003f"),
        ("fewer than eight bits that are not all ones are no end", "10fe"),
    ):
        yield Vector(rule, "text", bytes.fromhex(octets), "BadText")
