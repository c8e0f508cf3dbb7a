import unittest

from drivers.errors import StoreFull
from firmware.journal import Journal
from firmware.outbox import OutboxFull
from firmware.sentinel import Sentinel
from protocol import messages
from protocol.schema import FAULT
from tests.fakes import ListLines, MemoryStore


class FixedTime:
    def minute(self):
        return 800_000


class Outbox:
    def __init__(self):
        self.posted = []
        self.refusal = None

    def post(self, message, instead_of=()):
        if self.refusal is not None:
            raise self.refusal
        self.posted.append((message.code, message.open, message.severity))
        return instead_of

    def full(self):
        return self.refusal is not None


class TestSentinel(unittest.TestCase):
    def setUp(self):
        self.store, self.outbox, self.lines = MemoryStore(), Outbox(), ListLines()
        self.sentinel = self.started()

    def started(self):
        return Sentinel(self.store, self.outbox, FixedTime(), Journal(self.lines))

    def test_a_fault_is_reported_when_it_opens_and_when_it_clears_and_not_in_between(self):
        for _ in range(3):
            self.sentinel.open("line_open")
        for _ in range(3):
            self.sentinel.clear("line_open")
        expected = [("line_open", True, "high"), ("line_open", False, None)]
        self.assertEqual(self.outbox.posted, expected)
        self.assertEqual(len(self.lines.lines), 2)

    def test_a_fault_that_silences_no_village_is_less_severe(self):
        self.sentinel.open("service_crashed")
        self.assertEqual(self.outbox.posted, [("service_crashed", True, "low")])

    def test_open_faults_are_bits_in_the_order_of_the_table(self):
        self.sentinel.open("no_output")
        self.sentinel.open("store_full")
        bits = 1 << FAULT.index("no_output") | 1 << FAULT.index("store_full")
        self.assertEqual(self.sentinel.bits(), bits)
        self.sentinel.clear_all(FAULT)
        self.assertEqual(self.sentinel.bits(), 0)
        self.assertEqual(len(self.outbox.posted), 4)

    def test_an_open_fault_is_not_reported_again_after_a_restart(self):
        self.sentinel.open("line_open")
        after = self.started()
        after.open("line_open")
        self.assertEqual(len(self.outbox.posted), 1)
        after.clear("line_open")
        self.assertEqual(len(self.outbox.posted), 2)
        self.assertEqual(self.started().bits(), 0)

    def test_who_finds_a_fault_does_not_stumble_when_its_report_cannot_be_kept(self):
        for refusal in (OutboxFull("only calls wait"), StoreFull("no room")):
            with self.subTest(refusal=refusal):
                self.setUp()
                self.outbox.refusal = refusal
                self.sentinel.open("line_open")
                self.assertEqual(self.sentinel.bits(), 1 << FAULT.index("line_open"))
                self.assertIn("report not kept", self.lines.lines[-1])

    def test_a_report_that_cannot_be_kept_is_a_fault_until_one_can(self):
        report = messages.make("Fault", code="button_stuck", open=True, minute=1)
        full = 1 << FAULT.index("store_full")
        for refusal, bits in ((OutboxFull("only calls wait"), full), (None, 0)):
            self.outbox.refusal = refusal
            kept = self.sentinel.post(report, instead_of=("Fault",))
            self.assertEqual(kept, None if refusal else ("Fault",))
            self.assertEqual(self.sentinel.bits(), bits)


if __name__ == "__main__":
    unittest.main()
