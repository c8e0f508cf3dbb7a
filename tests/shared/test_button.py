import asyncio
import unittest

from drivers.button import Button
from tests.fakes import FakeClock, FakePin
from tests.shared.running import run


class TestButton(unittest.TestCase):
    def presses_of(self, *moves):
        """Move the pin, ((level, for ms), ...); return how long each press was held, in ms."""
        return run(self._presses_of(moves))

    async def _presses_of(self, moves):
        clock, pin, held = FakeClock(), FakePin(), []
        button = Button(pin, clock)

        async def watch():
            while True:
                await button.pressed()
                held.append(None)
                held[-1] = await button.released()

        task = asyncio.create_task(watch())
        for level, ms in moves:
            pin.level = level
            await clock.advance(ms)
        task.cancel()
        return held

    def assert_held(self, held, *expected_ms):
        self.assertEqual(len(held), len(expected_ms))
        for ms, expected in zip(held, expected_ms):
            self.assertAlmostEqual(ms, expected, delta=20)

    def test_a_press_is_one_press_and_its_length_is_known(self):
        self.assert_held(self.presses_of((1, 100), (0, 300), (1, 100)), 300)

    def test_contacts_that_bounce_make_one_press(self):
        bounce = ((0, 10), (1, 10), (0, 20), (1, 10))
        held = self.presses_of(*(bounce + ((0, 200), (1, 10), (0, 10), (1, 100))))
        self.assert_held(held, 220)

    def test_a_spike_on_the_wire_calls_nobody(self):
        self.assertEqual(self.presses_of((1, 100), (0, 20), (1, 100), (0, 10), (1, 100)), [])

    def test_a_press_is_noticed_while_the_button_is_still_held(self):
        self.assertEqual(self.presses_of((1, 100), (0, 60)), [None])

    def test_a_button_held_while_the_power_comes_back_is_a_press(self):
        self.assert_held(self.presses_of((0, 500), (1, 100)), 500)

    def test_two_presses_are_two(self):
        held = self.presses_of((0, 100), (1, 100), (0, 200), (1, 100))
        self.assert_held(held, 100, 200)

    def test_a_short_touch_is_enough(self):
        self.assert_held(self.presses_of((1, 100), (0, 50), (1, 100)), 50)

    def test_a_touch_of_60_ms_is_a_press_whenever_it_comes(self):
        for begin_ms in range(100, 121):
            self.assertEqual(len(self.presses_of((1, begin_ms), (0, 60), (1, 100))), 1)


if __name__ == "__main__":
    unittest.main()
