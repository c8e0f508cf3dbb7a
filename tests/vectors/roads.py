"""What carries frames: packs, relays, fragments and serial lines."""

from collections.abc import Iterator

from protocol import cobs, containers, frame, messages
from protocol.frame import SEALED
from protocol.schema import UP
from protocol.serial_line import framed
from tests.shared import test_messages as reference
from tests.shared.frame_judge import ACCEPTED
from tests.shared.wire_judge import SPOILED
from tests.vectors import county
from tests.vectors.county import BOX, header
from tests.vectors.in_pieces import PIECES, said_of_piece
from tests.vectors.refused_frames import CALL_FRAME
from tests.vectors.taken_frames import CARRIED, CARRIED_HEADER, CLIP
from tests.vectors.vector import Vector, meaning

CALL = header(SEALED, UP, "Call", ack_wanted=True)
TAKEN_CALL = [ACCEPTED, meaning(CALL, reference.CALL)]
FORGED_CALL = CALL_FRAME[:-1] + bytes((CALL_FRAME[-1] ^ 1,))


def vectors() -> Iterator[Vector]:
    yield from _packs()
    yield from _relays()
    yield from _lines()
    yield from _stuffing()


def _packs() -> Iterator[Vector]:
    two = containers.pack([CALL_FRAME, CARRIED])
    order = meaning(CARRIED_HEADER, CLIP)
    elided = frame.write(CALL, county.sealed(CALL, messages.encode(UP, reference.CALL)), True)
    inner = containers.pack([CALL_FRAME, CALL_FRAME])
    for rule, data, members, carrier in (
        ("one frame goes without a pack", CALL_FRAME, [TAKEN_CALL], None),
        ("two frames go behind their lengths", two, [TAKEN_CALL, [ACCEPTED, order]], None),
        (
            "a pack's members may leave out the address",
            _pack(elided, elided),
            [TAKEN_CALL] * 2,
            BOX,
        ),
        (
            "a forged member costs only itself",
            _pack(FORGED_CALL, CALL_FRAME),
            [["Forged", None], TAKEN_CALL],
            None,
        ),
        (
            "a member of no bytes costs only itself",
            _pack(b"", CALL_FRAME),
            [["BadFrame", None], TAKEN_CALL],
            None,
        ),
        (
            "a pack in a pack costs only itself",
            _pack(inner, CALL_FRAME),
            [["BadFrame", None], TAKEN_CALL],
            None,
        ),
        (
            "a fragment in a pack costs only itself",
            _pack(PIECES[0], CALL_FRAME),
            [["BadFrame", None], TAKEN_CALL],
            None,
        ),
        ("sixteen frames fit one pack", _pack(*[CALL_FRAME] * 16), [TAKEN_CALL] * 16, None),
    ):
        yield Vector(rule, "payload", data, ACCEPTED, members, carrier)
    relayed = containers.relay(1, 7, CALL_FRAME)
    for rule, data in (
        ("nothing is no payload", b""),
        ("seventeen frames are no pack", _pack(*[CALL_FRAME] * 17)),
        ("an empty pack is none", b"\x01"),
        ("a pack that ends early is none", two[:-1]),
        ("a pack with a length too many is none", two + b"\x05"),
        ("who does not relay refuses what is to be relayed", relayed),
        ("first byte 00 is no container", b"\0" + two[1:]),
        ("first byte 03 is no container", b"\x03" + two[1:]),
        ("first byte 7f is no container", b"\x7f" + two[1:]),
    ):
        yield Vector(rule, "payload", data, "BadFrame")


def _pack(*members) -> bytes:
    """Return a pack of any members, also of such as containers.pack refuses."""
    return b"\x01" + b"".join(bytes((len(one),)) + one for one in members)


def _relays() -> Iterator[Vector]:
    for rule, data, said in (
        (
            "a relay has hops left and a next Station",
            containers.relay(3, 7, CALL_FRAME),
            [3, 7, TAKEN_CALL],
        ),
        ("the last hop is zero", containers.relay(0, 0xEFFF, CALL_FRAME), [0, 0xEFFF, TAKEN_CALL]),
        (
            "a Station passes on what it cannot prove",
            containers.relay(1, 7, FORGED_CALL),
            [1, 7, ["Forged", None]],
        ),
        (
            "a fragment is relayed too",
            containers.relay(1, 7, PIECES[1]),
            [1, 7, [ACCEPTED, said_of_piece(1)]],
        ),
    ):
        yield Vector(rule, "relay", data, ACCEPTED, said)
    good = containers.relay(3, 7, CALL_FRAME)
    for rule, data in (
        ("four hops are too many", b"\x02\x04" + good[2:]),
        ("a relay goes to no group", b"\x02\x03\xf0\x00" + CALL_FRAME),
        ("a relay goes not to everybody", b"\x02\x03\xff\xff" + CALL_FRAME),
        ("a frame without its address is not relayed", b"\x02\x03\0\7\x99" + CALL_FRAME[1:]),
        ("a pack is not relayed", b"\x02\x03\0\7" + _pack(CALL_FRAME, CALL_FRAME)),
        ("a relay is not relayed", b"\x02\x03\0\7" + good),
        ("a relay of nothing is none", good[:4]),
        ("a frame is no relay", CALL_FRAME),
    ):
        yield Vector(rule, "relay", data, "BadFrame")


def _lines() -> Iterator[Vector]:
    line, call = framed(CALL_FRAME), CALL_FRAME.hex()
    damaged = line[:5] + bytes((line[5] ^ 0x20,)) + line[6:]
    for rule, stream, payloads, spoiled in (
        ("a payload has zeros around it", line, [call], 0),
        (
            "one zero between two payloads is enough",
            line[:-1] + framed(b"two"),
            [call, b"two".hex()],
            0,
        ),
        ("noise costs no payload behind it", b"\x55\xaa" + line, [call], 1),
        ("silence is zeros and costs nothing", bytes(9) + line + bytes(9), [call], 0),
        (
            "a byte changed on the line costs its payload",
            damaged + framed(b"next"),
            [b"next".hex()],
            1,
        ),
        (
            "a byte lost on the line costs its payload",
            line[:4] + line[5:] + framed(b"next"),
            [b"next".hex()],
            1,
        ),
        (
            "a zero too many costs its payload",
            line[:9] + b"\0" + line[9:] + framed(b"next"),
            [b"next".hex()],
            2,
        ),
        ("340 bytes are taken", framed(b"\1" * 340), [(b"\1" * 340).hex()], 0),
    ):
        yield Vector(rule, "line", stream, ACCEPTED, {"spoiled": spoiled, "payloads": payloads})
    for rule, stream, spoiled in (
        ("without a zero at its end nothing has come", line[:-1], 0),
        ("a check alone is no payload", framed(b""), 1),
        ("341 bytes are too many here", framed(b"\1" * 341), 1),
        ("a check has its high byte first", b"\0\x0c123456789\xb1\x29\0", 1),
    ):
        yield Vector(rule, "line", stream, SPOILED, {"spoiled": spoiled, "payloads": []})


def _stuffing() -> Iterator[Vector]:
    for rule, data in (
        ("a zero is two codes of one", b"\0"),
        ("zeros part the blocks", b"\x11\x22\0\x33"),
        ("a block of 254 bytes is full", bytes(range(1, 255))),
        ("a block of 254 bytes has no zero behind it", bytes(range(1, 255)) + b"\xff"),
    ):
        yield Vector(rule, "cobs", cobs.encode(data), ACCEPTED, data.hex())
    for rule, data in (
        ("nothing is not stuffed", b""),
        ("a zero is never in it", b"\x03\x11\0"),
        ("a block does not reach beyond the end", b"\x05\x11\x22"),
    ):
        yield Vector(rule, "cobs", data, "BadCobs")
