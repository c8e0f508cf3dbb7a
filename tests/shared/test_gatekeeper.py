import asyncio
import unittest

from firmware.authority import Refused
from firmware.deeds import Deeds
from firmware.gatekeeper import Gatekeeper
from firmware.journal import Journal
from firmware.keyring import Keyring
from firmware.ledger import ADMITTED, Ledger
from firmware.site import Site
from firmware.timekeeper import Timekeeper
from protocol import ccm, frame, keyring_file, messages
from tests.fakes import FakeClock, ListLines, MemoryCell
from tests.shared.running import run
from tests.village import (
    AREA,
    DRILL,
    GROUP,
    LIVE,
    OFFICE,
    SETTINGS,
    TOWNSHIP,
    UNIQUE_ID,
    County,
    FakeVerifier,
    Flash,
    Power,
)

VERIFY_MS = 700


class SlowVerifier(FakeVerifier):
    """Takes as long as a small board does."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.begun_ms = []

    def verify_steps(self, public_key, message, signature):
        self.begun_ms.append(self.clock.ticks_ms())
        steps = super().verify_steps(public_key, message, signature)
        answer = yield from steps
        ends = self.clock.ticks_ms() + VERIFY_MS
        while self.clock.ticks_ms() < ends:
            yield None
        return answer


class Clock(FakeClock):
    """Every turn given to the others costs 10 ms, as a step of a verification does."""

    async def sleep_ms(self, ms):
        await FakeClock.sleep_ms(self, max(ms, 10))


class Listener:
    """An Announcer that notes what it is told."""

    def __init__(self):
        self.offered = []
        self.withdrawn = []
        self.reported = []

    def offer(self, order_id, order, drill):
        self.offered.append((order_id, order.rank, drill))

    def withdraw(self, order_id):
        self.withdrawn.append(order_id)

    def report(self, stage, order_id):
        self.reported.append((stage, order_id))


class Gate:
    """A Gatekeeper at work, and the county that speaks to it."""

    def __init__(self, verifier=None, store=None, ticks_ms=0):
        self.clock = Clock()
        self.clock.stall(ticks_ms)
        self.county = County(self.clock)
        self.store = store or Flash(Power())
        cells = (MemoryCell(keyring_file.write(self.county.ring)), MemoryCell())
        self.verifier = verifier or SlowVerifier(self.clock)
        self.listener = Listener()
        self.ledger = Ledger(self.store)
        self.time = Timekeeper(self.store, self.clock)
        self.lines = ListLines()
        keyring = Keyring(cells, self.store, ccm, UNIQUE_ID)
        site, journal = Site(SETTINGS, self.store, 1), Journal(self.lines)
        deeds = Deeds(keyring, self.ledger, self.time, self.listener, site, journal)
        self.gatekeeper = Gatekeeper(
            keyring, self.verifier, self.ledger, self.time, deeds, site, self.clock, journal
        )
        self.service = asyncio.create_task(self.gatekeeper.run())

    def after_a_reset(self, ticks_ms=0):
        """Return the gate that starts with this one's flash, its clock at so many ms."""
        self.service.cancel()
        return Gate(store=self.store, ticks_ms=ticks_ms)

    def offer(self, signed, road="sbd"):
        """Offer these frame bytes; return why they are refused at the door, or None."""
        data = signed if isinstance(signed, bytes) else signed.frame
        try:
            header, protected = frame.read(data)
            self.gatekeeper.offer(header, protected, road)
        except (Refused, ValueError) as why:
            return str(why)
        return None

    def trust_time(self):
        self.time.asked(1, 1)
        self.time.told(1, messages.Time(1, self.county.second()))

    async def pass_s(self, seconds):
        await self.clock.advance(1000 * seconds)

    def admitted(self):
        return [order_id for order_id, _, _ in self.listener.offered]


def forged(signed, at=-1):
    data = bytearray(signed.frame)
    data[at] ^= 1
    return bytes(data)


def numbered_forgery(signed, number):
    """Return these bytes with the proof of nobody, a different one for each number."""
    return signed.frame[:-3] + number.to_bytes(3, "big")


class WithGate(unittest.TestCase):
    def at_the_gate(self, script, **parts):
        async def body():
            await script(Gate(**parts))

        run(body())


class TestAdmission(WithGate):
    def test_a_genuine_order_is_kept_offered_and_reported(self):
        async def script(gate):
            order = gate.county.order("warning")
            self.assertIsNone(gate.offer(order))
            await gate.pass_s(2)
            self.assertEqual(gate.listener.offered, [(order.order_id, "warning", False)])
            self.assertEqual(gate.listener.reported, [("verified", order.order_id)])
            self.assertEqual(gate.ledger.entry(order.order_id).state, ADMITTED)
            self.assertEqual(gate.lines.lines, [])

        self.at_the_gate(script)

    def test_the_drill_key_makes_drills(self):
        async def script(gate):
            order = gate.county.order("danger", slot=DRILL)
            gate.offer(order)
            await gate.pass_s(2)
            self.assertEqual(gate.listener.offered, [(order.order_id, "danger", True)])

        self.at_the_gate(script)

    def test_an_order_for_this_group_or_for_all_is_for_this_box(self):
        async def script(gate):
            for to in (GROUP, frame.EVERYBODY):
                self.assertIsNone(gate.offer(gate.county.order("danger", to=to)))
            await gate.pass_s(4)
            self.assertEqual(len(gate.admitted()), 2)

        self.at_the_gate(script)

    def test_a_cancel_withdraws_its_order_and_is_known_afterwards(self):
        async def script(gate):
            order = gate.county.order("danger")
            cancel = gate.county.cancel(order.order_id)
            gate.offer(cancel)
            await gate.pass_s(2)
            self.assertEqual(gate.listener.withdrawn, [order.order_id])
            self.assertTrue(gate.ledger.over(cancel.order_id))
            self.assertEqual(gate.listener.reported, [("verified", cancel.order_id)])
            self.assertEqual(gate.offer(cancel), "seen before")

        self.at_the_gate(script)


class TestRefusal(WithGate):
    """What can be told without the signature is refused without it."""

    def refused(self, why, make, time=True):
        async def script(gate):
            if time:
                gate.trust_time()
            before = gate.store.items()
            self.assertEqual(gate.offer(make(gate.county)), why)
            await gate.pass_s(2)
            self.assertEqual(gate.verifier.asked, [])
            self.assertEqual(gate.store.items(), before)

        self.at_the_gate(script)

    def test_an_unknown_slot(self):
        self.refused("not permitted: no such key slot", lambda c: c.order(slot=99))

    def test_a_rank_out_of_scope(self):
        why = "not permitted: this slot has no such rank"
        for rank in ("warning", "danger"):
            self.refused(why, lambda c, rank=rank: c.order(rank, slot=TOWNSHIP))

    def test_too_wide_a_target(self):
        why = "not permitted: this slot may not speak to so many"
        self.refused(why, lambda c: c.order(slot=TOWNSHIP, to=frame.EVERYBODY))
        self.refused(why, lambda c: c.cancel(b"\3\0\0\1", slot=TOWNSHIP, to=frame.EVERYBODY))

    def test_another_area(self):
        self.refused("for another area", lambda c: c.order(areas=bytes((AREA + 1, 0))))

    def test_a_late_order(self):
        self.refused("late", lambda c: c.order(issued=c.minute() - 60))

    def test_a_cancel_of_an_order_that_its_slot_could_not_have_given(self):
        why = "not permitted: this slot could not have given that order"
        for slot, of in (
            (DRILL, LIVE),
            (LIVE, DRILL),
            (TOWNSHIP, LIVE),
            (LIVE, OFFICE),
            (LIVE, 9),
        ):
            order_id = bytes((of, 0, 0, 1))
            self.refused(why, lambda c, o=order_id, s=slot: c.cancel(o, slot=s))

    def test_a_correction_of_an_order_of_another_slot(self):
        why = "not permitted: a slot replaces only its own orders"
        for slot, of in ((DRILL, LIVE), (LIVE, DRILL), (LIVE, TOWNSHIP)):
            order_id = bytes((of, 0, 0, 1))
            self.refused(why, lambda c, o=order_id, s=slot: c.order(slot=s, replaces=o))

    def test_a_correction_of_a_later_order(self):
        why = "not permitted: only an earlier order is replaced"
        for seq in (5, 6):
            order_id = bytes((LIVE, 0, 0, seq))
            self.refused(why, lambda c, o=order_id: c.order(seq=5, replaces=o))

    def test_the_later_number_corrects_never_the_later_minute(self):
        async def script(gate):
            now = gate.county.minute()
            wrong = gate.county.order(seq=5, issued=now)
            right = gate.county.order(seq=6, issued=now - 1, replaces=wrong.order_id)
            self.assertIsNone(gate.offer(right))

        self.at_the_gate(script)
        for_later = bytes((LIVE, 0, 0, 7))
        self.refused(
            "not permitted: only an earlier order is replaced",
            lambda c: c.order(seq=6, issued=c.minute() + 1, replaces=for_later),
        )

    def test_an_order_without_time_from_before_the_newest_known_minute(self):
        async def script(gate):
            gate.time.witnessed(gate.county.minute())
            old = gate.county.order("danger", issued=gate.county.minute() - 1)
            self.assertEqual(gate.offer(old), "late")

        self.at_the_gate(script)

    def test_this_area_among_others_is_this_area(self):
        async def script(gate):
            self.assertIsNone(gate.offer(gate.county.order(areas=bytes((1, AREA)))))

        self.at_the_gate(script)


class TestProof(WithGate):
    def test_a_bit_changed_anywhere_keeps_it_out(self):
        async def script(gate):
            order = gate.county.order("danger")
            for at in range(len(order.frame)):
                gate.offer(forged(order, at), "road %d" % at)
            await gate.pass_s(4)
            self.assertEqual(gate.listener.offered, [])
            self.assertEqual(gate.ledger.unfinished(), [])
            self.assertIsNone(gate.offer(order))
            await gate.pass_s(2)
            self.assertEqual(gate.admitted(), [order.order_id])

        self.at_the_gate(script, verifier=FakeVerifier())

    def test_a_forgery_is_one_line_and_no_report(self):
        async def script(gate):
            gate.offer(forged(gate.county.order("danger")))
            await gate.pass_s(2)
            self.assertEqual(len(gate.lines.lines), 1)
            self.assertIn("sbd: not signed by the county", gate.lines.lines[0])
            self.assertEqual(gate.listener.reported, [])

        self.at_the_gate(script)

    def test_an_order_of_another_county_means_nothing_here(self):
        async def script(gate):
            gate.offer(gate.county.order("danger", realm=b"\1" * 8))
            await gate.pass_s(2)
            self.assertEqual(gate.listener.offered, [])

        self.at_the_gate(script)

    def test_the_same_bytes_are_never_verified_twice(self):
        async def script(gate):
            order = gate.county.order("danger")
            bad = forged(order)
            why = "seen before: these bytes are or were being verified"
            for data in (bad, order):
                self.assertIsNone(gate.offer(data, "ip"))
                self.assertEqual(gate.offer(data, "sbd"), why)
            await gate.pass_s(4)
            self.assertEqual(len(gate.verifier.asked), 2)
            for data in (bad, order):
                self.assertEqual(gate.offer(data), "seen before")

        self.at_the_gate(script)

    def test_the_last_64_are_remembered_and_no_more(self):
        async def script(gate):
            order = gate.county.order("danger")
            why = "seen before: these bytes are or were being verified"
            for number in range(64):
                road = "road %d" % (number // 4)
                self.assertIsNone(gate.offer(numbered_forgery(order, number), road))
            self.assertEqual(gate.offer(numbered_forgery(order, 0), "road 16"), why)
            self.assertIsNone(gate.offer(numbered_forgery(order, 64), "road 16"))
            self.assertIsNone(gate.offer(numbered_forgery(order, 0), "road 16"))
            self.assertEqual(gate.offer(numbered_forgery(order, 2), "road 16"), why)

        self.at_the_gate(script)

    def test_an_order_that_comes_late_out_of_the_queue_is_not_taken(self):
        async def script(gate):
            gate.trust_time()
            order = gate.county.order(valid_10min=1, issued=gate.county.minute() - 9)
            await gate.clock.advance(60_000 - VERIFY_MS // 2)
            self.assertIsNone(gate.offer(order))
            await gate.pass_s(2)
            self.assertEqual(len(gate.verifier.asked), 1)
            self.assertEqual(gate.listener.offered, [])
            self.assertIn("sbd: late", gate.lines.lines[0])

        self.at_the_gate(script)

    def test_an_order_the_flash_cannot_keep_may_come_again(self):
        async def script(gate):
            order = gate.county.order("danger")
            gate.store.refuse = lambda key, value: True
            gate.offer(order)
            await gate.pass_s(2)
            self.assertEqual((gate.listener.offered, gate.listener.reported), ([], []))
            self.assertIn("sbd: not taken: the store is full", gate.lines.lines[0])
            gate.store.refuse = None
            self.assertIsNone(gate.offer(order))
            await gate.pass_s(2)
            self.assertEqual(gate.admitted(), [order.order_id])

        self.at_the_gate(script)

    def test_a_live_order_makes_older_ones_late_where_the_time_is_unknown(self):
        async def script(gate):
            older = gate.county.order("danger", issued=gate.county.minute() - 1)
            gate.offer(gate.county.order("danger"))
            await gate.pass_s(2)
            self.assertEqual(gate.offer(older), "late")

        self.at_the_gate(script)

    def test_a_drill_cannot_make_live_orders_look_old(self):
        async def script(gate):
            gate.offer(gate.county.order("danger", slot=DRILL, issued=0xFFFFFFFF))
            await gate.pass_s(2)
            self.assertIsNone(gate.offer(gate.county.order("danger")))

        self.at_the_gate(script)


class TestRationing(WithGate):
    def forgeries(self, gate, count):
        order = gate.county.order("danger")
        for i in range(count):
            data = bytearray(order.frame)
            data[-1 - i // 255] ^= 1 + i % 255
            yield bytes(data)

    def test_a_road_verifies_three_at_once_and_then_one_every_four_seconds(self):
        async def script(gate):
            for data in self.forgeries(gate, 4):
                self.assertIsNone(gate.offer(data))
            for second in range(40):
                await gate.pass_s(1)
                for data in self.forgeries(gate, 1):
                    gate.offer(data[:-2] + bytes((second, 7)))
            begun_s = [ms // 1000 for ms in gate.verifier.begun_ms]
            self.assertEqual(begun_s[:3], [0, 0, 1])
            pauses = [after - before for before, after in zip(begun_s[3:], begun_s[4:])]
            self.assertGreater(len(pauses), 6)
            for pause in pauses:
                self.assertGreaterEqual(pause, 4)

        self.at_the_gate(script)

    def test_only_four_proofs_wait_on_a_road(self):
        async def script(gate):
            refusals = [gate.offer(data) for data in self.forgeries(gate, 6)]
            self.assertEqual(refusals[:4], [None] * 4)
            self.assertEqual(refusals[4:], ["too many proofs asked for on this road"] * 2)

        self.at_the_gate(script)

    def test_a_road_at_rest_earns_no_more_than_three(self):
        async def script(gate):
            for data in self.forgeries(gate, 1):
                gate.offer(data)
            await gate.pass_s(100)
            for data in self.forgeries(gate, 4):
                gate.offer(data)
            await gate.pass_s(3)
            self.assertEqual(len(gate.verifier.begun_ms), 1 + 3)

        self.at_the_gate(script)

    def test_a_hundred_forgeries_on_one_road_do_not_delay_an_order_on_another(self):
        async def script(gate):
            for i, data in enumerate(self.forgeries(gate, 100)):
                gate.offer(data, "ip")
                if i % 4 == 3:
                    await gate.pass_s(1)
            order = gate.county.order("danger")
            asked_ms = gate.clock.ticks_ms()
            gate.offer(order, "sbd")
            while not gate.admitted():
                await gate.clock.advance(10)
            self.assertLess(gate.clock.ticks_ms() - asked_ms, 2 * VERIFY_MS + 300)

        self.at_the_gate(script)

    def test_a_hundred_forgeries_a_second_on_one_road_delay_an_order_on_another_by_5_s_at_most(
        self,
    ):
        """Each proof takes 700 ms, and that of forged Keys two of them: both roots are asked."""

        async def script(gate):
            order, keys = gate.county.order("danger"), gate.county.keys(subject=9, revoked=True)
            orders, asked_ms, worst_ms = {}, {}, 0
            for tenth in range(300):
                for number in range(10 * tenth, 10 * tenth + 10):
                    gate.offer(numbered_forgery((order, keys)[number % 3 == 0], number), "ip")
                if tenth % 43 == 42:  # now and then a genuine one
                    fresh = gate.county.order("danger")
                    asked_ms[fresh.order_id] = gate.clock.ticks_ms()
                    self.assertIsNone(gate.offer(fresh, "sbd"))
                await gate.clock.advance(100)
                for order_id in gate.admitted():
                    orders.setdefault(order_id, gate.clock.ticks_ms())
            for order_id, ticks_ms in asked_ms.items():
                worst_ms = max(worst_ms, orders[order_id] - ticks_ms)
            self.assertEqual(len(orders), 6)
            self.assertLessEqual(worst_ms, 5_000)
            self.assertGreater(len(gate.verifier.begun_ms), 12)  # so the forger had his turns

        self.at_the_gate(script)

    def test_roads_take_turns(self):
        async def script(gate):
            for road in ("ip", "sbd"):
                for data in self.forgeries(gate, 3):
                    self.assertIsNone(gate.offer(data, road))
            await gate.pass_s(6)
            roads = [line.split(" ")[1] for line in gate.lines.lines]
            self.assertEqual(roads, ["ip:", "sbd:"] * 3)

        self.at_the_gate(script)

    def test_one_proof_at_a_time_on_all_roads_together(self):
        async def script(gate):
            for road in ("ip", "sbd", "beidou"):
                gate.offer(gate.county.order("danger"), road)
            await gate.pass_s(4)
            begun_ms = gate.verifier.begun_ms
            self.assertEqual(len(begun_ms), 3)
            for i in range(2):
                self.assertGreaterEqual(begun_ms[i + 1] - begun_ms[i], VERIFY_MS)

        self.at_the_gate(script)

    def test_the_others_live_while_a_proof_is_done(self):
        async def script(gate):
            gate.offer(gate.county.order("danger"))
            await gate.clock.advance(VERIFY_MS // 2)
            self.assertEqual(len(gate.verifier.begun_ms), 1)
            self.assertEqual(gate.listener.offered, [])
            await gate.clock.advance(VERIFY_MS)
            self.assertEqual(len(gate.listener.offered), 1)

        self.at_the_gate(script)


if __name__ == "__main__":
    unittest.main()
