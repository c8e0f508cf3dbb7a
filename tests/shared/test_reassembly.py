import unittest

from protocol import fragments, frame
from protocol.frame import Header
from protocol.reassembly import Lack, Reassembly
from tests.shared.pieces import HEALTH, ORDER, body, pieces, spoiled, whole

SIGNED = body(93)
FRAME = whole(ORDER, SIGNED)


def header(seq, priority=0):
    return Header(frame.SIGNED, 1, 4, priority, False, 0xF001, seq)


class Village:
    """A Reassembly and whoever proves: only the frames named here are genuine."""

    def __init__(self, sets=3, genuine=(FRAME,)):
        self.reassembly = Reassembly(sets)
        self.genuine = genuine
        self.believed = []
        self.tried = 0

    def hear(self, some, source="beidou"):
        for piece in some:
            rebuilt = self.reassembly.put(source, piece)
            while rebuilt is not None:
                self.tried += 1
                proven = rebuilt.frame in self.genuine
                if proven:
                    self.believed.append(rebuilt.frame)
                rebuilt = self.reassembly.judged(rebuilt, proven)

    def lacks(self, source="beidou"):
        """Return (SEQ, pieces) of the frames that would be asked for, until none is."""
        found = []
        while True:
            lack = self.reassembly.lack(source)
            if lack is None:
                return found
            found.append((lack.header.seq, lack.missing))

    def waiting(self):
        return sorted([one.header.seq for one in self.reassembly._sets if one.header])


class TestReassembly(unittest.TestCase):
    def setUp(self):
        self.village = Village()
        self.sent = pieces(ORDER, SIGNED, 46)  # k = 3
        self.assertEqual(self.sent[0].k, 3)

    def test_a_frame_is_whole_with_its_kth_piece_whichever_these_are(self):
        for chosen in ((0, 1, 2), (2, 0, 1), (4, 1, 5), (6, 5, 3)):
            village = Village()
            some = [self.sent[i] for i in chosen]
            village.hear(some[:2])
            self.assertEqual(village.believed, [])
            village.hear(some[2:])
            self.assertEqual(village.believed, [FRAME])

    def test_a_piece_that_comes_twice_counts_once(self):
        self.village.hear([self.sent[0]] * 5 + [self.sent[1]] * 5)
        self.assertEqual(self.village.tried, 0)
        self.village.hear([self.sent[0], self.sent[3]])
        self.assertEqual(self.village.believed, [FRAME])

    def test_late_pieces_of_a_finished_frame_begin_nothing(self):
        self.village.hear(self.sent[:6])
        self.assertEqual(self.village.believed, [FRAME])
        self.assertEqual(self.village.lacks(), [])

    def test_who_sends_it_all_once_more_and_again_is_heard_again(self):
        """The answer was lost: the frame must come through, for it is answered each time."""
        self.village.hear(self.sent[:6] * 3)
        self.assertEqual(self.village.believed, [FRAME] * 3)
        self.village.hear(self.sent[2:3] + self.sent[6:] + self.sent[:1])
        self.assertEqual(self.village.believed, [FRAME] * 4)

    def test_only_a_few_finished_frames_are_remembered(self):
        genuine = [whole(header(seq), SIGNED) for seq in range(20)]
        village = Village(genuine=genuine)
        for seq in range(20):
            village.hear(pieces(header(seq), SIGNED, 46, 3))
        self.assertEqual(village.believed, genuine)
        for seq in (11, 12):
            village.hear(pieces(header(seq), SIGNED, 46, 4)[3:])
        self.assertEqual(village.waiting(), [11])


class TestMixing(unittest.TestCase):
    def test_two_frames_of_one_number_and_another_check_never_mix(self):
        one, two = body(93), body(93, 8)
        first, second = pieces(ORDER, one, 46), pieces(ORDER, two, 46)
        self.assertNotEqual(first[0].check, second[0].check)
        village = Village(genuine=(whole(ORDER, one), whole(ORDER, two)))
        for pair in zip(first[:3], second[2:5]):
            village.hear(pair)
        self.assertEqual(village.believed, [whole(ORDER, one), whole(ORDER, two)])
        self.assertEqual(village.tried, 2)

    def test_pieces_from_two_places_or_under_two_headers_never_mix(self):
        sent = pieces(ORDER, SIGNED, 46)
        village = Village()
        village.hear(sent[:2])
        village.hear(sent[2:4], "radio")
        for other in (HEALTH, header(ORDER.seq), header(ORDER.seq + 1)):
            village.hear([fragments.Piece(other, *sent[4][1:])])
        self.assertEqual(village.tried, 0)

    def test_two_cuts_of_one_frame_never_mix(self):
        village = Village()
        village.hear(pieces(ORDER, SIGNED, 46, 2) + pieces(ORDER, SIGNED, 45, 2))
        village.hear(pieces(ORDER, SIGNED, 70, 1))
        self.assertEqual(village.tried, 0)

    def test_a_whole_set_of_another_frames_pieces_under_its_check_is_not_believed(self):
        check, forged = pieces(ORDER, SIGNED, 46)[0].check, pieces(ORDER, body(93, 9), 46, 8)
        village = Village()
        village.hear([fragments.Piece(p.header, p.index, p.k, check, p.data) for p in forged])
        self.assertEqual(village.believed, [])


class TestFalsePieces(unittest.TestCase):
    def assert_recovered(self, mtu, protected, false_at):
        """With one false piece among k + a fourth of k, at most four other subsets are tried."""
        sent = pieces(ORDER, protected, mtu, 24)
        k = sent[0].k
        arrived = sent[2 : 2 + k + -(-k // 4)]
        arrived[false_at] = spoiled(arrived[false_at], 3)
        village = Village(genuine=(whole(ORDER, protected),))
        made = []
        rebuild = fragments.rebuilt

        def counted(*arguments):
            made.append(1)
            return rebuild(*arguments)

        fragments.rebuilt = counted
        try:
            village.hear(arrived)
        finally:
            fragments.rebuilt = rebuild
        self.assertEqual(village.believed, [whole(ORDER, protected)])
        self.assertTrue(len(made) <= 5, len(made))

    def test_one_among_them_is_left_out_wherever_it_is(self):
        for mtu, k in ((60, 2), (46, 3), (35, 4), (30, 5), (22, 8), (21, 9), (16, 15)):
            for false_at in range(k):
                with self.subTest(k=k, false_at=false_at):
                    self.assertEqual(pieces(ORDER, SIGNED, mtu)[0].k, k)
                    self.assert_recovered(mtu, SIGNED, false_at)

    def test_one_in_the_first_or_last_of_sixteen_too(self):
        for false_at in (0, 7, 15):
            self.assert_recovered(29, body(300), false_at)

    def test_a_wrong_proof_is_tried_with_other_pieces_five_times_at_most(self):
        village = Village(genuine=())
        village.hear(pieces(ORDER, SIGNED, 35, 40))
        self.assertTrue(0 < village.tried <= 5 * 8)
        village = Village(genuine=())
        village.hear(pieces(ORDER, SIGNED, 35, 5))
        self.assertEqual(village.tried, 5)

    def test_nothing_is_tried_while_a_frame_is_in_proof(self):
        sent = pieces(ORDER, SIGNED, 46)
        reassembly = Reassembly(2)
        found = [reassembly.put("sbd", piece) for piece in sent[:6]]
        rebuilt = found[2]
        self.assertEqual(found, [None, None, rebuilt, None, None, None])
        again = reassembly.judged(rebuilt, False)
        self.assertEqual(again.frame, FRAME)
        self.assertIsNone(reassembly.judged(again, True))
        self.assertIsNone(reassembly.judged(again, True))

    def test_a_judgement_of_what_was_pushed_out_changes_nothing(self):
        reassembly = Reassembly(1)
        for piece in pieces(ORDER, SIGNED, 46, 3):
            rebuilt = reassembly.put("sbd", piece)
        reassembly.put("sbd", pieces(header(9), SIGNED, 46, 1)[0])
        self.assertIsNone(reassembly.judged(rebuilt, True))
        self.assertIsNone(reassembly.lack("sbd"))
        self.assertEqual(reassembly.lack("sbd"), Lack(header(9), 2))


class TestFlood(unittest.TestCase):
    def test_a_danger_order_comes_through_a_thousand_foreign_pieces_less_urgent(self):
        village = Village()
        sent = pieces(ORDER, SIGNED, 46, 3)
        foreign = pieces(header(1, priority=1), SIGNED, 46, 1)[0]
        for seq in range(1000):
            if seq in (100, 500, 900):
                village.hear([sent.pop()])
            village.hear([fragments.Piece(header(seq, priority=1), *foreign[1:])])
        self.assertEqual(village.believed, [FRAME])

    def test_or_as_urgent_ones_from_another_road(self):
        village = Village()
        sent = pieces(ORDER, SIGNED, 46, 3)
        foreign = pieces(header(1), SIGNED, 46, 1)[0]
        for seq in range(1000):
            if seq in (100, 500, 900):
                village.hear([sent.pop()], "sbd")
            village.hear([fragments.Piece(header(seq), *foreign[1:])], "radio")
        self.assertEqual(village.believed, [FRAME])

    def test_the_least_urgent_goes_first_then_the_one_that_waits_longest(self):
        village = Village()
        for seq, priority, waiting in (
            (1, 1, [1]),
            (2, 4, [1, 2]),
            (3, 1, [1, 2, 3]),
            (4, 1, [1, 3, 4]),
            (5, 0, [3, 4, 5]),
            (6, 2, [3, 4, 5]),
        ):
            village.hear(pieces(header(seq, priority), SIGNED, 46, 1))
            self.assertEqual(village.waiting(), waiting)

    def test_a_new_piece_makes_a_frame_young_again(self):
        village = Village()
        for seq, index in ((1, 0), (2, 0), (3, 0), (1, 1), (4, 0)):
            village.hear([pieces(header(seq), SIGNED, 46)[index]])
        self.assertEqual(village.waiting(), [1, 3, 4])

    def test_memory_is_taken_once(self):
        reassembly = Reassembly(3)
        before = self.held(reassembly)
        for seq in range(200):
            for piece in pieces(header(seq), body(66 + 7 * (seq % 70)), 70, 4):
                reassembly.put("radio" + str(seq % 7), piece)
        self.assertEqual(self.held(reassembly), before)
        self.assertEqual(before, 3 * (903 + 20) + 8 * 9)

    def test_the_largest_frame_has_room_with_its_spare_pieces_for_every_k(self):
        for k in range(2, 17):
            size = -(-602 // k)
            sent = pieces(ORDER, body(593), size + 9, k + 4)
            self.assertEqual(sent[0].k, k)
            reassembly = Reassembly(1)
            rebuilt = [reassembly.put("sbd", piece) for piece in sent][k - 1]
            self.assertEqual(rebuilt.frame, whole(ORDER, body(593)))
            self.assertEqual(self.held(reassembly), 923 + 72)

    def held(self, reassembly):
        rooms = [len(one._bytes) + len(one._indexes) for one in reassembly._sets]
        return sum(rooms) + len(reassembly._finished)


class TestLacks(unittest.TestCase):
    def setUp(self):
        self.village = Village()
        self.sent = pieces(ORDER, SIGNED, 35)  # k = 4

    def lack(self, source="beidou"):
        return self.village.reassembly.lack(source)

    def test_a_frame_that_got_no_piece_for_a_while_lacks_some(self):
        self.village.hear(self.sent[:1])
        self.assertIsNone(self.lack())
        self.village.hear(self.sent[1:2])
        self.assertIsNone(self.lack())
        self.assertIsNone(self.lack("radio"))
        self.assertEqual(self.lack(), Lack(ORDER, 2))
        self.village.hear(self.sent[4:6])
        self.assertEqual(self.village.believed, [FRAME])
        self.assertIsNone(self.lack())

    def test_it_is_asked_for_twice_and_again_when_it_got_a_piece(self):
        self.village.hear(self.sent[:1])
        self.assertEqual([self.lack() is None for _ in range(5)], [True, False, False, True, True])
        self.village.hear(self.sent[1:2])
        self.assertEqual([self.lack() is None for _ in range(5)], [True, False, False, True, True])

    def test_the_most_urgent_is_asked_for_first(self):
        for seq, priority in ((1, 3), (2, 0), (3, 0)):
            self.village.hear(pieces(header(seq, priority), SIGNED, 46, 1))
        self.assertIsNone(self.lack())
        self.assertEqual([self.lack().header.seq for _ in range(6)], [2, 2, 3, 3, 1, 1])

    def test_a_false_piece_is_made_up_for_by_one_more(self):
        self.village.hear([spoiled(self.sent[0])] + self.sent[1:4])
        self.assertIsNone(self.lack())
        self.assertEqual(self.lack(), Lack(ORDER, 1))
        self.village.hear(self.sent[5:6])
        self.assertEqual(self.village.believed, [FRAME])

    def test_nobody_is_asked_for_more_of_a_forged_frame(self):
        village = Village(genuine=())
        village.hear(self.sent[:4])
        self.assertEqual(village.lacks() + village.lacks(), [])


if __name__ == "__main__":
    unittest.main()
