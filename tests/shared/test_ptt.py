import asyncio
import unittest

from drivers.ptt import Ptt
from tests.fakes import FakeClock
from tests.shared.running import run


class TestPtt(unittest.TestCase):
    def with_ptt(self, script):
        run(self._with_ptt(script))

    async def _with_ptt(self, script):
        clock, levels = FakeClock(), []
        ptt = Ptt(lambda level: levels.append((clock.ticks_ms(), level)), clock)
        task = asyncio.create_task(ptt.run())
        await clock.advance(100)
        await script(clock, ptt, levels, task)
        task.cancel()

    def test_nobody_keys_and_the_pin_stays_low(self):
        async def script(clock, ptt, levels, task):
            await clock.advance(60_000)
            self.assertEqual(levels, [(0, 0)])

        self.with_ptt(script)

    def test_while_it_is_keyed_the_pin_changes_every_20_ms(self):
        async def script(clock, ptt, levels, task):
            for _ in range(8):
                ptt.key()
                await clock.advance(250)
            times = [ms for ms, _ in levels[1:]]
            self.assertEqual(times, list(range(100, 2_101, 20)))
            self.assertEqual([level for _, level in levels[1:]], [1, 0] * 50 + [1])

        self.with_ptt(script)

    def test_a_dead_announcer_is_off_the_air_within_a_second_and_a_half(self):
        async def script(clock, ptt, levels, task):
            ptt.key()
            await clock.advance(60_000)
            self.assertGreater(levels[-1][0], 100 + 1_200)
            self.assertLessEqual(levels[-1][0], 100 + 1_500)
            self.assertEqual(levels[-1][1], 0)

        self.with_ptt(script)

    def test_it_is_never_high_for_longer_than_one_pulse(self):
        async def script(clock, ptt, levels, task):
            for pause_ms in (5, 1_399, 1_400, 1_401, 7, 2_000):
                ptt.key()
                await clock.advance(pause_ms)
            ptt.release()
            for (began, level), (ended, _) in zip(levels, levels[1:]):
                self.assertTrue(level == 0 or ended - began <= 20)
            self.assertEqual(levels[-1][1], 0)

        self.with_ptt(script)

    def test_released_is_low_at_once_and_stays_so(self):
        async def script(clock, ptt, levels, task):
            ptt.key()
            await clock.advance(50)
            ptt.release()
            released = len(levels)
            self.assertEqual(levels[-1], (150, 0))
            await clock.advance(10_000)
            self.assertEqual([level for _, level in levels[released:]], [0])

        self.with_ptt(script)

    def test_it_can_be_keyed_again(self):
        async def script(clock, ptt, levels, task):
            for _ in range(3):
                ptt.key()
                await clock.advance(100)
                self.assertEqual(levels[-1][0], clock.ticks_ms())
                ptt.release()
                await clock.advance(5_000)
                self.assertEqual(levels[-1][1], 0)

        self.with_ptt(script)

    def test_a_service_that_is_ended_lets_go(self):
        async def script(clock, ptt, levels, task):
            ptt.key()
            await clock.advance(5)
            self.assertEqual(levels[-1][1], 1)
            task.cancel()
            await clock.advance(1)
            self.assertEqual(levels[-1][1], 0)

        self.with_ptt(script)

    def test_a_hung_program_freezes_the_pin_which_is_off(self):
        async def script(clock, ptt, levels, task):
            ptt.key()
            await clock.advance(90)
            changes = len(levels)
            clock.stall(60_000)
            self.assertEqual(len(levels), changes)
            await clock.advance(100)
            self.assertEqual([level for _, level in levels[changes:]], [0])

        self.with_ptt(script)


if __name__ == "__main__":
    unittest.main()
