"""Frames in pieces, piece by piece and put together again."""

from collections.abc import Iterator

from protocol import fragments, messages
from protocol.frame import SIGNED
from protocol.schema import DOWN
from tests.shared import test_messages as reference
from tests.shared.frame_judge import ACCEPTED
from tests.shared.wire_judge import UNFINISHED
from tests.vectors import county
from tests.vectors.county import GROUP, ORDER_SEQ, header
from tests.vectors.taken_frames import CARRIED
from tests.vectors.vector import Vector, meaning

ORDER = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ)
PROTECTED = county.signed(ORDER, messages.encode(DOWN, reference.ORDER), county.ORDERS)
TAKEN_ORDER = [ACCEPTED, meaning(ORDER, reference.ORDER)]
MTU = 46
CUT = fragments.Cut(ORDER, PROTECTED, MTU)
PIECES = [CUT.fragment(index) for index in range(8)]
assert CUT.k == 3


def vectors() -> Iterator[Vector]:
    yield from _pieces()
    yield from _reassembly()


def _pieces() -> Iterator[Vector]:
    for rule, index in (
        ("a piece below k is bytes of the frame", 0),
        ("a piece from k on is a sum of the others", 3),
    ):
        yield Vector(rule, "piece", PIECES[index], ACCEPTED, said_of_piece(index))
    elided = fragments.Cut(ORDER, PROTECTED, MTU, elided=True).fragment(63)
    said = [GROUP, ORDER_SEQ, 63, 3, fragments.read(PIECES[0]).check, elided[7:].hex()]
    rule = "the last piece of all is number 63, and may leave out its address"
    yield Vector(rule, "piece", elided, ACCEPTED, said, GROUP)
    dressed = PIECES[0][:7]
    for rule, data in (
        ("a whole frame is no piece", CARRIED),
        ("a piece without bytes is none", PIECES[0][:9]),
        ("what is one piece is no fragment", dressed + b"\x00\x00" + bytes(20)),
        ("a piece larger than any frame's is none", dressed + b"\x00\x40" + bytes(302)),
    ):
        yield Vector(rule, "piece", data, "BadFrame")


def _reassembly() -> Iterator[Vector]:
    spoiled = PIECES[0][:-1] + bytes((PIECES[0][-1] ^ 1,))
    other = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ + 1)
    forged = fragments.Cut(ORDER, PROTECTED[:-1] + bytes((PROTECTED[-1] ^ 1,)), MTU)
    others = [fragments.Cut(other, PROTECTED, MTU).fragment(index) for index in range(2)]
    for rule, pieces, said in (
        ("the pieces below k are the frame", PIECES[:3], _rebuilt()),
        ("any k pieces rebuild it, in any order", [PIECES[7], PIECES[1], PIECES[4]], _rebuilt()),
        (
            "a piece that comes twice counts once",
            [PIECES[0], PIECES[0], PIECES[2], PIECES[5]],
            _rebuilt(),
        ),
        ("pieces that come late begin nothing", PIECES[:6], _rebuilt()),
        ("one false piece is left out", [spoiled, *PIECES[1:4]], _rebuilt()),
        (
            "what is no piece changes nothing",
            [PIECES[0], b"\x01\x02", CARRIED, *PIECES[1:3]],
            _rebuilt(bad=2),
        ),
        (
            "two frames do not mix",
            [PIECES[0], others[0], PIECES[1], others[1], PIECES[2]],
            _rebuilt([ORDER_SEQ + 1, 1]),
        ),
    ):
        yield Vector(rule, "pieces", pieces, ACCEPTED, said)
    lacking = {"bad": 0, "frames": [], "missing": [ORDER_SEQ, 1]}
    yield Vector("k - 1 pieces are no frame", "pieces", PIECES[:2], UNFINISHED, lacking)
    mixed = {"bad": 0, "frames": [], "missing": [ORDER_SEQ, 1]}
    rule = "pieces of two cuts are no frame"
    cut = fragments.Cut(ORDER, PROTECTED, MTU - 9)
    yield Vector(rule, "pieces", [*PIECES[:2], cut.fragment(2)], UNFINISHED, mixed)
    said = {"bad": 0, "frames": [["Forged", None]], "missing": None}
    rule = "a frame in pieces is proven as a whole"
    yield Vector(rule, "pieces", [forged.fragment(i) for i in range(3)], UNFINISHED, said)


def _rebuilt(missing=None, bad=0) -> dict:
    return {"bad": bad, "frames": [TAKEN_ORDER], "missing": missing}


def said_of_piece(index) -> list:
    check, data = fragments.read(PIECES[0]).check, PIECES[index][9:]
    return [GROUP, ORDER_SEQ, index, 3, check, data.hex()]
