import asyncio
import unittest

from firmware.box import Box
from firmware.journal import Journal
from firmware.supervisor import OnAir, supervise
from tests.fakes import FakeClock, FakeWatchdog, ListLines
from tests.shared.running import run


class Faults:
    """A Sentinel that notes what opened, and raises `broken` if set."""

    def __init__(self):
        self.opened = []
        self.broken = None

    def open(self, code):
        if self.broken is not None:
            raise self.broken
        self.opened.append(code)


class Post:
    """Services under supervision, some of which crash."""

    def __init__(self):
        self.clock = FakeClock()
        self.watchdog = FakeWatchdog()
        self.lines = ListLines()
        self.faults = Faults()
        self.on_air = OnAir(self.clock)
        self.started_s = []

    async def live(self, seconds, *services):
        """Supervise these (name, run) for so long; return the task that goes on doing it."""
        box = Box(services, Journal(self.lines), self.faults, self.on_air)
        task = asyncio.create_task(supervise(box, self.clock, self.watchdog))
        await self.clock.advance(1000 * seconds)
        return task

    async def crash(self):
        self.started_s.append(self.clock.uptime_s())
        raise ValueError("no such lamp")

    async def crash_now_and_then(self):
        self.started_s.append(self.clock.uptime_s())
        await self.clock.sleep_ms(120_000)
        raise ValueError("no such lamp")

    async def leave(self):
        self.started_s.append(self.clock.uptime_s())


class TestSupervisor(unittest.TestCase):
    def supervised(self, name, seconds):
        """Let one kind of service live for so long; return the Post."""
        post = Post()
        run(post.live(seconds, ("lamp", getattr(post, name))))
        return post

    def test_a_service_that_crashes_starts_again_after_growing_pauses(self):
        post = self.supervised("crash", 300)
        self.assertEqual(post.started_s, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243])

    def test_a_service_that_ran_well_for_a_minute_is_started_soon(self):
        post = self.supervised("crash_now_and_then", 500)
        self.assertEqual(post.started_s, [0, 121, 242, 363, 484])

    def test_a_service_that_returns_starts_again(self):
        self.assertEqual(self.supervised("leave", 10).started_s, [0, 1, 3, 7])

    def test_a_crash_is_written_down_and_a_fault(self):
        post = self.supervised("crash", 1)
        self.assertIn("lamp: crashed: ValueError no such lamp", post.lines.lines[0])
        self.assertEqual(post.faults.opened[0], "service_crashed")

    def test_a_service_starts_again_even_if_its_crash_cannot_be_written_down(self):
        post = Post()
        post.faults.broken = MemoryError("no room for a sentence")
        run(post.live(10, ("lamp", post.crash)))
        self.assertEqual(post.started_s, [0, 1, 3, 7])

    def test_the_others_live_on(self):
        beats = []

        async def script():
            post = Post()

            async def beat():
                while True:
                    beats.append(post.clock.uptime_s())
                    await post.clock.sleep_ms(1_000)

            await post.live(5, ("lamp", post.crash), ("heart", beat))

        run(script())
        self.assertEqual(beats, [0, 1, 2, 3, 4, 5])

    def test_the_watchdog_is_fed_twice_a_second(self):
        post = self.supervised("crash", 60)
        self.assertEqual(post.watchdog.fed, 121)

    def test_a_service_that_nobody_keeps_any_more_is_left_to_the_watchdog(self):
        async def die():
            raise asyncio.CancelledError()

        post = Post()
        run(post.live(60, ("lamp", post.leave), ("siren", die)))
        self.assertLess(post.watchdog.fed, 3)

    def test_when_supervision_ends_every_service_ends(self):
        ended = []

        async def script():
            post = Post()

            async def wait():
                try:
                    await post.clock.sleep_ms(1_000_000)
                finally:
                    ended.append("lamp")

            task = await post.live(1, ("lamp", wait))
            task.cancel()
            await post.clock.advance(1)

        run(script())
        self.assertEqual(ended, ["lamp"])


class TestOnAir(unittest.TestCase):
    def fed(self, script):
        """Let script(post) act; return how often the watchdog was fed in the ten seconds after."""
        post = Post()

        async def body():
            await post.live(1)
            script(post.on_air)
            await post.clock.advance(5_100)
            before = post.watchdog.fed
            await post.clock.advance(10_000)
            return post.watchdog.fed - before

        return run(body())

    def test_while_the_amplifier_may_be_on_the_watchdog_is_fed(self):
        self.assertEqual(self.fed(lambda on_air: on_air.allow(20_000)), 20)

    def test_once_it_was_on_for_too_long_the_watchdog_bites(self):
        self.assertEqual(self.fed(lambda on_air: on_air.allow(5_000)), 0)

    def test_an_amplifier_that_is_off_again_may_be_off_for_ever(self):
        def on_and_off(on_air):
            on_air.allow(5_000)
            on_air.over()

        self.assertEqual(self.fed(on_and_off), 20)


if __name__ == "__main__":
    unittest.main()
