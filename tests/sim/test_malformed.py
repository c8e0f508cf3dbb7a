"""Bytes that are no right frame: one line about them, no answer, and nothing changes."""

import time

from host_tools.demo.stage import ADDRESS
from protocol import calendar, containers, frame, messages
from protocol.schema import DOWN, UP
from tests.sim.datagrams import Stranger, named
from tests.sim.scene import Scene
from tests.sim.waiting import until

NO_SUCH_TYPE = 29
BEYOND_A_FRAME = frame.MOST_BYTES + 1


def test_the_box_writes_one_line_about_what_is_wrong_and_does_not_answer(scene: Scene):
    thief = scene.thief
    taken = messages.CallTaken(thief.epoch, 1)
    right = thief.sealed(taken, ack_wanted=True)
    row = messages.row_of(DOWN, taken)
    own = scene.road("up", 0)[-1]
    later = messages.encode(DOWN, taken) + b"\x07"  # a field of a release to come
    wrong = {
        "a byte": b"\x80",
        "no container": b"\x7f" + right,
        "cut short": right[:-1],
        "cut to its header": right[:7],
        "too long": right + bytes(BEYOND_A_FRAME - len(right)),
        "not its proof": right[:-1] + bytes((right[-1] ^ 1,)),
        "not its number": right[:6] + bytes((right[6] ^ 1,)) + right[7:],
        "upward": own,
        "an unknown type": thief.sealed_body(NO_SUCH_TYPE, b"\x00", True),
        "the reserved type": thief.sealed_body(31, b"\x00", True),
        "for another Box": thief.sealed_body(row.number, b"\x00\x01", True, address=ADDRESS + 1),
        "for everybody": thief.sealed_body(row.number, b"\x00\x01", True, address=0xFFFF),
        "no message": thief.sealed_body(row.number, b"\xff\xff", True),
        "a field too few": thief.sealed_body(row.number, b"\x00", True),
        "a field too many": thief.sealed_body(row.number, later, True),
        "an address left out": bytes((right[0] | 1,)) + right[1:2] + right[4:],
        "a fragment that is the whole": _in_one_piece(right),
        "a pack that does not add up": b"\x01\xff" + right,
        "a pack of packs": containers.pack([b"\x01\x01\x80", right[:-1]]),
    }
    lines, acks, since = scene.journal.count(""), _acks(scene), time.time()
    for number, datagram in enumerate(wrong.values(), 1):
        scene.refused(datagram)
        assert scene.journal.count("") >= lines + number
    scene.inject(right)  # ends nothing, but is right, so it is answered
    until("the one answer", lambda: _acks(scene) > acks)
    assert _acks(scene) == acks + 1
    assert set(map(lambda data: named(UP, data), scene.road("up", since))) <= {
        "Ack",
        "Health",
        "HealthDelta",
    }
    # A pack's members are refused one by one; everything else is one line.
    assert scene.journal.count("") == lines + len(wrong) + 1
    assert scene.starts("box") == 1


def test_the_gateway_keeps_one_row_about_what_is_wrong_and_does_not_answer(scene: Scene):
    thief, right = scene.thief, next(d for d in scene.road("up", 0) if named(UP, d) == "Health")
    downward = thief.sealed(messages.Time(0, int(time.time()) - calendar.ZERO_UNIX))
    wrong = (
        b"\x80",
        b"\x7f" + right,
        right[:-1],
        right[:7],
        right + bytes(BEYOND_A_FRAME - len(right)),
        right + bytes(5_000),
        right[:-1] + bytes((right[-1] ^ 1,)),
        right[:6] + bytes((right[6] ^ 1,)) + right[7:],
        downward,
        thief.sealed_body(NO_SUCH_TYPE, b"\x00", True, UP),
        thief.sealed_body(3, b"\x00", True, UP, address=ADDRESS + 1),
        thief.sealed_body(3, b"\x00", True, UP),
        thief.sealed_body(3, b"\x01\x09\x00", True, UP),
        bytes((right[0] | 1,)) + right[1:2] + right[4:],
        _in_one_piece(right),
        b"\x01\xff" + right,
    )
    unreadable, noted = scene.count("unreadable"), _refusals_noted(scene)
    changing = ("calls", "conflicts", "orders", "downlink")
    counts, at = [scene.count(table) for table in changing], _standing(scene)
    with Stranger(scene.stage.ports["udp"]) as stranger:
        for datagram in wrong:
            stranger.send(datagram)
        stranger.send(right)
        assert named(DOWN, stranger.hear()) == "Ack"  # of the right one: the first answer
    until("a row each", lambda: scene.count("unreadable") >= unreadable + len(wrong))
    assert scene.count("unreadable") == unreadable + len(wrong)
    assert _refusals_noted(scene) == noted + len(wrong)
    assert [scene.count(table) for table in changing] == counts
    assert _standing(scene) == at


def _in_one_piece(data):
    """Return this frame as its only fragment: k is 1 in the two bytes behind the header."""
    return bytes((data[0] | 4,)) + data[1:7] + b"\0\0" + data[7:]


def _acks(scene: Scene) -> int:
    return len(scene.county.fields("Ack"))


def _refusals_noted(scene: Scene) -> int:
    return scene.county.rows("SELECT count(*) FROM journal WHERE what LIKE 'refused %'")[0][0]


def _standing(scene: Scene):
    return scene.county.rows("SELECT address, issue, epoch, ip_address, imei FROM boxes")
