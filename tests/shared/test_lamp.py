import asyncio
import unittest

from drivers.lamp import CALLING, DELIVERED, FAILED, OFF, TAKEN, Lamp
from tests.fakes import FakeClock
from tests.shared.running import run


class TestLamp(unittest.TestCase):
    def seen(self, *shows):
        """Show patterns, ((pattern, for ms), ...); return [(ms, level)] as the eye saw it."""
        return run(self._seen(shows))

    async def _seen(self, shows):
        clock, changes = FakeClock(), []
        lamp = Lamp(lambda level: changes.append((clock.ticks_ms(), level)), clock)
        task = asyncio.create_task(lamp.run())
        for pattern, ms in shows:
            lamp.show(pattern)
            await clock.advance(ms)
        task.cancel()
        return changes

    def test_a_lamp_nobody_lit_is_dark(self):
        self.assertEqual(self.seen((OFF, 1_000)), [(0, 0)])

    def test_calling_blinks_fast(self):
        seen = self.seen((CALLING, 450))
        self.assertEqual(seen, [(0, 1), (100, 0), (200, 1), (300, 0), (400, 1)])

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


if __name__ == "__main__":
    unittest.main()
