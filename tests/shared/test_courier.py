import asyncio
import unittest

from drivers.outcomes import REFUSED, SENT, UNKNOWN, Outcome
from firmware.bearer import Bearer
from firmware.courier import Courier
from firmware.journal import Journal
from firmware.keyring import Keyring
from firmware.outbox import Outbox
from firmware.roads import KINDS, Kind, Limits
from protocol import ccm, containers, frame, keyring_file, messages
from protocol.schema import UP
from protocol.steps import finished
from tests.fakes import FakeClock, ListLines, Mailbox, MemoryCell, MemoryStore
from tests.shared.running import run
from tests.village import BOX, REALM, ROOTS, SLOTS, UNIQUE_ID

# A road as the satellite's, whose routine rests for a minute and not for hours.
KINDS["dear"] = Kind(340, 10, True, True, 50, 120_000, 60_000, *KINDS["sbd"][7:])
OK = Outcome(SENT, "")
NO_SIGNAL = Outcome(REFUSED, "no signal")
CUT_OFF = Outcome(UNKNOWN, "no answer from the modem")


class Questions:
    """A Timekeeper that notes which sends a Time may answer."""

    def __init__(self):
        self.names = []

    def asked(self, epoch, seq):
        self.names.append((epoch, seq))


class Post:
    """An Outbox, two roads and a Courier; nobody answers unless a test says so."""

    def __init__(self, kinds=("sbd", "ip"), budgets=()):
        ring = keyring_file.Keyring(UNIQUE_ID, BOX, 1, REALM, bytes(32), 0, 0, ROOTS, SLOTS)
        cells = (MemoryCell(keyring_file.write(ring)), MemoryCell())
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.outbox = Outbox(self.store, Keyring(cells, self.store, ccm, UNIQUE_ID), self.clock)
        self.lines = ListLines()
        self.questions = Questions()
        self.modems = {kind: Mailbox() for kind in kinds}
        budgets = dict(budgets)
        bearers = [
            Bearer(kind, kind, self.modems[kind], self.clock, budgets.get(kind)) for kind in kinds
        ]
        self.bearers = {bearer.name: bearer for bearer in bearers}
        journal = Journal(self.lines)
        self.courier = Courier(self.outbox, bearers, self.questions, self.clock, journal)
        self._heard = 0
        self._services = [asyncio.create_task(self.courier.carrying(b)()) for b in bearers]

    def call(self, minute=1):
        return self.outbox.post(messages.Call(1, "help", minute))

    def report(self, minute=1):
        return self.outbox.post(messages.make("Fault", code="line_open", open=True, minute=minute))

    def health(self, minute):
        health = messages.make(
            "Health",
            links_up=0,
            queue=minute,
            oldest_waiting_min=0,
            faults=0,
            free_store_percent=100,
            uptime_h=0,
            software=1,
        )
        return self.outbox.post(health, instead_of=("Health",))

    def started_again(self):
        """Return an Outbox that has only what is in the store."""
        return Outbox(self.store, None, self.clock)

    async def pass_s(self, seconds, county_answers_by=()):
        """Let time pass; the county is heard every second on the roads named."""
        for _ in range(seconds):
            await self.clock.advance(1_000)
            for name in county_answers_by:
                self._heard += 1
                self.bearers[name].heard(1, self._heard)

    def acknowledge(self, slip):
        finished(self.outbox.acknowledged_steps(slip.epoch, [slip.seq]))

    def tried(self, name):
        """Return the SEQs sent on this road, in order."""
        return [seq for seqs in self.together(name) for seq in seqs]

    def together(self, name):
        """Return for each message to this carrier the SEQs in it."""
        return [
            [self.seq_of(data, name) for data in containers.unpack(payload)]
            for payload in self.modems[name].tried
        ]

    def canonical(self, name):
        """Return the canonical bytes of everything sent on this road."""
        found = []
        for data in self.modems[name].tried:
            header, protected = frame.read(data, BOX)
            found.append(frame.canonical(header) + protected)
        return found

    def seq_of(self, data, name):
        return frame.read(data, None if name == "ip" else BOX)[0].seq


class TestCourier(unittest.TestCase):
    def with_post(self, script, **conditions):
        async def body():
            await script(Post(**conditions))

        run(body())

    def test_life_goes_on_every_road_at_once(self):
        async def script(post):
            slip = post.call()
            await post.pass_s(1)
            self.assertEqual(post.tried("ip"), [slip.seq])
            self.assertEqual(post.tried("sbd"), [slip.seq])

        self.with_post(script)

    def test_the_frame_is_the_same_on_every_road_and_at_every_try(self):
        async def script(post):
            post.call()
            await post.pass_s(400)
            self.assertGreater(len(post.tried("ip")), 5)
            self.assertEqual(len(post.tried("sbd")), 2)
            self.assertEqual(len(set(post.canonical("ip") + post.canonical("sbd"))), 1)

        self.with_post(script)

    def test_routine_takes_the_cheapest_road_while_it_answers(self):
        async def script(post):
            slips = []
            for minute in range(20):
                slips.append(post.report(minute))
                await post.pass_s(1, county_answers_by=["ip"])
            self.assertEqual(sorted(set(post.tried("ip"))), [slip.seq for slip in slips])
            self.assertEqual(post.tried("sbd"), [])

        self.with_post(script)

    def test_what_a_silent_road_left_unanswered_goes_by_the_next(self):
        async def script(post):
            slip = post.report()
            await post.pass_s(7)
            self.assertEqual(post.tried("sbd"), [])
            await post.pass_s(3)
            self.assertEqual(post.tried("sbd"), [slip.seq])

        self.with_post(script)

    def test_a_day_of_reports_costs_no_more_than_the_countys_budget_and_life_always_goes(self):
        async def script(post):
            for minute in range(20):
                post.report(minute)
            await post.pass_s(5)
            self.assertEqual(len(post.modems["ip"].tried), 5)
            call = post.call()
            await post.pass_s(1)
            self.assertEqual(post.tried("ip")[-1], call.seq)

        self.with_post(script, kinds=("ip",), budgets={"ip": Limits(20, None, None, 0)})

    def test_where_every_message_is_paid_for_health_goes_only_so_often(self):
        async def script(post):
            for minute in range(20):
                post.health(minute)
                await post.pass_s(10)
            self.assertEqual(len(set(post.tried("dear"))), 4)  # at 0, 60, 120 and 180 s

        self.with_post(script, kinds=("dear",))

    def test_a_silent_road_is_probed_and_wins_back_its_traffic_when_it_answers(self):
        async def script(post):
            post.modems["sbd"].outcomes = [NO_SIGNAL]
            for minute in range(30):
                post.report(minute)
            await post.pass_s(9)
            before = len(set(post.tried("ip")))
            for minute in range(30):
                post.report(100 + minute)
            await post.pass_s(31)
            probed = len(set(post.tried("ip"))) - before
            self.assertGreaterEqual(probed, 1)
            self.assertLessEqual(probed, 3)
            await post.pass_s(2, county_answers_by=["ip"])
            self.assertEqual(len(set(post.tried("ip"))), 60)

        self.with_post(script)

    def test_frames_played_back_do_not_make_a_silent_road_look_alive(self):
        async def script(post):
            post.bearers["ip"].heard(1, 40)
            slip = post.report()
            for _ in range(10):
                post.bearers["ip"].heard(1, 40)
                post.bearers["ip"].heard(1, 7)
                post.bearers["ip"].heard(0, 900)
                await post.pass_s(1)
            self.assertFalse(post.bearers["ip"].up())
            self.assertEqual(post.tried("sbd"), [slip.seq])

        self.with_post(script)

    def test_a_sent_frame_is_retried_until_the_county_acknowledges(self):
        async def script(post):
            slip = post.report()
            await post.pass_s(20, county_answers_by=["ip"])
            tries = len(post.tried("ip"))
            self.assertEqual(tries, 4)  # at 0, 2, 6 and 14 s
            post.acknowledge(slip)
            await post.pass_s(300)
            self.assertEqual(len(post.tried("ip")), tries)

        self.with_post(script)

    def test_after_three_unanswered_tries_the_address_goes_along(self):
        """The county may not know this modem, or know it as another Box's."""

        async def script(post):
            post.modems["sbd"].outcomes = [CUT_OFF]
            post.call()
            await post.pass_s(211)  # tried at 0, 30, 90 and 210 s
            self.assertEqual([data[0] & 1 for data in post.modems["sbd"].tried], [1, 1, 1, 0])
            self.assertEqual(len(set(post.canonical("sbd"))), 1)

        self.with_post(script, kinds=("sbd",))

    def test_life_is_never_left_alone_for_more_than_five_minutes(self):
        async def script(post):
            post.call()
            await post.pass_s(600)
            before = (len(post.tried("ip")), len(post.tried("sbd")))
            await post.pass_s(302)
            self.assertGreater(len(post.tried("ip")), before[0])
            self.assertGreater(len(post.tried("sbd")), before[1])

        self.with_post(script)

    def test_what_may_have_gone_is_sent_again_under_the_same_number(self):
        async def script(post):
            post.modems["ip"].outcomes = [CUT_OFF, OK]
            slip = post.call()
            await post.pass_s(3)
            self.assertEqual(post.tried("ip"), [slip.seq, slip.seq])
            self.assertEqual(len(set(post.canonical("ip"))), 1)

        self.with_post(script)

    def test_a_road_that_refuses_rests_and_the_reason_is_in_the_journal(self):
        async def script(post):
            post.modems["sbd"].outcomes = [NO_SIGNAL]
            post.call()
            await post.pass_s(70)
            tries = len(post.tried("sbd"))
            self.assertGreaterEqual(tries, 5)  # two rests within 5 s, two within 30
            self.assertIn("sbd: refused: no signal", post.lines.lines[0])
            await post.pass_s(230)
            self.assertLessEqual(len(post.tried("sbd")), tries + 1)  # then five minutes
            self.assertEqual(len(post.lines.lines), len(post.tried("sbd")))

        self.with_post(script, kinds=("sbd",))

    def test_a_new_call_is_tried_at_once_on_a_road_that_rests_after_refusals(self):
        async def script(post):
            tried = post.modems["sbd"].tried
            post.modems["sbd"].outcomes = [NO_SIGNAL] * 50
            post.call()
            await post.pass_s(900)
            tries = len(tried)
            await post.pass_s(10)
            self.assertEqual(len(tried), tries)
            post.call(2)
            await post.pass_s(1)
            self.assertEqual(len(tried), tries + 1)
            await post.pass_s(100)
            self.assertEqual(len(tried), tries + 1)

        self.with_post(script, kinds=("sbd",))

    def test_a_refusal_is_no_try_and_the_first_success_shortens_the_rests(self):
        async def script(post):
            post.modems["sbd"].outcomes = [NO_SIGNAL, NO_SIGNAL, OK, NO_SIGNAL, OK]
            slip = post.call()
            await post.pass_s(7)
            self.assertEqual(slip.tries("sbd"), 1)
            post.call()
            await post.pass_s(8)
            self.assertEqual(len(post.modems["sbd"].carried), 2)

        self.with_post(script, kinds=("sbd",))

    def test_the_word_of_the_carrier_only_makes_the_next_try_later(self):
        async def script(post):
            fault = post.report()
            await post.pass_s(1)
            self.assertEqual((fault.custody, len(post.outbox)), ("carried", 1))
            await post.pass_s(1_000)
            self.assertEqual(len(post.tried("sbd")), 3)  # at 0, 300 and 900 s
            post.modems["sbd"].outcomes = [CUT_OFF]
            doubtful = post.report(2)
            await post.pass_s(95)
            self.assertEqual(doubtful.custody, "sent")
            self.assertEqual(post.tried("sbd").count(doubtful.seq), 3)  # at 0, 30 and 90 s

        self.with_post(script, kinds=("sbd",))

    def test_nothing_is_sent_while_the_carrier_makes_it_wait_and_the_most_urgent_goes_then(self):
        async def script(post):
            post.modems["beidou"].resting_ms = 60_000
            for minute in range(100):
                post.report(minute)
            await post.pass_s(30)
            self.assertEqual(post.tried("beidou"), [])
            sos = post.call()
            await post.pass_s(1)
            post.modems["beidou"].resting_ms = 0
            await post.pass_s(1)
            self.assertEqual(post.tried("beidou")[0], sos.seq)

        self.with_post(script, kinds=("beidou",))

    def test_small_frames_ride_along_where_that_costs_no_more(self):
        async def script(post):
            slips = [post.call(minute) for minute in range(3)]
            await post.pass_s(1)
            seqs = [slip.seq for slip in slips]
            self.assertEqual(post.together("beidou"), [seqs])
            self.assertEqual(post.together("sbd"), [seqs])
            self.assertEqual(post.together("ip"), [[seq] for seq in seqs])
            for payload in post.modems["beidou"].tried:
                self.assertLessEqual(len(payload), 77)

        self.with_post(script, kinds=("beidou", "sbd", "ip"))

    def test_a_rider_replaced_while_another_is_handed_over_stays_behind(self):
        async def replaced(post, first):
            while first.seq is None:  # noqa: ASYNC110 - nobody else is told of it
                await asyncio.sleep(0)
            post.health(2)

        async def script(post):
            fault, health = post.report(), post.health(1)
            news = asyncio.create_task(replaced(post, fault))
            await post.pass_s(1)
            await news
            self.assertIsNone(health.seq)
            (kept,) = [slip for slip in post.started_again() if slip.row.name == "Health"]
            self.assertEqual(messages.decode(UP, kept.row.number, kept.body).queue, 2)

        self.with_post(script, kinds=("sbd",))

    def test_a_reply_goes_out_before_any_slip_and_only_once(self):
        async def script(post):
            slip = post.call()
            row = messages.row(0, "Ack")
            header = frame.Header(frame.SEALED, 0, row.number, 0, False, BOX, 77)
            post.courier.reply(post.bearers["sbd"], header, bytes(20))
            await post.pass_s(20)
            self.assertEqual(post.tried("sbd"), [77, slip.seq])
            self.assertEqual(set(post.tried("ip")), {slip.seq})

        self.with_post(script)

    def test_only_the_last_eight_replies_wait_for_a_road(self):
        async def script(post):
            for seq in range(20):
                header = frame.Header(frame.SEALED, 0, 1, 0, False, BOX, seq)
                post.courier.reply(post.bearers["ip"], header, bytes(20))
            await post.pass_s(1)
            self.assertEqual(post.tried("ip"), list(range(12, 20)))

        self.with_post(script)

    def test_a_time_may_answer_only_the_very_first_send(self):
        async def script(post):
            slip = post.call()
            await post.pass_s(60)
            self.assertEqual(post.questions.names, [(slip.epoch, slip.seq)])

        self.with_post(script)

    def test_a_number_that_cannot_be_kept_is_not_sent(self):
        async def script(post):
            post.call()
            post.store.full = True
            await post.pass_s(1)
            self.assertEqual(post.tried("ip"), [])
            self.assertIn("ip: refused: the store is full", post.lines.lines[0])
            post.store.full = False
            await post.pass_s(10)
            self.assertGreater(len(post.tried("ip")), 0)

        self.with_post(script, kinds=("ip",))


if __name__ == "__main__":
    unittest.main()
