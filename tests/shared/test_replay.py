"""What was recorded may be played back for ever: nothing happens, and fresh danger still sounds.

The Box has no clock of its own to be fooled: after a reset its time is unknown, whatever a
board's clock chip says, until the county answered it.
"""

import sys
import unittest

from firmware.ledger import Ledger
from protocol import messages
from tests.fakes import MemoryStore
from tests.shared.running import run
from tests.shared.test_gatekeeper import Gate
from tests.village import DRILL, GROUP, LIVE, OFFICE, TOWNSHIP, in_a_village

DAY_MS = 86_400_000
RESETS = (("1970", 0), ("97 days ahead", 97 * DAY_MS))
# A replay is refused in microseconds on a county's machine, in milliseconds on a small board.
FRAMES = 100_000 if sys.implementation.name == "cpython" else 500


class TestTheLastHundredThousand(unittest.TestCase):
    """No frame of them is verified again after a reset, and a fresh danger order is admitted.

    Keys alone cost a proof each time, while a next root is there: see test_keys.py.
    """

    def test_a_replay_of_any_of_them_has_no_effect_and_fresh_danger_is_let_in(self):
        async def script():
            before = Gate()
            self.lived_through(before)
            gates = [before.after_a_reset(ticks_ms) for _, ticks_ms in RESETS]
            kept = before.store.items()
            for number in range(FRAMES):
                data = self.signed(before.county, number).frame
                for gate in gates:
                    why = gate.offer(data, ("ip", "sbd")[number % 2])
                    self.assertIn(why, ("seen before", "late"), number)
            self.assertEqual(before.store.items(), kept)
            for gate in gates:
                await self.lets_in_fresh_danger(gate)

        run(script())

    async def lets_in_fresh_danger(self, gate):
        await gate.pass_s(5)
        self.assertEqual(gate.verifier.asked, [])
        self.assertEqual((gate.listener.offered, gate.listener.withdrawn), ([], []))
        fresh = gate.county.order("danger", seq=FRAMES + len(gate.store.items()))
        self.assertIsNone(gate.offer(fresh))
        await gate.pass_s(2)
        self.assertEqual(gate.admitted(), [fresh.order_id])

    def lived_through(self, gate):
        """Everything was taken in its time: what the ledger keeps of it is all that is left."""
        for number in range(FRAMES):
            slot = self.slot_of(number)
            gate.ledger.close(bytes((slot,)) + number.to_bytes(3, "big"))
        gate.time.witnessed(gate.county.minute())

    def slot_of(self, number):
        return (LIVE, LIVE, DRILL, TOWNSHIP, OFFICE)[number % 5]

    def signed(self, county, number):
        slot, to = self.slot_of(number), (county.ring.address, GROUP)[number % 2]
        if slot == OFFICE:
            return county.settings(area=1, seq=number, to=to)
        if number % 7 == 4 and number > 12:
            return county.cancel(
                bytes((slot,)) + (number - 10).to_bytes(3, "big"), slot, to, number
            )
        return county.order("notice" if slot == TOWNSHIP else "danger", slot, to, seq=number)


class TestTheLedgersMemory(unittest.TestCase):
    """Per slot the last 64 that were for this Box, and a floor: all below it counts as taken."""

    def test_after_a_reset_every_number_up_to_the_newest_is_known(self):
        store = MemoryStore()
        ledger = Ledger(store)
        for number in range(1, 300):
            ledger.close(bytes((LIVE,)) + number.to_bytes(3, "big"))
        after = Ledger(store)
        for number in range(300):
            self.assertTrue(after.known(bytes((LIVE,)) + number.to_bytes(3, "big")))
        self.assertFalse(after.known(bytes((LIVE,)) + (300).to_bytes(3, "big")))


class TestADayPlayedBack(unittest.TestCase):
    """The whole Box, real seals: all that came down on a day comes once more after a reset."""

    def test_nothing_happens_and_fresh_danger_sounds_without_a_clock(self):
        for name, ticks_ms in RESETS:
            with self.subTest(clock=name):
                in_a_village(lambda village, ticks=ticks_ms: self.replayed(village, ticks))

    async def replayed(self, village, ticks_ms):
        county = village.county
        came = Tape(village)
        await self.a_day(village)
        await village.pass_s(60)
        county.acknowledges = county.tells_the_time = False
        village.stop()
        await village.clock.advance(ticks_ms)
        await village.start()
        await village.pass_s(5)
        before = self.state(village)
        self.assertGreater(len(came.tape), 25)
        for data, _ in came.tape + came.tape[::-1]:
            for other in ("ip", "sbd"):
                village.put(data, other)
                await village.pass_s(1)
        await village.pass_s(60)
        self.assertEqual(self.state(village), before)
        fresh = county.order("danger", template=3)
        village.tell(fresh)
        await village.pass_s(10)
        self.assertEqual(village.heard()[-1], "3")
        started = county.finished(fresh).started
        self.assertTrue(started < 0, "told as sounded without a clock")

    async def a_day(self, village):
        county = village.county
        for slot in (LIVE, DRILL, LIVE, TOWNSHIP):
            rank = "notice" if slot == TOWNSHIP else "danger"
            order = county.order(rank, slot, template=1)
            village.tell(order, "ip")
            village.tell(order, "sbd")
            await village.pass_s(20)
        order = county.order("danger", template=2, repeats=9)
        village.tell(order)
        await village.pass_s(3)
        village.tell(county.cancel(order.order_id))
        await village.pass_s(5)
        village.tell(county.keys(subject=TOWNSHIP, ranks=1))
        village.tell(county.settings(area=9))
        await village.pass_s(10)
        await village.press()
        await village.pass_s(5)
        name = county.names("Call")[0]
        village.put(county.sealed(messages.CallTaken(*name), ack_wanted=True))
        await village.pass_s(5)
        closed = messages.CallClosed(name[0], name[1], "helped")
        village.put(county.sealed(closed, ack_wanted=True))
        await village.pass_s(5)
        await village.press()  # and a second call still rings
        await village.pass_s(5)

    def state(self, village):
        """Return what a village and its county can notice, and what the Box remembers."""
        numbers = (b"Q",)  # a frame that wants an Ack gets one, under a number of its own
        kept = [(key, value) for key, value in village.store.items() if key[:1] not in numbers]
        kept = [(key, value) for key, value in kept if key[:1] != b"S" or value[0] != BOOT]
        cells = [cell.data for cell in village.cells]
        told = [(row.name, row.message) for row in village.county.rows if not _is_ack_or_boot(row)]
        return kept, cells, told, village.heard(), village.lamp()


BOOT = 14


def _is_ack_or_boot(row):
    return type(row.message).__name__ in ("Ack", "Boot")


class Tape:
    """An attacker who records all that comes down, on every road."""

    def __init__(self, village):
        self.tape = []
        put, hear = village.put, village.county.hear

        def recorded_put(data, road="ip"):
            self.tape.append((data, road))
            put(data, road)

        def recorded_hear(data, road):
            answers = hear(data, road)
            self.tape.extend((answer, road) for answer in answers)
            return answers

        village.put, village.county.hear = recorded_put, recorded_hear


if __name__ == "__main__":
    unittest.main()
