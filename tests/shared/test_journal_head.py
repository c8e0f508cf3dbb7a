import asyncio
import unittest

from firmware.journal import Journal
from firmware.journal_head import JournalHead
from tests.fakes import FakeClock, ListLines
from tests.shared.running import run

DAY_MS = 86_400_000


class Time:
    def __init__(self):
        self.became_trusted = asyncio.Event()

    def minute(self):
        return 800_000


class Posted:
    def __init__(self):
        self.heads = []

    def post(self, message, instead_of=()):
        self.heads.append((message.lines, message.digest, message.minute, instead_of))


class TestJournalHead(unittest.TestCase):
    def test_once_a_day_and_once_the_time_is_known_the_county_is_told_how_far_it_is(self):
        async def script():
            clock, time, posted, journal = FakeClock(), Time(), Posted(), Journal(ListLines())
            service = asyncio.create_task(JournalHead(journal, time, posted, clock).run())
            journal.note("ip", "a")
            await clock.advance(DAY_MS)
            self.assertEqual(posted.heads, [])
            time.became_trusted.set()
            await clock.advance(1_000)
            journal.note("ip", "b")
            await clock.advance(DAY_MS)
            service.cancel()
            return posted.heads, journal.head()

        heads, last = run(script())
        self.assertEqual(
            [(lines, minute) for lines, _, minute, _ in heads], [(1, 800_000), (2, 800_000)]
        )
        self.assertEqual((heads[1][0], heads[1][1]), last)
        self.assertEqual({kinds for *_, kinds in heads}, {("LogHead",)})

    def test_the_head_is_that_of_the_last_line_and_goes_on_after_a_restart(self):
        lines = ListLines()
        Journal(lines).note("ip", "a")
        journal = Journal(lines)
        journal.note("ip", "b")
        count, digest = journal.head()
        self.assertEqual(count, 2)
        self.assertTrue(
            lines.lines[-1].endswith("#2:" + "".join("%02x" % byte for byte in digest))
        )


if __name__ == "__main__":
    unittest.main()
