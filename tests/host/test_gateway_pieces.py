"""Frames that are longer than their road's mtu: in pieces to the county, and in pieces from it."""

import pytest

from host_tools.gateway import keeping, pieces
from host_tools.gateway.arrivals import IP, SBD
from protocol import fragments, frame, messages
from protocol.reassembly import Reassembly
from protocol.schema import UP
from tests.host.gateway_county import IMEI, acknowledged, no_commit_succeeds, play, signed
from tests.host.gateway_web import Browser

ELSEWHERE = "198.51.100.7:9"


def cut(data, mtu=30, elided=False, count=8):
    whole = fragments.Cut(*frame.read(data), mtu, elided)
    return [whole.fragment(index) for index in range(count)]


def long_order(**more):
    return signed(template=None, text=b"\0" + b"a" * 239, **more)


def rebuilt(payloads):
    """Return the frames a Box makes of what came to its modem."""
    reassembly, found = Reassembly(3), []
    for payload in payloads:
        made = reassembly.put("sbd", fragments.read(payload))
        if made is not None:
            reassembly.judged(made, True)
            found.append(made.frame)
    return found


def more_of(box, seq):
    """Return the frame by which a Box asks for one more piece."""
    header = frame.Header(frame.SEALED, UP, 2, 0, False, box.address, 1000 + seq)
    body = messages.encode(UP, messages.make("More", seq=seq, missing=1))
    return frame.write(header, box.seal(header, box.epoch, body))


class TestUpward:
    @pytest.mark.parametrize(("bearer", "elided"), [(IP, False), (SBD, True)])
    def test_a_call_in_pieces_is_kept_as_it_came_and_acknowledged(self, county, bearer, elided):
        box = county.enter()
        call = box.calls()
        sent = cut(call, 17, elided)[1:4]
        assert fragments.read(sent[0], box.address).k <= 3

        async def script(gateway):
            for fragment in sent:
                await county.brings(gateway, fragment, bearer)

        play(county, script)
        assert acknowledged(box, county.ip if bearer == IP else county.sbd) == [1]
        assert [row["frame"] for row in county.rows("SELECT frame FROM messages")] == [call]
        assert [row["raw"] for row in county.rows("SELECT raw FROM pieces")] == sent
        assert county.count("unreadable") == 0

    def test_whoever_did_not_hear_the_answer_is_answered_again(self, county):
        box = county.enter()
        sent = cut(box.health(), 20)
        k = fragments.read(sent[0]).k

        async def script(gateway):
            for _ in range(3):
                for fragment in sent[: k + 1]:
                    await county.brings(gateway, fragment)
                assert acknowledged(box, county.ip) == [1]

        play(county, script)
        assert county.count("messages") == 1

    def test_a_false_piece_is_left_out_and_is_one_refusal_at_most(self, county):
        box = county.enter()
        sent = cut(box.health(), 20)
        k = fragments.read(sent[0]).k
        assert k in (3, 4)
        false = sent[0][:-1] + bytes((sent[0][-1] ^ 1,))

        async def script(gateway):
            for fragment in [false, *sent[1 : k + 1]]:
                await county.brings(gateway, fragment)

        play(county, script)
        assert acknowledged(box, county.ip) == [1]
        assert county.count("unreadable") <= 1

    def test_a_forged_frame_in_pieces_changes_nothing(self, county):
        box = county.enter()
        forged = bytearray(box.calls())
        forged[-1] ^= 1

        async def script(gateway):
            for fragment in cut(bytes(forged), 17, count=4):
                await county.brings(gateway, fragment)

        play(county, script)
        assert county.count("messages") == 0
        assert county.ip.sent == []

    @pytest.mark.parametrize(
        "wrong", ["a stranger's", "downward", "not of this mode", "cut short"]
    )
    def test_what_is_no_piece_from_a_box_is_refused_in_one_line(self, county, wrong):
        box = county.enter()
        fragment = bytearray(cut(box.calls(), 17)[0])
        if wrong == "a stranger's":
            fragment[2:4] = b"\x77\x77"
        elif wrong == "downward":
            fragment[0] |= 2
        elif wrong == "not of this mode":
            fragment[0] ^= 0x30
        else:
            del fragment[9:]

        async def script(gateway):
            await county.brings(gateway, bytes(fragment))

        play(county, script)
        assert county.count("unreadable") == 1
        assert county.count("pieces") == 0

    def test_a_flood_from_elsewhere_does_not_keep_a_call_out(self, county):
        box = county.enter()
        sent = cut(box.calls(), 17)[:3]
        foreign = cut(box.calls(), 17)[0]

        async def script(gateway):
            for number in range(1_500):
                if number in (10, 1_400):
                    gateway.offer(county.arrival(sent.pop()))
                seq = number.to_bytes(3, "big")
                flood = foreign[:4] + seq + foreign[7:]
                gateway.offer(county.arrival(flood, sender=ELSEWHERE))
            await county.brings(gateway, sent.pop())

        play(county, script)
        assert acknowledged(box, county.ip) == [1]

    def test_only_the_last_pieces_stay(self, county, monkeypatch):
        monkeypatch.setattr(keeping, "MOST_PIECES", 5)
        box = county.enter()

        async def script(gateway):
            for fragment in cut(box.health(), 20):
                await county.brings(gateway, fragment)

        play(county, script)
        assert county.count("pieces") == 5

    def test_nothing_is_acknowledged_that_was_not_committed(self, county):
        box = county.enter()
        sent = cut(box.calls(), 17, count=12)

        async def script(gateway):
            with no_commit_succeeds(county.engine):
                for fragment in sent[:6]:
                    await county.brings(gateway, fragment)
            assert county.ip.sent == []
            for fragment in sent[6:]:
                await county.brings(gateway, fragment)

        play(county, script)
        assert set(acknowledged(box, county.ip)) == {1}


class TestDownward:
    def test_an_order_too_long_for_a_satellite_message_goes_in_pieces(self, county):
        county.enter()
        order = long_order(rank="danger")

        async def script(gateway):
            answer = await Browser(gateway.page).post("/api/orders", {"frame": order.hex()})
            assert answer.json()["satellite_messages"] == 5
            await county.clock.advance(1)

        play(county, script)
        assert {to for _, to, _ in county.sbd.sent} == {IMEI}
        payloads = [payload for _, _, payload in county.sbd.sent]
        assert max(len(payload) for payload in payloads) <= 270
        for lost in range(5):
            some = payloads[:lost] + payloads[lost + 1 :]
            assert rebuilt(some[:2]) == rebuilt(some[2:]) == [order]

    def test_the_next_try_sends_other_pieces(self, county):
        county.enter()

        async def script(gateway):
            await Browser(gateway.page).post("/api/orders", {"frame": long_order().hex()})
            await county.clock.advance(181)

        play(county, script)
        sent = [fragments.read(payload).index for _, _, payload in county.sbd.sent]
        assert sent == list(range(15))

    def test_a_box_that_lacks_some_gets_more_at_once(self, county):
        box = county.enter()

        async def script(gateway):
            await Browser(gateway.page).post("/api/orders", {"frame": long_order(seq=77).hex()})
            await county.clock.advance(5)
            await county.brings(gateway, more_of(box, 76), SBD)
            assert len(county.sbd.sent) == 5
            await county.brings(gateway, more_of(box, 77), SBD)
            assert len(county.sbd.sent) == 10

        play(county, script)

    def test_by_ip_it_is_whole(self, county):
        box = county.enter()

        async def script(gateway):
            await county.brings(gateway, box.health())
            county.ip.taken()
            await Browser(gateway.page).post("/api/orders", {"frame": long_order().hex()})
            await county.clock.advance(1)

        play(county, script)
        (_, _, payload) = county.ip.sent[0]
        ((_, carry),) = box.opens(payload)
        assert carry == messages.Carry(long_order())

    def test_a_frame_that_fits_is_left_alone(self):
        order = signed()
        assert pieces.dressed(SBD, order) == pieces.dressed(SBD, order, 7) == [order]
        assert pieces.dressed(IP, long_order()) == [long_order()]

    def test_tries_without_end_have_pieces_without_end(self):
        order = long_order()
        for tries in range(100):
            assert rebuilt(pieces.dressed(SBD, order, tries)[:2]) == [order]
