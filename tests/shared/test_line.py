import asyncio
import gc
import unittest

from drivers.clock import Clock
from drivers.errors import LineLost, NoReply
from drivers.line import Line
from tests.fakes import FakeClock, settle
from tests.shared.running import run


class Plug:
    """A device that can be missing; opens() is what a board gives a Line."""

    def __init__(self):
        self.present = True
        self.opened_at = []
        self.closed = 0
        self.written = []
        self.clock = FakeClock()
        self.inbound = []  # what each read gives: bytes, or an OSError to raise
        self._arrived = asyncio.Event()

    def line(self):
        return Line(self.open, self.clock)

    def open(self):
        self.opened_at.append(self.clock.ticks_ms())
        if not self.present:
            raise OSError(2, "/dev/amplifier: cannot be opened")
        return self

    def feed(self, what):
        self.inbound.append(what)
        self._arrived.set()

    async def read(self, most):
        while not self.inbound:
            self._arrived.clear()
            await self._arrived.wait()
        first = self.inbound.pop(0)
        if isinstance(first, OSError):
            raise first
        if len(first) > most:
            self.inbound.insert(0, first[most:])
        return first[:most]

    async def write(self, data):
        if not self.present:
            raise OSError(5)
        self.written.append(data)

    def close(self):
        self.closed += 1


class TestLine(unittest.TestCase):
    def with_plug(self, script):
        plug = Plug()
        run(script(plug, plug.line()))
        return plug

    def test_what_the_device_says_is_read_and_no_more_than_asked(self):
        async def script(plug, line):
            plug.feed(b"volts")
            self.assertEqual(await plug.clock.outlast(line.read(3, 100)), b"vol")
            self.assertEqual(await plug.clock.outlast(line.read(9, 100)), b"ts")

        self.with_plug(script)

    def test_a_silent_device_costs_the_deadline_and_no_more(self):
        async def script(plug, line):
            with self.assertRaises(NoReply):
                await plug.clock.outlast(line.read(1, 300))
            self.assertEqual(plug.clock.ticks_ms(), 300)
            self.assertEqual(await plug.clock.outlast(line.poll(1, 20)), b"")

        self.assertEqual(self.with_plug(script).closed, 0)

    def test_a_pulled_plug_is_a_lost_line_and_comes_back(self):
        for loss in (OSError(5), b""):
            with self.subTest(loss=repr(loss)):
                self.with_plug(lambda plug, line, loss=loss: self._pulled(plug, line, loss))

    async def _pulled(self, plug, line, loss):
        plug.feed(loss)
        with self.assertRaises(LineLost):
            await plug.clock.outlast(line.read(1, 100))
        self.assertEqual(plug.closed, 1)
        plug.feed(b"!")
        self.assertEqual(await plug.clock.outlast(line.read(1, 1_000)), b"!")
        self.assertEqual(plug.opened_at, [0, 200])

    def test_a_missing_device_is_looked_for_ever_more_seldom(self):
        async def script(plug, line):
            plug.present = False
            while plug.clock.ticks_ms() < 20_000:
                with self.assertRaises(LineLost):
                    await plug.clock.outlast(line.read(1, 700))

        opened = self.with_plug(script).opened_at
        self.assertEqual(opened, [0, 200, 600, 1_400, 3_000, 6_200, 11_200, 16_200])

    def test_a_device_that_came_back_is_not_held_to_its_past(self):
        async def script(plug, line):
            plug.present = False
            for _ in range(20):
                with self.assertRaises(LineLost):
                    await plug.clock.outlast(line.read(1, 700))
            plug.present = True
            for what in (b"!", OSError(5), b"!"):
                plug.feed(what)
            await plug.clock.outlast(line.read(1, 10_000))
            with self.assertRaises(LineLost):
                await plug.clock.outlast(line.read(1, 10))
            self.assertEqual(await plug.clock.outlast(line.read(1, 250)), b"!")

        self.with_plug(script)

    def test_the_caller_of_a_missing_device_waits_no_longer_than_its_deadline(self):
        async def script(plug, line):
            plug.present = False
            with self.assertRaises(LineLost):
                await plug.clock.outlast(line.read(1, 50))
            for write in (line.write(b"?", 50), line.write(b"?", 50)):
                before = plug.clock.ticks_ms()
                with self.assertRaises(LineLost):
                    await plug.clock.outlast(write)
                self.assertEqual(plug.clock.since_ms(before), 50)

        self.with_plug(script)

    def test_the_loss_names_the_device(self):
        async def script(plug, line):
            plug.present = False
            with self.assertRaises(LineLost) as caught:
                await plug.clock.outlast(line.read(1, 50))
            self.assertIn("/dev/amplifier", str(caught.exception))

        self.with_plug(script)

    def test_a_write_that_fails_is_a_lost_line(self):
        async def script(plug, line):
            await plug.clock.outlast(line.write(b"first"))
            plug.present = False
            with self.assertRaises(LineLost):
                await plug.clock.outlast(line.write(b"second"))

        plug = self.with_plug(script)
        self.assertEqual((plug.written, plug.closed), ([b"first"], 1))

    def test_stale_bytes_are_dropped_until_it_is_quiet(self):
        async def script(plug, line):
            plug.feed(b"old")
            plug.feed(b"older")
            self.assertEqual(await plug.clock.outlast(line.drain(4)), 8)
            self.assertEqual(plug.clock.ticks_ms(), 4)

        self.with_plug(script)

    def test_a_device_that_never_stops_is_not_listened_to_for_ever(self):
        async def script(plug, line):
            for _ in range(100):
                plug.feed(b"noise" * 10)
            self.assertEqual(await plug.clock.outlast(line.drain(4, most=64)), 64)

        self.with_plug(script)

    def test_a_reader_called_away_leaves_the_bytes_to_the_next(self):
        async def script(plug, line):
            reader = asyncio.create_task(line.read(1, 1_000))
            await settle()
            reader.cancel()
            await settle()
            plug.feed(b"?")
            self.assertEqual(await plug.clock.outlast(line.read(1, 100)), b"?")

        self.with_plug(script)


class WrappingTicks:
    """Ticks of a port that wraps every 1024 s."""

    def __init__(self):
        self.now = 1_000_000

    def ticks_ms(self):
        return self.now % (1 << 20)

    def ticks_diff(self, later, earlier):
        half = 1 << 19
        return ((later - earlier + half) % (1 << 20)) - half


class TestClock(unittest.TestCase):
    def test_uptime_goes_on_when_ticks_wrap(self):
        ticks = WrappingTicks()
        clock = Clock(ticks)
        for _ in range(10):
            ticks.now += 400_000
            clock.uptime_s()
        self.assertEqual(clock.uptime_s(), 4_000)

    def test_time_between_two_ticks_is_right_across_the_wrap(self):
        ticks = WrappingTicks()
        clock = Clock(ticks)
        before = clock.ticks_ms()
        ticks.now += 60_000
        self.assertEqual(clock.since_ms(before), 60_000)


class TestRealClock(unittest.TestCase):
    def setUp(self):
        if not hasattr(asyncio, "wait_for_ms"):
            self.skipTest("only MicroPython has this clock")

    def test_what_comes_in_time_is_returned(self):
        self.assertEqual(run(Clock().within(10_000, _answer())), "answer")

    def test_what_never_comes_is_no_reply(self):
        with self.assertRaises(NoReply):
            run(Clock().within(1, asyncio.Event().wait()))

    def test_what_fails_in_time_fails_as_it_did(self):
        with self.assertRaises(LineLost):
            run(Clock().within(10_000, _failure()))

    def test_what_came_while_the_box_was_busy_is_not_thrown_away_at_the_deadline(self):
        async def script():
            # A chip may need some ms between the two waits: the answer is due first all the same.
            _, answer = await asyncio.gather(_busy(200), Clock().within(100, _answer(1)))
            return answer

        self.assertEqual(run(script()), "answer")

    def test_a_waiter_called_away_stays_called_away(self):
        async def script():
            task = asyncio.create_task(Clock().within(10_000, asyncio.Event().wait()))
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        run(script())

    def test_a_wait_that_is_over_keeps_no_later_one_in_memory(self):
        """Any word in memory may look like a pointer to it, and an ended Task of MicroPython
        points on: at the one that was put behind it while it waited for its turn.
        """
        for clock in (Clock(), FakeClock()):
            self.assertLess(run(_kept_bytes(clock)), 4_000, type(clock).__name__)


async def _kept_bytes(clock):
    """Return by how much the heap grows in 100 waits while somebody points at an ended one."""
    held, used = [], []

    async def silence():
        if len(held) < 5:
            held.append(asyncio.current_task())
        await asyncio.Event().wait()

    async def waits():
        for number in range(110):
            try:
                await clock.within(1, silence())
            except NoReply:
                pass
            if number in (9, 109):
                gc.collect()
                used.append(gc.mem_alloc())

    if isinstance(clock, FakeClock):
        await clock.outlast(waits())
    else:
        await waits()
    return used[1] - used[0]


async def _answer(after_ms=0):
    await asyncio.sleep(after_ms / 1000)
    return "answer"


async def _busy(ms):
    """Once all others have begun, let none of them run for so long."""
    for _ in range(3):
        await asyncio.sleep(0)
    clock = Clock()
    while clock.ticks_ms() < ms:
        pass


async def _failure():
    raise LineLost("gone")


if __name__ == "__main__":
    unittest.main()
