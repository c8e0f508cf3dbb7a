import asyncio
import unittest

from drivers.lamp import CALLING, DELIVERED, FAILED, OFF, TAKEN, Lamp
from tests.fakes import FakeClock
from tests.shared.running import run


class CountingClock(FakeClock):
    """Counts how often somebody asked to be woken."""

    waits = 0

    async def sleep_ms(self, ms):
        self.waits += 1
        await super().sleep_ms(ms)


class TestLamp(unittest.TestCase):
    def seen(self, *shows):
        """Show patterns, ((pattern, for ms), ...); return [(ms, level)] as the eye saw it."""
        return run(self._seen(shows))

    async def _seen(self, shows):
        clock, changes = CountingClock(), []
        lamp = Lamp(lambda level: changes.append((clock.ticks_ms(), level)), clock)
        task = asyncio.create_task(lamp.run())
        for pattern, ms in shows:
            lamp.show(pattern)
            await clock.advance(ms)
        task.cancel()
        self.waits = clock.waits
        return changes

    def test_a_lamp_nobody_lit_is_dark(self):
        self.assertEqual(self.seen((OFF, 1_000)), [(0, 0)])

    def test_calling_blinks_fast(self):
        seen = self.seen((CALLING, 450))
        self.assertEqual(seen, [(0, 1), (100, 0), (200, 1), (300, 0), (400, 1)])

    def test_a_lamp_that_was_dark_for_long_begins_to_blink(self):
        seen = self.seen((OFF, 60_000), (CALLING, 250), (TAKEN, 60_000), (CALLING, 150))
        changes = [(0, 0), (60_000, 1), (60_100, 0), (60_200, 1), (120_350, 0)]
        self.assertEqual(seen, changes)

    def test_failed_flashes_briefly(self):
        seen = self.seen((FAILED, 1_100))
        self.assertEqual([level for _, level in seen], [1, 0, 1, 0])
        self.assertAlmostEqual(seen[1][0], 50, delta=20)

    def test_taken_is_steady_and_the_pin_is_left_alone(self):
        self.assertEqual(self.seen((TAKEN, 10_000)), [(0, 1)])

    def test_a_new_pattern_shows_at_once_even_in_a_long_dark_phase(self):
        seen = self.seen((FAILED, 700), (DELIVERED, 100), (OFF, 100))
        self.assertEqual(seen[-2:], [(700, 1), (800, 0)])

    def test_showing_the_same_again_does_not_disturb_the_rhythm(self):
        seen = self.seen((CALLING, 150), (CALLING, 150))
        self.assertEqual(seen, [(0, 1), (100, 0), (200, 1), (300, 0)])

    def test_a_pattern_may_have_many_phases(self):
        seen = self.seen(((20, 40, 60, 80), 220))
        self.assertEqual(seen, [(0, 1), (20, 0), (60, 1), (120, 0), (200, 1), (220, 0)])

    def test_a_lamp_that_is_dark_or_steady_costs_nothing(self):
        self.assertEqual(self.seen((OFF, 600_000), (TAKEN, 600_000)), [(0, 0), (600_000, 1)])
        self.assertEqual(self.waits, 0)

    def test_a_lamp_that_blinks_costs_little(self):
        for pattern in (CALLING, DELIVERED, FAILED):
            self.seen((pattern, 9_990))
            self.assertLessEqual(self.waits, 110)

    def test_a_pattern_shown_in_the_middle_of_another_is_soon_right(self):
        seen = self.seen((FAILED, 730), (CALLING, 420))
        self.assertEqual(seen[2:], [(730, 1), (830, 0), (930, 1), (1_030, 0), (1_130, 1)])


if __name__ == "__main__":
    unittest.main()
