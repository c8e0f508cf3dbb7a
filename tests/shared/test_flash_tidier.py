import asyncio
import unittest

from drivers.errors import StoreFailed
from drivers.tidier import Tidier
from tests.fakes import FakeClock
from tests.shared.running import run


class Part:
    """Flash with some sectors still to be seen to; done lists when that was."""

    def __init__(self, clock, sectors):
        self.sectors = sectors
        self.broken = False
        self.done = []
        self._clock = clock

    def untidy(self):
        return self.sectors > 0

    def tidy(self):
        if self.broken:
            raise StoreFailed("the flash does not answer")
        self.sectors -= 1
        self.done.append(self._clock.ticks_ms())


class TestTidier(unittest.TestCase):
    def setUp(self):
        self.quiet = True
        self.clock = FakeClock()
        self.parts = Part(self.clock, 3), Part(self.clock, 2)

    def after(self, script):
        run(self._after(script))

    async def _after(self, script):
        tidier = Tidier(self.clock, lambda: self.quiet, self.parts)
        task = asyncio.create_task(tidier.run())
        await script()
        task.cancel()

    def test_one_sector_at_a_time_with_rests_between_until_all_is_tidy(self):
        async def script():
            await self.clock.advance(60_000)
            self.assertEqual([part.sectors for part in self.parts], [0, 0])
            done = sorted(self.parts[0].done + self.parts[1].done)
            for earlier, later in zip(done, done[1:]):
                self.assertGreaterEqual(later - earlier, 500)

        self.after(script)

    def test_nothing_is_erased_while_somebody_would_notice(self):
        async def script():
            self.quiet = False
            await self.clock.advance(60_000)
            self.assertEqual([part.sectors for part in self.parts], [3, 2])
            self.quiet = True
            await self.clock.advance(5_000)
            self.assertEqual([part.sectors for part in self.parts], [0, 0])

        self.after(script)

    def test_what_becomes_untidy_later_is_seen_to(self):
        async def script():
            await self.clock.advance(10_000)
            self.parts[1].sectors = 1
            await self.clock.advance(2_000)
            self.assertEqual(self.parts[1].sectors, 0)

        self.after(script)

    def test_flash_that_fails_ends_the_service_and_holds_up_no_other_part(self):
        self.parts[0].broken = True
        tidier = Tidier(self.clock, lambda: True, self.parts)

        async def script():
            for _ in range(3):
                with self.assertRaises(StoreFailed):
                    await self.clock.outlast(tidier.run())

        run(script())
        self.assertEqual([part.sectors for part in self.parts], [3, 0])


if __name__ == "__main__":
    unittest.main()
