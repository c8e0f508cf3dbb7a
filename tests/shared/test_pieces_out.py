import unittest

from drivers.outcomes import REFUSED, SENT, UNKNOWN, Outcome
from firmware.bearer import Bearer
from firmware.pieces_out import PiecesOut
from firmware.roads import KINDS, Kind, Limits
from protocol import fragments, frame
from protocol.reassembly import Reassembly
from tests.fakes import FakeClock, Mailbox
from tests.shared.pieces import BOX, HEALTH, body, whole
from tests.shared.running import run
from tests.shared.test_courier import Post

OK = Outcome(SENT, "")
NO_SIGNAL = Outcome(REFUSED, "no signal")
LIFE = frame.Header(frame.SEALED, 0, 3, 0, True, BOX, 9)

# A road that takes 20 bytes at once, of which 11 are of the frame; each may be the last.
PACE = (0, 120_000, 0, (60_000,), (), (2_000,), Limits(None, None, None, 0))
KINDS["narrow"] = Kind(20, 20, False, True, *PACE)
KINDS["narrow elided"] = Kind(20, 20, True, True, *PACE)
# One that is too narrow for a Call: three pieces.
KINDS["thread"] = Kind(17, 20, False, True, *PACE)


def heard(payloads, named=None):
    """Return the frames the county makes of these payloads; what came whole is whole already."""
    reassembly, found = Reassembly(4), []
    for payload in payloads:
        if not frame.is_fragment(payload):
            header, protected = frame.read(payload, named)
            found.append(whole(header, protected))
            continue
        rebuilt = reassembly.put("narrow", fragments.read(payload, named))
        if rebuilt is not None:
            reassembly.judged(rebuilt, True)
            found.append(rebuilt.frame)
    return found


def indexes(payloads):
    return [fragments.read(payload, BOX).index for payload in payloads]


class TestBearer(unittest.TestCase):
    def send(self, kind, header, protected, pieces=64, outcomes=None):
        """Return (what the road was asked to carry, Outcome of send()) with all that is owed."""

        async def story():
            modem = Mailbox()
            modem.outcomes = outcomes or [OK]
            bearer = Bearer("narrow", kind, modem, FakeClock())
            outcome = await bearer.send(header, protected)
            while len(bearer.pieces) and len(modem.tried) < pieces:
                await bearer.send_piece()
            return modem.tried, outcome

        return run(story())

    def test_what_fits_the_road_goes_whole(self):
        tried, outcome = self.send("narrow", HEALTH, body(13))
        self.assertEqual(tried, [frame.write(HEALTH, body(13))])
        self.assertEqual(outcome, OK)

    def test_a_longer_frame_goes_in_pieces_and_one_more(self):
        tried, outcome = self.send("narrow", HEALTH, body(40))
        self.assertEqual(indexes(tried), [0, 1, 2, 3, 4, 5])
        self.assertTrue(max([len(data) for data in tried]) <= 20)
        self.assertEqual(outcome.word, UNKNOWN)
        for lost in range(6):
            came = tried[:lost] + tried[lost + 1 :]
            self.assertEqual(heard(came), [whole(HEALTH, body(40))])

    def test_for_life_two_more_are_on_their_way_at_once(self):
        tried, _ = self.send("narrow", LIFE, body(40))
        self.assertEqual(len(tried), 8)
        self.assertEqual(heard(tried[3:]), [whole(LIFE, body(40))])

    def test_the_address_stays_at_home_in_pieces_too(self):
        tried, _ = self.send("narrow elided", HEALTH, body(40))
        self.assertEqual(indexes(tried), [0, 1, 2, 3, 4])  # 13 bytes a piece
        self.assertEqual(heard(tried, BOX), [whole(HEALTH, body(40))])

    def test_what_was_refused_at_once_is_surely_not_sent(self):
        tried, outcome = self.send("narrow", HEALTH, body(40), outcomes=[NO_SIGNAL])
        self.assertEqual(len(tried), 1)
        self.assertEqual(outcome, NO_SIGNAL)

    def test_a_piece_refused_later_is_tried_again(self):
        tried, _ = self.send("narrow", HEALTH, body(40), outcomes=[OK, NO_SIGNAL, OK])
        self.assertEqual(indexes(tried), [0, 1, 1, 2, 3, 4, 5])

    def test_what_is_too_long_for_sixteen_pieces_is_refused(self):
        tried, outcome = self.send("narrow", HEALTH, body(16 * 11 - 8))
        self.assertEqual((tried, outcome.word), ([], REFUSED))


class TestPiecesOut(unittest.TestCase):
    def setUp(self):
        self.pieces = PiecesOut(20, False)

    def send_all(self):
        """Return what goes, piece by piece, as (SEQ, index)."""
        gone = []
        while len(self.pieces):
            owed = self.pieces.first()
            piece = fragments.read(self.pieces.fragment(owed))
            gone.append((piece.header.seq, piece.index))
            self.pieces.went(owed)
        return gone

    def gone(self, header, protected):
        self.pieces.owe(header, protected)
        return [index for _, index in self.send_all()]

    def test_sent_again_it_goes_on_with_new_pieces_and_from_the_front_after_64(self):
        found = []
        for _ in range(12):
            found += self.gone(HEALTH, body(40))
        self.assertEqual(found, [index % 64 for index in range(72)])

    def test_asked_for_more_it_sends_so_many_new_ones(self):
        self.gone(HEALTH, body(40))
        self.pieces.owe_more(HEALTH, body(40), 2)
        self.assertEqual(self.send_all(), [(HEALTH.seq, 6), (HEALTH.seq, 7)])

    def test_nobody_gets_more_of_what_did_not_go_in_pieces(self):
        self.pieces.owe_more(HEALTH, body(40), 2)
        self.assertEqual(len(self.pieces), 0)

    def test_asked_for_more_while_some_are_owed_it_sends_no_more_than_the_most(self):
        self.pieces.owe(HEALTH, body(40))
        self.pieces.owe_more(HEALTH, body(40), 2)
        self.pieces.owe(HEALTH, body(40))
        self.assertEqual(len(self.send_all()), 6)

    def test_life_goes_first(self):
        self.pieces.owe(HEALTH, body(40))
        self.pieces.owe(LIFE, body(40))
        gone = self.send_all()
        self.assertEqual([seq for seq, _ in gone], [LIFE.seq] * 8 + [HEALTH.seq] * 6)

    def test_five_frames_are_too_many_and_the_least_urgent_is_left_out(self):
        for seq in range(4):
            self.pieces.owe(frame.Header(frame.SEALED, 0, 4, 4, True, BOX, seq), body(40))
        self.pieces.owe(LIFE, body(40))
        gone = self.send_all()
        self.assertEqual(len(gone), 8 + 3 * 6)
        self.assertEqual(sorted(set([seq for seq, _ in gone])), [0, 1, 2, LIFE.seq])


class TestCourier(unittest.TestCase):
    def with_post(self, script):
        async def body_of_it():
            await script(Post(kinds=("thread",)))

        run(body_of_it())

    def test_a_call_comes_through_in_pieces(self):
        async def script(post):
            slip = post.call()
            await post.pass_s(2)
            header, protected = post.outbox.hand_over(slip)
            tried = post.modems["thread"].tried
            self.assertEqual(indexes(tried), [0, 1, 2, 3, 4, 5])  # k = 3
            self.assertEqual(heard(tried[1:4]), [whole(header, protected)])

        self.with_post(script)

    def test_a_call_cuts_in_between_the_pieces_of_a_report(self):
        async def script(post):
            road = SlowRoad(post, post.modems["thread"])
            report = post.report()
            await post.pass_s(2)
            call = post.call()
            await post.pass_s(60)
            seqs = [fragments.read(data).header.seq for data in road.tried]
            self.assertEqual(seqs[:8], [report.seq] + [call.seq] * 6 + [report.seq])

        self.with_post(script)

    def test_the_county_asks_for_more_and_gets_so_many(self):
        async def script(post):
            slip = post.call()
            await post.pass_s(2)
            before = len(post.modems["thread"].tried)
            post.courier.more(post.bearers["thread"], slip.epoch, slip.seq, 2)
            await post.pass_s(2)
            self.assertEqual(indexes(post.modems["thread"].tried[before:]), [6, 7])
            post.courier.more(post.bearers["thread"], slip.epoch, slip.seq + 1, 2)
            post.courier.more(post.bearers["thread"], slip.epoch + 1, slip.seq, 2)
            await post.pass_s(2)
            self.assertEqual(len(post.modems["thread"].tried), before + 2)

        self.with_post(script)

    def test_an_acknowledged_report_owes_no_more_pieces(self):
        async def script(post):
            road = SlowRoad(post, post.modems["thread"])
            slip = post.report()
            await post.pass_s(2)
            post.acknowledge(slip)
            await post.pass_s(100)
            self.assertEqual(len(road.tried), 1)

        self.with_post(script)

    def test_unanswered_it_is_sent_again_in_new_pieces(self):
        async def script(post):
            post.call()
            await post.pass_s(70)
            self.assertEqual(indexes(post.modems["thread"].tried), list(range(12)))

        self.with_post(script)


class SlowRoad:
    """A road that needs four seconds for each payload."""

    def __init__(self, post, modem):
        self.tried = modem.tried
        self._clock = post.clock
        self._carry = modem.send
        modem.send = self.send

    async def send(self, data):
        await self._clock.sleep_ms(4_000)
        return await self._carry(data)


if __name__ == "__main__":
    unittest.main()
