import asyncio
import struct
import unittest

from drivers.errors import BadReply, LineLost, NoReply
from drivers.modbus import Master
from drivers.modbus_frames import (
    HOLDING,
    INPUT,
    SlaveRefusal,
    crc16,
    missing,
    reading,
    registers_in,
    writing,
)
from tests.fakes import FakeClock, FakeLine, settle
from tests.shared.running import run


def framed(*numbers):
    return bytes(numbers) + crc16(bytes(numbers))


class TestFrames(unittest.TestCase):
    def test_the_checksums_in_the_books(self):
        self.assertEqual(crc16(b"\x02\x07"), b"\x41\x12")
        self.assertEqual(crc16(b"\x01\x04\x02\xff\xff"), b"\xb8\x80")
        self.assertEqual(crc16(b"\x11\x03\x00\x6b\x00\x03"), b"\x76\x87")

    def test_a_question_for_registers_and_its_answer(self):
        request = reading(0x11, HOLDING, 0x6B, 3)
        self.assertEqual(request.frame, b"\x11\x03\x00\x6b\x00\x03\x76\x87")
        reply = framed(0x11, 3, 6, 0x02, 0x2B, 0, 0, 0, 0x64)
        self.assertEqual(registers_in(request, reply), (0x22B, 0, 0x64))

    def test_input_registers_have_a_function_of_their_own(self):
        self.assertEqual(reading(1, INPUT, 0, 1).frame[1], 4)

    def test_one_register_is_written_and_echoed(self):
        request = writing(1, 2, [3])
        self.assertEqual(request.frame, framed(1, 6, 0, 2, 0, 3))
        self.assertEqual(registers_in(request, framed(1, 6, 0, 2, 0, 3)), ())
        with self.assertRaises(BadReply):
            registers_in(request, framed(1, 6, 0, 2, 0, 4))

    def test_several_registers_are_written_at_once(self):
        request = writing(1, 1, [10, 258])
        self.assertEqual(request.frame, framed(1, 16, 0, 1, 0, 2, 4, 0, 10, 1, 2))
        self.assertEqual(registers_in(request, framed(1, 16, 0, 1, 0, 2)), ())
        with self.assertRaises(BadReply):
            registers_in(request, framed(1, 16, 0, 1, 0, 1))

    def test_a_refusal_is_told_in_words(self):
        request = reading(1, INPUT, 0, 1)
        for code, words in ((2, "illegal data address"), (6, "busy"), (99, "exception 99")):
            with self.assertRaises(SlaveRefusal) as caught:
                registers_in(request, framed(1, 0x84, code))
            self.assertIn(words, str(caught.exception))

    def test_no_damaged_bit_is_taken_for_an_answer(self):
        request = reading(1, INPUT, 1, 2)
        reply = framed(1, 4, 4, 0x1F, 0x40, 0x01, 0xE0)
        self.assertEqual(registers_in(request, reply), (8_000, 480))
        for at in range(len(reply)):
            for bit in range(8):
                damaged = bytearray(reply)
                damaged[at] ^= 1 << bit
                with self.assertRaises(BadReply):
                    registers_in(request, bytes(damaged))

    def test_an_answer_to_another_question_is_refused(self):
        request = reading(1, INPUT, 1, 2)
        wrong = (
            framed(2, 4, 4, 0, 0, 0, 0),  # another slave
            framed(1, 3, 4, 0, 0, 0, 0),  # another function
            framed(1, 0x83, 2),  # the refusal of another function
            framed(1, 4, 2, 0, 0),  # fewer registers
            framed(1, 4, 4, 0, 0, 0),  # fewer than it says
            framed(1, 4, 4, 0, 0, 0, 0, 0),  # more than it says
            b"",
            b"\x01\x04",
        )
        for reply in wrong:
            with self.subTest(reply=reply), self.assertRaises(BadReply):
                registers_in(request, reply)

    def test_how_much_is_still_to_come(self):
        request = reading(1, INPUT, 0, 3)
        whole = framed(1, 4, 6, 0, 1, 0, 2, 0, 3)
        heard = b""
        while missing(request, heard):
            heard += whole[len(heard) : len(heard) + missing(request, heard)]
        self.assertEqual(heard, whole)
        self.assertEqual(missing(request, b"\x01\x84"), 3)

    def test_a_question_nobody_could_answer_is_not_asked(self):
        for ask in (
            lambda: reading(0, INPUT, 0, 1),
            lambda: reading(248, INPUT, 0, 1),
            lambda: reading(1, INPUT, 0, 126),
            lambda: reading(1, INPUT, 0xFFFF, 2),
            lambda: writing(1, 0, []),
            lambda: writing(1, 0, [0] * 124),
        ):
            with self.assertRaises(ValueError):
                ask()


class Bus:
    """Slaves by address: a list of registers, None for a silent one, or a function."""

    def __init__(self, **slaves):
        self.clock = FakeClock()
        self.slaves = {int(name[1:]): slave for name, slave in slaves.items()}
        self.asked = []  # (ms, slave)
        self.line = FakeLine(self.clock, self._respond)
        self.master = Master(self.line, self.clock)

    def _respond(self, frame):
        self.asked.append((self.clock.ticks_ms(), frame[0]))
        slave = self.slaves[frame[0]]
        if slave is None or callable(slave):
            return slave and slave(frame)
        first, count = struct.unpack(">HH", frame[2:6])
        data = b"".join(struct.pack(">H", value) for value in slave[first : first + count])
        return framed(frame[0], frame[1], len(data), *data)

    def times_asked(self, slave):
        return [ms for ms, asked in self.asked if asked == slave]

    async def read(self, slave, insist=False):
        return await self.clock.outlast(self.master.read(slave, INPUT, 0, 2, insist))


class TestMaster(unittest.TestCase):
    def test_registers_are_read(self):
        bus = Bus(s1=[8_000, 480])
        self.assertEqual(run(bus.read(1)), (8_000, 480))
        self.assertEqual(len(bus.asked), 1)

    def test_a_garbled_answer_is_asked_for_again(self):
        replies = [b"\x01\x04garbled", framed(1, 4, 4, 0, 7, 0, 8)]
        bus = Bus(s1=lambda frame: replies.pop(0))
        self.assertEqual(run(bus.read(1)), (7, 8))

    def test_an_answer_that_is_always_garbled_is_a_bad_reply(self):
        bus = Bus(s1=lambda frame: b"\x01\x04\x04nonsense")
        with self.assertRaises(BadReply):
            run(bus.read(1))
        self.assertEqual(len(bus.asked), 3)

    def test_an_answer_cut_short_is_a_bad_reply(self):
        bus = Bus(s1=lambda frame: b"\x01\x04\x04\x00")
        with self.assertRaises(BadReply):
            run(bus.read(1))

    def test_a_refusal_is_not_argued_with(self):
        bus = Bus(s1=lambda frame: framed(1, 0x84, 2))
        with self.assertRaises(SlaveRefusal):
            run(bus.read(1))
        self.assertEqual(len(bus.asked), 1)

    def test_a_late_answer_is_not_taken_for_the_next(self):
        async def script(bus):
            bus.line.feed(framed(1, 4, 4, 0, 1, 0, 2))
            self.assertEqual(await bus.read(1), (7, 8))

        run(script(Bus(s1=[7, 8])))

    def test_the_line_is_quiet_between_two_frames(self):
        async def script(bus):
            await bus.read(1)
            await bus.read(1)
            first, second = bus.times_asked(1)
            self.assertGreaterEqual(second - first, 4)  # 3.5 characters at 9600 Bd

        run(script(Bus(s1=[7, 8])))

    def test_a_silent_slave_is_asked_three_times_then_rests_ever_longer(self):
        async def script(bus):
            while bus.clock.ticks_ms() < 60_000:
                with self.assertRaises(NoReply):
                    await bus.read(1)
                await bus.clock.advance(100)

        bus = Bus(s1=None)
        run(script(bus))
        firsts = bus.times_asked(1)[::3]
        rests = [later - earlier for earlier, later in zip(firsts, firsts[1:])]
        self.assertEqual(sorted(rests), rests)
        self.assertLess(rests[0], 2_500)
        self.assertLess(rests[-1], 12_500)
        self.assertGreater(rests[-1], 10_000)

    def test_while_a_slave_rests_the_caller_knows_at_once(self):
        async def script(bus):
            for _ in range(2):
                before = bus.clock.ticks_ms()
                with self.assertRaises(NoReply):
                    await bus.read(1)
            self.assertEqual(bus.clock.since_ms(before), 0)
            self.assertEqual(len(bus.asked), 3)

        run(script(Bus(s1=None)))

    def test_who_insists_asks_even_a_resting_slave(self):
        async def script(bus):
            with self.assertRaises(NoReply):
                await bus.read(1)
            bus.slaves[1] = [7, 8]
            self.assertEqual(await bus.read(1, insist=True), (7, 8))
            self.assertEqual(await bus.read(1), (7, 8))

        run(script(Bus(s1=None)))

    def test_a_silent_slave_never_stalls_another(self):
        async def script(bus):
            silent = asyncio.create_task(bus.master.read(1, INPUT, 0, 2))
            await settle()
            before = bus.clock.ticks_ms()
            self.assertEqual(await bus.read(2), (7, 8))
            self.assertLess(bus.clock.since_ms(before), 400)
            with self.assertRaises(NoReply):
                await bus.clock.outlast(silent)
            self.assertEqual(len(bus.times_asked(1)), 3)

        run(script(Bus(s1=None, s2=[7, 8])))

    def test_two_requests_never_overlap(self):
        async def script(bus):
            tasks = [asyncio.create_task(bus.master.read(s, INPUT, 0, 2)) for s in (1, 2, 3)]
            await bus.clock.advance(1_000)
            for number, task in enumerate(tasks, 1):
                self.assertEqual(await task, (number, number))

        run(script(Bus(s1=[1, 1], s2=[2, 2], s3=[3, 3])))

    def test_a_lost_line_is_told_as_such_and_at_once(self):
        async def script(bus):
            bus.line.lose()
            with self.assertRaises(LineLost):
                await bus.read(1)
            bus.line.mend()
            self.assertEqual(await bus.read(1), (7, 8))

        run(script(Bus(s1=[7, 8])))


if __name__ == "__main__":
    unittest.main()
