"""A busy day on which the power fails, at each operation on flash in turn."""

import sys
import unittest

from drivers.lamp import TAKEN
from firmware.ledger import ADMITTED
from protocol import frame, messages
from protocol.schema import UP
from tests.shared.running import run
from tests.village import BOX, Village

STRIDE = 13 if sys.platform == "rp2" else 1  # such a day takes a small board 9 s


class Day:
    """A notice, a call, a danger that cuts in, an order withdrawn, and the call taken."""

    def __init__(self, fails_before, fails_after):
        self.village = Village()
        self.village.power.log = []
        self.village.power.fails_before = fails_before
        self.village.power.fails_after = fails_after
        self.orders = {}

    async def live(self):
        village = self.village
        await village.start()
        self.order("notice", 1, repeats=3)
        await self.pass_s(3)
        await village.press()
        await self.pass_s(2)
        self.order("danger", 2)
        await self.pass_s(4)
        self.order("warning", 3)
        self.withdraw("warning")
        await self.pass_s(30)
        await village.cut_power()
        await self.pass_s(12)
        village.stop()

    def order(self, rank, clip, repeats=1):
        self.orders[rank] = self.village.county.order(rank, template=clip, repeats=repeats)

    def withdraw(self, rank):
        order = self.orders[rank]
        self.orders["cancel"] = self.village.county.cancel(order.order_id)

    async def pass_s(self, seconds):
        """Let time pass; the county repeats every two seconds what was not answered."""
        for _ in range(0, seconds, 2):
            for order in self.orders.values():
                if not self.village.county.fate(order):
                    self.village.tell(order)
            self.take_the_call()
            await self.village.pass_s(2)

    def take_the_call(self):
        county = self.village.county
        if county.said("Call") and not county.said("Ack"):
            name = county.names("Call")[0]
            self.village.put(county.sealed(messages.CallTaken(*name), ack_wanted=True))

    def posted(self, *kinds):
        """Return (kind, body) of every message that the Outbox kept, each time it did."""
        found, waiting = [], set()
        for deed in self.village.power.log:
            if deed[0] == "remove":
                waiting.discard(deed[1])
            elif deed[0] == "put" and deed[1][:1] == b"S" and deed[1] not in waiting:
                waiting.add(deed[1])
                kind = messages.row(UP, deed[2][0]).name
                found += [(kind, deed[2][8:])] if kind in kinds else []
        return found

    def arrived(self, *kinds):
        """Return (kind, body) of every message that the county holds."""
        rows = [row.message for row in self.village.county.rows]
        named = [(type(message).__name__, message) for message in rows]
        return [(kind, messages.encode(UP, m)) for kind, m in named if kind in kinds]


class TestPowerCuts(unittest.TestCase):
    def test_a_day_without_a_power_cut(self):
        day = self.lived()
        ranks = ("notice", "danger", "warning")
        ends = [day.village.county.finished(day.orders[rank]).outcome for rank in ranks]
        self.assertEqual(ends, ["cut", "played", "cancelled"])
        self.assertEqual(day.village.heard(), ["1", "1", "2"])
        self.assertGreater(day.village.power.operations, 60)

    def test_the_power_fails_before_or_after_any_operation(self):
        for operation in range(1, 80, STRIDE):
            with self.subTest(before=operation):
                self.lived(fails_before=(operation,))
            with self.subTest(after=operation):
                self.lived(fails_after=(operation,))

    def test_the_power_fails_again_soon_after(self):
        for operation in range(1, 80, 3 * STRIDE):
            for pause in (1, 4, 13):
                with self.subTest(operation=operation, pause=pause):
                    self.lived((operation,), (operation + pause,))

    def lived(self, fails_before=(), fails_after=()):
        """Return the Day after its end, all promises kept."""
        day = Day(fails_before, fails_after)
        run(day.live())
        self.check_nothing_posted_is_lost(day)
        self.check_nothing_acknowledged_returns(day)
        self.check_no_number_names_two_frames(day)
        self.check_what_ended_stays_silent(day)
        self.check_the_lamp(day)
        return day

    def check_nothing_posted_is_lost(self, day):
        kinds = ("Call", "Playback", "Fault")
        self.assertEqual(sorted(day.arrived(*kinds)), sorted(day.posted(*kinds)))
        for order in day.orders.values():
            stages = [stage for stage, _, _ in day.village.county.fate(order)]
            is_order = type(order.message) is messages.Order
            self.assertEqual(stages.count("finished"), 1 if is_order else 0)

    def check_nothing_acknowledged_returns(self, day):
        name_of, gone = {}, []
        for deed in day.village.power.log:
            if deed[0] == "put" and deed[1][:1] == b"S":
                name_of[deed[1]] = (deed[2][2:4], deed[2][4:8])
            elif deed[0] == "remove" and deed[1][:1] == b"S":
                gone.append(name_of[deed[1]])
            elif deed[0] == "send":
                seq = frame.read(deed[2], BOX)[0].seq.to_bytes(4, "big")
                self.assertNotIn(((1).to_bytes(2, "big"), seq), gone)

    def check_no_number_names_two_frames(self, day):
        frames = {}
        for deed in day.village.power.log:
            if deed[0] == "send":
                header, protected = frame.read(deed[2], BOX)
                known = frames.setdefault(header.seq, (header, protected))
                self.assertEqual(known, (header, protected))
        self.assertEqual(day.village.county.conflicts, [])

    def check_what_ended_stays_silent(self, day):
        ended, begun = set(), {}
        for deed in day.village.power.log:
            if deed[0] == "put" and deed[1][:1] == b"L" and deed[2][0] != ADMITTED:
                ended.add(deed[1][1:])
            elif deed[0] == "start":
                order_id = self.order_of(day, deed[1])
                self.assertNotIn(order_id, ended)
                begun[order_id] = begun.get(order_id, 0) + 1
        for times in begun.values():
            self.assertLessEqual(times, 3)

    def order_of(self, day, parts):
        clip = next(part[1] for part in parts if part[0] == "clip")
        for order in day.orders.values():
            if getattr(order.message, "template", None) == int(clip):
                return order.order_id
        return None

    def check_the_lamp(self, day):
        if day.posted("Call"):
            self.assertEqual(day.village.lamp(), TAKEN)


if __name__ == "__main__":
    unittest.main()
