"""Several frames in one carrier message from a Box: each is kept, all acknowledged together."""

import pytest

from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from protocol import acks, containers, fragments, frame, messages
from tests.host.gateway_county import CARD, TurnRoad, play

OTHER = {SBD: "300234010000002", BEIDOU: "0242408"}
ROADS = [IP, SBD, BEIDOU]
NAMING = [SBD, BEIDOU]  # these say whose modem or card it is


@pytest.fixture
def box(county):
    county.beidou = TurnRoad(county.clock)
    return county.enter(card=CARD)


def bring(county, bearer, *payloads, sender=None):
    async def script(gateway):
        for payload in payloads:
            await county.brings(gateway, payload, bearer, sender)

    play(county, script)


def acks_on(county, box, bearer):
    """Return what each Ack said that went out on this road, and forget it."""
    road = {IP: county.ip, SBD: county.sbd, BEIDOU: county.beidou}[bearer]
    return [
        acks.read(message.acknowledged)
        for _, _, payload in road.taken()
        for _, message in box.opens(payload)
        if isinstance(message, messages.Ack)
    ]


@pytest.mark.parametrize("bearer", ROADS)
def test_every_frame_in_a_pack_is_kept_and_one_ack_says_so(county, box, bearer):
    elided = bearer != IP
    frames = [box.calls(elided=elided), box.health(elided=elided), box.calls(elided=elided)]
    bring(county, bearer, containers.pack(frames))
    kept = county.rows("SELECT seq, type, bearer FROM messages ORDER BY seq")
    assert [(row["seq"], row["type"], row["bearer"]) for row in kept] == [
        (1, "Call", bearer), (2, "Health", bearer), (3, "Call", bearer)
    ]  # fmt: skip
    assert acks_on(county, box, bearer) == [[1, 2, 3]]
    assert county.count("unreadable") == 0


@pytest.mark.parametrize("bearer", ROADS)
def test_a_pack_that_comes_again_changes_nothing_and_is_acknowledged_again(county, box, bearer):
    pack = containers.pack([box.calls(), box.health()])
    bring(county, bearer, pack, pack)
    assert county.count("messages") == 2
    assert county.count("receptions") == 4
    assert acks_on(county, box, bearer) == [[1, 2]] * 2


def forged(data):
    return data[:-1] + bytes((data[-1] ^ 1,))


def piece(box):
    return fragments.Cut(*frame.read(box.health(seq=900)), 20).fragment(0)


BAD = {
    "forged": lambda box: forged(box.calls(seq=900)),
    "cut short": lambda box: box.calls(seq=900)[:4],
    "a stranger's": lambda box: box.calls(seq=900)[:2] + b"\x77\x77" + box.calls(seq=900)[4:],
    "a piece": piece,
    "a pack": lambda box: containers.pack([box.calls(seq=900), box.calls(seq=901)]),
    "empty": lambda box: b"",
    "noise": lambda box: b"\x13" * 30,
}


@pytest.mark.parametrize("bearer", ROADS)
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_member_costs_only_itself(county, box, kind, bearer):
    good, bad, also_good = box.calls(), BAD[kind](box), box.health()
    pack = b"\x01" + b"".join(bytes((len(m),)) + m for m in (good, bad, also_good))
    bring(county, bearer, pack)
    assert county.count("messages") == 2
    assert [row["raw"] for row in county.rows("SELECT raw FROM unreadable")] == [bad]
    assert acks_on(county, box, bearer) == [[1, 2]]


@pytest.mark.parametrize("bearer", NAMING)
def test_addresses_left_out_are_those_of_the_boxs_own_carrier(county, box, bearer):
    other = county.enter(address=2, imei=OTHER[SBD], card=OTHER[BEIDOU])
    pack = containers.pack([other.calls(elided=True), box.calls(), other.health(elided=True)])
    bring(county, bearer, pack, sender=OTHER[bearer])
    kept = county.rows("SELECT box, seq FROM messages ORDER BY box, seq")
    assert [(row["box"], row["seq"]) for row in kept] == [(2, 1), (2, 2), (0x1234, 1)]
    assert county.count("unreadable") == 0


def test_a_datagram_names_nobody_so_an_address_left_out_is_nobodys(county, box):
    left_out = box.calls(elided=True)
    bring(county, IP, containers.pack([left_out, box.calls()]))
    assert [row["raw"] for row in county.rows("SELECT raw FROM unreadable")] == [left_out]
    assert acks_on(county, box, IP) == [[2]]


@pytest.mark.parametrize("bearer", NAMING)
def test_from_a_strangers_modem_nothing_left_out_is_believed(county, box, bearer):
    pack = containers.pack([box.calls(elided=True), box.calls(elided=True)])
    bring(county, bearer, pack, sender=OTHER[bearer])
    assert county.count("messages") == 0
    assert county.count("unreadable") == 2


@pytest.mark.parametrize("bearer", ROADS)
def test_frames_of_far_numbers_and_two_epochs_are_all_acknowledged(county, box, bearer):
    old = [box.calls(epoch=1, seq=70), box.calls(epoch=1, seq=60_000)]
    new = [box.calls(epoch=2, seq=1), box.calls(epoch=2, seq=3)]
    bring(county, bearer, containers.pack(old + new))
    sent = {IP: county.ip, SBD: county.sbd, BEIDOU: county.beidou}[bearer].sent
    assert county.count("messages") == 4
    said = []
    for _, _, payload in sent:
        for data in containers.unpack(payload):
            for box.epoch in (1, 2):
                try:
                    said += [(box.epoch, acks.read(m.acknowledged)) for _, m in box.opens(data)]
                except ValueError:
                    continue
    assert sorted(said) == [(1, [70]), (1, [60_000]), (2, [1, 3])]
