import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import crypto
from host_tools.gateway import journal, keeping
from host_tools.gateway.arrivals import SBD
from host_tools.gateway.database import writing
from host_tools.gateway.intake import Intake
from host_tools.gateway.undress import MOST_PAYLOAD
from host_tools.gateway.verify import BoxKeys, Verifier
from protocol import cbor, containers, frame, keys, messages, proof
from protocol.schema import DOWN, UP
from tests.host.gateway_county import (
    HOME,
    IMEI,
    MASTER,
    NOON,
    REALM,
    Box,
    County,
    acknowledged,
    minute,
    play,
    signed,
)


def test_a_call_is_kept_shown_and_acknowledged(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls())

    play(county, script)
    assert acknowledged(box, county.ip) == [1]
    assert county.fields("Call") == [{"button": 1, "kind": "help", "minute": minute(NOON)}]
    assert county.rows("SELECT state, button, epoch, seq FROM calls") == [
        {"state": "open", "button": 1, "epoch": 1, "seq": 1}
    ]


def test_what_is_kept_is_the_whole_frame_with_its_address(county):
    box = county.enter()
    data = box.calls(elided=True)

    async def script(gateway):
        await county.brings(gateway, data, SBD)

    play(county, script)
    kept = county.rows("SELECT frame FROM messages")[0]["frame"]
    assert kept == box.calls(seq=1)
    assert len(kept) == len(data) + 2


def test_one_message_by_two_roads_is_one_row_and_two_receptions(county):
    box = county.enter()
    by_ip, by_satellite = box.calls(), box.calls(seq=1, elided=True)

    async def script(gateway):
        await county.brings(gateway, by_ip)
        await county.brings(gateway, by_satellite, SBD)

    play(county, script)
    assert county.count("messages") == 1
    assert [row["bearer"] for row in county.rows("SELECT * FROM receptions")] == ["ip", "sbd"]
    assert acknowledged(box, county.ip) == [1]
    assert acknowledged(box, county.sbd) == [1]


class Counting:
    """The county's cipher, counting how often it is asked to open something."""

    def __init__(self):
        self.opened = 0

    def open(self, *arguments):
        self.opened += 1
        return crypto.open(*arguments)


def test_bytes_seen_before_are_not_verified_again(county):
    box, cipher = county.enter(), Counting()
    intake = Intake(Verifier(BoxKeys(MASTER, REALM), cipher))
    data = box.calls(epoch=0)
    for _ in range(5):
        with writing(county.engine) as connection:
            answers = intake.take(connection, [county.arrival(data)] * 2)
    assert [answer.kind for answer in answers] == ["ack", "ack"]
    assert cipher.opened == 1
    assert county.count("receptions") == 10


def test_a_message_repeated_a_thousand_times_fills_no_disk(county):
    box = county.enter()
    data = box.calls()

    async def script(gateway):
        for _ in range(1_000):
            gateway.offer(county.arrival(data))
        await county.clock.advance(1)

    play(county, script)
    assert county.count("receptions") == keeping.MOST_RECEPTIONS
    assert acknowledged(box, county.ip) != []


def test_other_bytes_under_a_number_already_used_are_a_conflict(county):
    box = county.enter()
    first, clone = box.calls(), box.calls(seq=1, button=2)

    async def script(gateway):
        await county.brings(gateway, first)
        county.ip.taken()
        await county.brings(gateway, clone)
        await county.brings(gateway, clone)

    play(county, script)
    assert county.ip.sent == []
    assert county.rows("SELECT box, epoch, seq, frame FROM conflicts") == [
        {"box": 0x1234, "epoch": 1, "seq": 1, "frame": clone}
    ]
    assert county.count("messages") == 1
    assert county.count("calls") == 1
    assert len(county.rows("SELECT * FROM journal WHERE what LIKE 'conflict%'")) == 1


def test_a_box_that_raised_its_epoch_is_understood_and_followed(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls(epoch=8))
        await county.brings(gateway, box.calls(epoch=3))  # kept since before the raise
        box.epoch = 8

    play(county, script)
    assert county.rows("SELECT epoch FROM boxes")[0]["epoch"] == 8
    assert [row["epoch"] for row in county.rows("SELECT epoch FROM messages ORDER BY id")] == [
        8,
        3,
    ]


def test_an_epoch_too_far_ahead_is_not_believed(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls(epoch=9))

    play(county, script)
    assert county.count("messages") == 0
    assert county.count("unreadable") == 1


def test_each_frame_of_a_pack_stands_for_itself(county):
    box = county.enter()
    broken = bytearray(box.health())
    broken[-1] ^= 1
    packed = containers.pack([box.calls(elided=True), bytes(broken), box.health(elided=True)])

    async def script(gateway):
        await county.brings(gateway, packed, SBD)

    play(county, script)
    assert acknowledged(box, county.sbd) == [2, 3]
    assert county.count("messages") == 2
    assert county.count("unreadable") == 1


def test_many_frames_are_acknowledged_by_one(county):
    box = county.enter()

    async def script(gateway):
        for _ in range(20):
            gateway.offer(county.arrival(box.health()))
        await county.clock.advance(0.05)

    play(county, script)
    assert len(county.ip.sent) == 1
    assert acknowledged(box, county.ip) == list(range(1, 21))


def test_satellite_acknowledgements_wait_a_second_for_company(county):
    box = county.enter()

    async def script(gateway):
        gateway.offer(county.arrival(box.calls(), SBD))
        await county.clock.advance(0.5)
        gateway.offer(county.arrival(box.boots(), SBD))
        assert county.sbd.sent == []
        await county.clock.advance(0.6)

    play(county, script)
    assert [to for _, to, _ in county.sbd.sent] == [IMEI]
    kinds = [type(m).__name__ for _, m in box.opens(county.sbd.sent[0][2])]
    assert sorted(kinds) == ["Ack", "Time"]


def test_an_acknowledgement_goes_back_where_the_frame_came_from(county):
    box = county.enter()
    data = box.calls()

    async def script(gateway):
        await county.brings(gateway, data)
        await county.brings(gateway, data, sender="203.0.113.9:5")

    play(county, script)
    assert [to for _, to, _ in county.ip.sent] == [HOME, "203.0.113.9:5"]


def test_a_repeated_frame_moves_no_address_and_proves_no_life(county):
    box = county.enter()
    data = box.calls()

    async def script(gateway):
        await county.brings(gateway, data)
        await county.clock.advance(500)
        await county.brings(gateway, data, sender="203.0.113.9:5")

    play(county, script)
    row = county.rows("SELECT ip_address, heard_at, ip_heard_at FROM boxes")[0]
    assert row == {"ip_address": HOME, "heard_at": NOON, "ip_heard_at": NOON}


def test_a_frame_with_a_new_number_moves_the_address(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls())
        await county.brings(gateway, box.health(), sender="203.0.113.9:5")

    play(county, script)
    assert county.rows("SELECT ip_address FROM boxes")[0]["ip_address"] == "203.0.113.9:5"


def test_a_box_that_does_not_know_the_time_is_told_it(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.boots())

    play(county, script)
    told = [m for _, _, sent in county.ip.sent for _, m in box.opens(sent)]
    times = [m for m in told if isinstance(m, messages.Time)]
    assert times == [messages.Time(1, int(NOON) - 1_735_689_600)]


@pytest.mark.parametrize(
    "says",
    [
        lambda box: box.calls(minute=-1),
        lambda box: box.says("Fault", code="line_open", open=True, minute=-5),
        lambda box: box.plays("playing", b"\1\0\0\1", started=-2),
    ],
)
def test_a_negative_minute_asks_for_the_time(county, says):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, says(box))

    play(county, script)
    told = [m for _, _, sent in county.ip.sent for _, m in box.opens(sent)]
    assert [type(m) for m in told] == [messages.Time, messages.Ack]


def test_who_knows_the_time_is_not_told_it(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.boots(started=minute(NOON)))
        await county.brings(gateway, box.calls())

    play(county, script)
    told = [m for _, _, sent in county.ip.sent for _, m in box.opens(sent)]
    assert {type(m) for m in told} == {messages.Ack}


def test_the_time_is_told_for_repeats_too_but_once_a_second(county):
    box = county.enter()
    data = box.boots()

    async def script(gateway):
        for _ in range(5):
            await county.brings(gateway, data)
        await county.clock.advance(1)
        await county.brings(gateway, data)

    play(county, script)
    told = [m for _, _, sent in county.ip.sent for _, m in box.opens(sent)]
    assert sum(isinstance(m, messages.Time) for m in told) == 2
    assert sum(isinstance(m, messages.Ack) for m in told) == 6


def test_a_box_that_asks_by_two_roads_at_once_is_told_the_time_by_one(county):
    box = county.enter()

    async def script(gateway):
        data = box.boots()
        gateway.offer(county.arrival(data))
        gateway.offer(county.arrival(data, SBD))
        await county.clock.advance(2)

    play(county, script)
    sent = county.ip.sent + county.sbd.sent
    told = [m for _, _, payload in sent for _, m in box.opens(payload)]
    assert sorted(type(m).__name__ for m in told) == ["Ack", "Ack", "Time"]


def test_an_acknowledgement_from_a_box_is_kept_but_not_acknowledged(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.acknowledges(5))

    play(county, script)
    assert county.ip.sent == []
    assert county.count("messages") == 1


def test_the_newest_health_and_the_faults_after_it_are_what_is_open(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.health(faults=0b100, queue=3, seq=5))
        await county.brings(gateway, box.health(faults=0b1, queue=9, seq=4))  # overtaken
        cleared = {"code": "line_open", "open": False, "minute": 1}
        await county.brings(gateway, box.says("Fault", seq=3, **cleared))  # overtaken as well
        shown = await gateway.state()
        assert '"faults":["line_open"]' in shown
        assert '"queue":3' in shown
        await county.brings(gateway, box.says("Fault", seq=6, **cleared))
        assert '"faults":[]' in await gateway.state()

    play(county, script)


def upward(box, number, body=b"\x01", mode=frame.SEALED, priority=0):
    header = frame.Header(mode, UP, number, priority, True, box.address, 77)
    return frame.write(header, box.seal(header, box.epoch, body))


def downward(box):
    header = frame.Header(frame.SEALED, DOWN, 3, 0, True, box.address, 77)
    return frame.write(header, box.seal(header, box.epoch, b"\x41\x00"))


def flipped(data, place=-1):
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def of_another_county():
    stranger = Box()
    stranger.root = bytes(32)
    return stranger.calls()


def of_another_realm(box):
    header = frame.Header(frame.SEALED, UP, 3, 0, True, box.address, 9)
    key = keys.traffic_key(box.root, box.epoch, "up")
    return frame.write(
        header, proof.seal(crypto, key, box.epoch, b"elsewher", header, cbor.sequence(1, 0, 0))
    )


BAD = {
    "empty": lambda box: b"",
    "random": lambda box: b"\x55" * 30,
    "truncated": lambda box: box.calls()[:12],
    "oversized frame": lambda box: box.calls() + bytes(600),
    "oversized datagram": lambda box: bytes(MOST_PAYLOAD + 1),
    "a pack that does not add up": lambda box: b"\x01\x20abc",
    "wrong key": lambda box: of_another_county(),
    "one bit of the proof": lambda box: flipped(box.calls()),
    "one bit of the SEQ": lambda box: flipped(box.calls(), 6),
    "wrong direction": downward,
    "wrong direction, signed": lambda box: signed(),
    "unknown type": lambda box: upward(box, 30),
    "reserved type": lambda box: b"\xb0\xf8" + box.calls()[2:],
    "wrong mode": lambda box: flipped(upward(box, 3, mode=frame.SIGNED) + bytes(64)),
    "a local frame without a Station": lambda box: upward(box, 3, mode=frame.LOCAL),
    "an open frame": lambda box: upward(box, 14, mode=frame.OPEN),
    "a series not written the one way": lambda box: box.says(
        "Series", gauge=1, start=1, step_min=5, values=b"\x10\x00", quality="good"
    ),
    "reserved mode": lambda box: b"\xf0" + box.calls()[1:],
    "a fragment of nothing": lambda box: b"\x9c" + box.calls()[1:7] + bytes(9),
    "no address on a road that names nobody": lambda box: box.calls(elided=True),
    "unknown address": lambda box: Box(0x4321).calls(),
    "a body that is not CBOR": lambda box: upward(box, 3, b"\xff"),
    "a field out of bounds": lambda box: upward(box, 3, cbor.sequence(999, 0, 0)),
    "an unknown word": lambda box: upward(box, 3, cbor.sequence(1, 99, 0)),
    "a missing field": lambda box: upward(box, 3, cbor.sequence(1)),
    "an acknowledgement of nothing": lambda box: upward(box, 1, cbor.sequence(b"\1")),
    "another realm": of_another_realm,
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_one_row_and_one_line_and_changes_nothing_else(county, kind):
    box = county.enter()
    before = county.everything()

    async def script(gateway):
        await county.brings(gateway, BAD[kind](box))
        await county.clock.advance(5)

    play(county, script)
    after = county.everything()
    assert len(after.pop("unreadable")) == 1
    (line,) = after.pop("journal")
    assert line["what"].startswith("refused ")
    assert after == {name: before[name] for name in after}
    assert county.ip.sent == county.sbd.sent == []


@pytest.mark.parametrize(
    "kind",
    ["wrong direction", "unknown type", "wrong mode", "unknown address", "a fragment of nothing"],
)
def test_what_may_never_come_is_refused_before_its_proof_is_looked_at(county, kind):
    box, cipher = county.enter(), Counting()
    intake = Intake(Verifier(BoxKeys(MASTER, REALM), cipher))
    with writing(county.engine) as connection:
        assert intake.take(connection, [county.arrival(BAD[kind](box))]) == []
    assert cipher.opened == 0


def test_a_foreign_modem_may_not_leave_an_address_out(county):
    box = county.enter()
    before = county.everything()

    async def script(gateway):
        await county.brings(gateway, box.calls(elided=True), SBD, "999999999999999")

    play(county, script)
    after = county.everything()
    assert len(after.pop("unreadable")) == 1
    assert "999999999999999" in after.pop("journal")[0]["what"]
    assert after == {name: before[name] for name in after}
    assert county.sbd.sent == []


def test_another_boxs_modem_does_not_lend_its_address(county):
    box = county.enter()
    county.enter(address=0x2222, imei="300234010000002")

    async def script(gateway):
        await county.brings(gateway, box.calls(elided=True), SBD, "300234010000002")

    play(county, script)
    assert county.count("messages") == 0


def test_a_changed_modem_is_believed_when_the_address_is_there(county):
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls(), SBD, "300234010099999")

    play(county, script)
    assert [to for _, to, _ in county.sbd.sent] == ["300234010099999"]
    assert acknowledged(box, county.sbd) == [1]


def test_refusals_are_kept_only_so_far_and_push_out_nothing_else(county, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_UNREADABLE", 10)
    monkeypatch.setattr(journal, "MOST_ABOUT_ROADS", 10)
    box = county.enter()

    async def script(gateway):
        await county.brings(gateway, box.calls())
        with writing(county.engine) as connection:
            journal.note(connection, NOON, "duty", "signed in")
        for i in range(25):
            await county.brings(gateway, b"\x55%d" % i)

    play(county, script)
    kept = [row["raw"] for row in county.rows("SELECT raw FROM unreadable ORDER BY id")]
    assert kept == [b"\x55%d" % i for i in range(15, 25)]
    assert county.count("journal") == 11
    assert county.count("messages") == 1


def test_the_old_keys_of_a_box_provisioned_anew_are_worth_nothing(county):
    old = county.enter()
    county.enter(issue=2)

    async def script(gateway):
        await county.brings(gateway, old.calls())

    play(county, script)
    assert county.count("messages") == 0
    assert county.count("unreadable") == 1


@given(st.binary(max_size=700))
def test_no_bytes_at_all_make_the_intake_stumble(tmp_path_factory, data):
    county = _shared(tmp_path_factory)
    intake = Intake(Verifier(BoxKeys(MASTER, REALM), crypto))
    with writing(county.engine) as connection:
        assert intake.take(connection, [county.arrival(data)]) == []


@given(st.integers(0, 29), st.integers(0, 7))
def test_no_single_bit_of_a_genuine_frame_can_be_changed(tmp_path_factory, place, bit):
    county = _shared(tmp_path_factory)
    intake = Intake(Verifier(BoxKeys(MASTER, REALM), crypto))
    changed = bytearray(Box().calls())
    changed[place % len(changed)] ^= 1 << bit
    with writing(county.engine) as connection:
        assert intake.take(connection, [county.arrival(bytes(changed))]) == []
    assert county.count("messages") == 0


_COUNTIES = []


def _shared(tmp_path_factory):
    """One county for all examples of a property: only refusals are written to it."""
    if not _COUNTIES:
        _COUNTIES.append(County(tmp_path_factory.mktemp("county")))
        _COUNTIES[0].enter()
    return _COUNTIES[0]
