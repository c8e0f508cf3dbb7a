import unittest

from firmware.timekeeper import HOLD, LATE, NOW, BadTime, Timekeeper
from protocol import messages
from tests.fakes import FakeClock, MemoryStore
from tests.shared.running import run

MINUTE = 800_000
SECOND = 60 * MINUTE
EPOCH = 4
DAY_S = 86_400


def order(issued=MINUTE, rank="notice", valid_10min=1):
    return messages.make("Order", rank=rank, issued=issued, valid_10min=valid_10min)


class WithTimekeeper(unittest.TestCase):
    def setUp(self):
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.time = Timekeeper(self.store, self.clock)

    def wait_s(self, seconds):
        run(self.clock.advance(1000 * seconds))

    def ask_and_tell(self, second=SECOND, round_trip_s=0, seq=5):
        self.time.asked(EPOCH, seq)
        self.wait_s(round_trip_s)
        self.time.told(EPOCH, messages.Time(seq, second))

    def is_not_believed(self, seq=5, second=SECOND, epoch=EPOCH):
        before = (self.time.trusted(), self.time.second(), self.store.items())
        with self.assertRaises(BadTime):
            self.time.told(epoch, messages.Time(seq, second))
        self.assertEqual((self.time.trusted(), self.time.second(), self.store.items()), before)


class TestTime(WithTimekeeper):
    def test_an_untrusted_clock_counts_minutes_since_the_start_below_zero(self):
        self.assertEqual(self.time.minute(), -1)
        self.wait_s(150)
        self.assertEqual(self.time.minute(), -3)
        self.assertIsNone(self.time.second())
        self.assertIsNone(self.time.start_minute())

    def test_the_countys_answer_sets_the_clock(self):
        self.wait_s(120)
        self.ask_and_tell()
        self.assertTrue(self.time.became_trusted.is_set())
        self.wait_s(61)
        self.assertEqual(self.time.second(), SECOND + 61)
        self.assertEqual(self.time.minute(), MINUTE + 1)
        self.assertEqual(self.time.start_minute(), MINUTE - 2)

    def test_half_the_round_trip_is_added(self):
        self.ask_and_tell(round_trip_s=100)
        self.assertEqual(self.time.second(), SECOND + 50)

    def test_an_answer_that_took_longer_than_two_minutes_sets_no_clock(self):
        self.time.asked(EPOCH, 5)
        self.wait_s(121)
        self.is_not_believed()

    def test_a_time_that_answers_nothing_is_not_believed(self):
        self.is_not_believed()
        self.time.asked(EPOCH, 5)
        self.is_not_believed(seq=6)

    def test_an_answer_to_the_same_number_of_another_epoch_is_not_believed(self):
        self.time.asked(EPOCH, 5)
        self.is_not_believed(epoch=EPOCH - 1)

    def test_an_answer_played_back_sets_no_clock(self):
        self.ask_and_tell()
        self.wait_s(60)
        self.is_not_believed()

    def test_a_trusted_clock_moves_by_ten_minutes_at_most(self):
        self.ask_and_tell()
        for off_by_s in (601, -601, 86_400):
            self.time.asked(EPOCH, 6)
            self.is_not_believed(seq=6, second=SECOND + off_by_s)
        self.ask_and_tell(second=SECOND - 600, seq=7)
        self.assertEqual(self.time.second(), SECOND - 600)

    def test_many_small_steps_move_a_trusted_clock_by_ten_minutes_in_all(self):
        self.ask_and_tell()
        for at, off_by_s in ((6, 301), (7, 599)):
            self.ask_and_tell(second=SECOND + off_by_s, seq=at)
        self.time.asked(EPOCH, 8)
        self.is_not_believed(seq=8, second=SECOND + 601)

    def test_what_a_crystal_drifts_in_months_is_put_right_besides(self):
        self.ask_and_tell()
        self.wait_s(100 * DAY_S)
        now = SECOND + 100 * DAY_S
        self.ask_and_tell(second=now - 864 - 600, seq=6)
        self.assertEqual(self.time.second(), now - 864 - 600)
        self.time.asked(EPOCH, 7)
        self.is_not_believed(seq=7, second=now - 864 - 601)

    def test_a_time_before_the_calendar_begins_is_not_believed(self):
        self.wait_s(60)
        self.time.asked(EPOCH, 5)
        self.is_not_believed(second=59)

    def test_only_the_last_16_questions_may_be_answered(self):
        for seq in range(17):
            self.time.asked(EPOCH, seq)
        self.is_not_believed(seq=0)
        self.time.told(EPOCH, messages.Time(1, SECOND))
        self.assertTrue(self.time.trusted())


class TestJudgement(WithTimekeeper):
    def test_with_trusted_time_an_order_sounds_until_its_end(self):
        self.ask_and_tell()
        for rank in ("routine", "danger"):
            self.assertEqual(self.time.judge(order(rank=rank)), NOW)
        self.wait_s(599)
        self.assertEqual(self.time.judge(order()), NOW)
        self.wait_s(1)
        self.assertEqual(self.time.judge(order()), LATE)
        self.assertEqual(self.time.judge(order(rank="danger")), LATE)
        self.assertTrue(self.time.outdated(order()))

    def test_without_time_danger_sounds_and_the_rest_waits(self):
        for rank, verdict in (
            ("danger", NOW),
            ("warning", HOLD),
            ("notice", HOLD),
            ("routine", HOLD),
        ):
            self.assertEqual(self.time.judge(order(rank=rank)), verdict)
            self.assertFalse(self.time.outdated(order(rank=rank)))

    def test_without_time_nothing_older_than_the_newest_known_minute_is_taken(self):
        self.time.witnessed(MINUTE)
        for issued, outdated in ((MINUTE - 1, True), (MINUTE, False), (MINUTE + 1, False)):
            self.assertEqual(self.time.outdated(order(issued, rank="danger")), outdated)

    def test_the_newest_known_minute_outlives_a_reset_and_never_falls(self):
        self.time.witnessed(MINUTE)
        self.time.witnessed(MINUTE - 10)
        after = Timekeeper(self.store, self.clock)
        self.assertTrue(after.outdated(order(MINUTE - 1)))

    def test_a_told_time_is_a_known_minute_too(self):
        self.ask_and_tell()
        after = Timekeeper(self.store, self.clock)
        self.assertFalse(after.trusted())
        self.assertTrue(after.outdated(order(MINUTE - 1, rank="danger")))

    def test_danger_taken_before_a_reset_waits_if_it_is_older_than_what_is_known(self):
        self.time.witnessed(MINUTE)
        self.assertEqual(self.time.judge(order(MINUTE - 1, rank="danger")), HOLD)


if __name__ == "__main__":
    unittest.main()
