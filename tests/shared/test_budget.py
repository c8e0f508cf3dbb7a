import unittest

from firmware.budget import Budget
from firmware.roads import Limits
from tests.fakes import FakeClock
from tests.shared.running import run

DAY_MS = 86_400_000


class TestBudget(unittest.TestCase):
    def setUp(self):
        self.clock = FakeClock()

    def budget(self, messages=None, bytes_=None, cents=None, cents_a_grain=0, grain_bytes=50):
        limits = Limits(messages, bytes_, cents, cents_a_grain)
        return Budget(limits, grain_bytes, self.clock)

    def spend(self, budget, priority, count=20):
        """Send as long as this priority may; return how many went."""
        sent = 0
        while sent < 1_000 and budget.allows(priority, count):
            budget.spend(count)
            sent += 1
        return sent

    def test_routine_leaves_half_for_what_matters_and_reports_leave_some_for_life(self):
        budget = self.budget(messages=100)
        self.assertEqual([self.spend(budget, priority) for priority in (4, 2, 1)], [12, 13, 7])
        self.assertEqual(self.spend(budget, 0), 1_000)

    def test_a_day_brings_half_back_and_no_more(self):
        budget = self.budget(messages=100)
        self.spend(budget, 1)
        run(self.clock.advance(DAY_MS // 10))
        self.assertEqual(self.spend(budget, 1), 5)
        run(self.clock.advance(5 * DAY_MS))
        self.assertEqual(self.spend(budget, 1), 45)

    def test_what_life_spent_is_missed_by_the_others(self):
        budget = self.budget(messages=100)
        for _ in range(40):
            budget.spend(20)
        run(self.clock.advance(DAY_MS // 10))
        self.assertFalse(budget.allows(1, 20))
        self.assertTrue(budget.allows(0, 20))

    def test_bytes_count_as_they_are_and_money_by_every_grain_begun(self):
        self.assertEqual(self.spend(self.budget(bytes_=4_000), 4), 25)
        self.assertEqual(self.spend(self.budget(cents=400, cents_a_grain=4), 4, 51), 6)
        self.assertEqual(self.spend(self.budget(cents=400, cents_a_grain=4), 4, 50), 12)

    def test_a_box_that_starts_over_and_over_does_not_get_a_new_day_each_time(self):
        self.assertEqual(self.spend(self.budget(messages=100), 4), 12)

    def test_where_nothing_is_counted_everything_goes(self):
        self.assertEqual(self.spend(self.budget(), 7), 1_000)


if __name__ == "__main__":
    unittest.main()
