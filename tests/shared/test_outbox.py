import unittest

from drivers.errors import StoreFull
from firmware.keyring import Keyring
from firmware.outbox import Outbox, OutboxFull
from protocol import ccm, frame, keyring_file, messages, series
from protocol.steps import finished
from tests.fakes import FakeClock, MemoryCell
from tests.shared.running import run
from tests.village import BOX, REALM, ROOTS, SLOTS, UNIQUE_ID, Flash, Power, PowerCut

MOST = 200


def call(minute=1, button=1):
    return messages.Call(button, "help", minute)


def fault():
    return messages.make("Fault", code="line_open", open=True, minute=1)


def health(queue=0):
    return messages.make(
        "Health", links_up=0, queue=queue, oldest_waiting_min=0, faults=0,
        free_store_percent=90, uptime_h=0, software=1,
    )  # fmt: skip


def playback(seq=1):
    order = bytes((1,)) + seq.to_bytes(3, "big")
    return messages.make("Playback", stage="verified", order=order)


class WithOutbox(unittest.TestCase):
    def setUp(self):
        self.power = Power()
        self.store = Flash(self.power)
        ring = keyring_file.Keyring(UNIQUE_ID, BOX, 1, REALM, bytes(32), 0, 0, ROOTS, SLOTS)
        self.cells = (MemoryCell(keyring_file.write(ring)), MemoryCell())
        self.clock = FakeClock()
        self.outbox = self.started()

    def started(self):
        """Return the Outbox of a Box that starts on what the store kept."""
        self.power.on = True
        keyring = Keyring(self.cells, self.store, ccm, UNIQUE_ID)
        return Outbox(self.store, keyring, self.clock)

    def bodies(self, outbox=None):
        return [(slip.row.name, slip.body) for slip in outbox or self.outbox]

    def fill(self, message):
        while len(self.outbox) < MOST:
            self.outbox.post(message)


class TestKeeping(WithOutbox):
    def test_a_posted_message_is_on_flash_when_post_returns(self):
        self.outbox.post(call())
        self.assertEqual(self.bodies(self.started()), self.bodies())
        self.assertEqual(len(self.started()), 1)

    def test_what_waits_is_given_out_the_oldest_first(self):
        for message in (health(), fault(), call(1), playback(), call(2)):
            self.outbox.post(message)
        names = [name for name, _ in self.bodies()]
        self.assertEqual(names, ["Health", "Fault", "Call", "Playback", "Call"])
        self.assertEqual(self.bodies(self.started()), self.bodies())

    def test_the_order_of_posting_outlives_resets(self):
        for minute in range(3):
            self.outbox = self.started()
            self.outbox.post(call(minute))
        found = [messages.decode(0, 3, body).minute for _, body in self.bodies()]
        self.assertEqual(found, [0, 1, 2])

    def test_what_cannot_be_kept_is_not_posted(self):
        self.store.refuse = lambda key, value: True
        with self.assertRaises(StoreFull):
            self.outbox.post(call())
        self.assertEqual(len(self.outbox), 0)
        self.store.refuse = None
        self.outbox.post(call())
        self.assertEqual(len(self.started()), 1)

    def test_a_message_that_waits_is_found_by_its_content(self):
        self.outbox.post(playback(1))
        self.assertTrue(self.outbox.has(playback(1)))
        self.assertFalse(self.outbox.has(playback(2)))

    def test_how_long_the_oldest_has_waited_is_told(self):
        self.assertEqual(self.outbox.oldest_waiting_s(), 0)
        self.outbox.post(call())
        run(self.clock.advance(90_000))
        self.outbox.post(call())
        self.assertEqual(self.outbox.oldest_waiting_s(), 90)


class TestHandingOver(WithOutbox):
    def test_a_slip_gets_its_number_on_flash_at_its_first_hand_over(self):
        slip = self.outbox.post(call())
        self.assertIsNone(slip.seq)
        header, _ = self.outbox.hand_over(slip)
        self.assertEqual((header.seq, header.ack_wanted), (slip.seq, True))
        found = next(iter(self.started()))
        self.assertEqual((found.epoch, found.seq), (slip.epoch, slip.seq))

    def test_every_hand_over_gives_the_same_bytes_before_and_after_resets(self):
        first = self.outbox.hand_over(self.outbox.post(call()))
        for _ in range(3):
            outbox = self.started()
            self.assertEqual(outbox.hand_over(next(iter(outbox))), first)

    def test_the_bytes_stay_the_same_under_a_new_epoch(self):
        first = self.outbox.hand_over(self.outbox.post(call()))
        self.store.state = "damaged"
        outbox = self.started()
        self.assertEqual(outbox.hand_over(next(iter(outbox))), first)
        header, _ = outbox.hand_over(outbox.post(call()))
        self.assertEqual(header.seq, 0)

    def test_a_number_that_cannot_be_kept_is_not_used(self):
        slip = self.outbox.post(call())
        self.outbox.hand_over(self.outbox.post(call()))
        self.store.refuse = lambda key, value: key[:1] == b"S"
        with self.assertRaises(StoreFull):
            self.outbox.hand_over(slip)
        self.assertIsNone(slip.seq)

    def test_at_a_power_cut_at_any_moment_no_number_names_two_messages(self):
        for operation in range(1, 8):
            for moment in ("fails_before", "fails_after"):
                with self.subTest(operation=operation, moment=moment):
                    self.setUp()
                    setattr(self.power, moment, (operation,))
                    self.check_numbers()

    def check_numbers(self):
        frames = {}
        for minute in range(1, 3):
            try:
                self.outbox.post(call(minute))
                self.note_frames(frames)
            except PowerCut:
                self.power.fails_before = self.power.fails_after = ()
            self.outbox = self.started()
        self.note_frames(frames)
        self.assertGreaterEqual(len(frames), 1)

    def note_frames(self, frames):
        for slip in self.outbox:
            header, protected = self.outbox.hand_over(slip)
            name, data = (slip.epoch, slip.seq), frame.canonical(header) + protected
            self.assertEqual(frames.get(name, data), data)
            frames[name] = data


class TestSettling(WithOutbox):
    def handed_over(self, *messages_):
        slips = [self.outbox.post(message) for message in messages_]
        for slip in slips:
            self.outbox.hand_over(slip)
        return slips

    def test_an_acknowledged_slip_is_gone_for_ever(self):
        slip = self.handed_over(call())[0]
        finished(self.outbox.acknowledged_steps(slip.epoch, [slip.seq]))
        self.assertEqual((len(self.outbox), len(self.started())), (0, 0))

    def test_only_the_named_slips_are_settled(self):
        first, second, third = self.handed_over(call(1), call(2), call(3))
        finished(self.outbox.acknowledged_steps(first.epoch, [first.seq, third.seq, 4_711]))
        self.assertEqual(list(self.outbox), [second])

    def test_each_slip_of_an_acknowledgement_is_a_step_and_one_gone_meanwhile_is_none(self):
        first, second, third = self.handed_over(call(1), call(2), call(3))
        seqs = [slip.seq for slip in self.outbox]
        steps = self.outbox.acknowledged_steps(first.epoch, seqs)
        next(steps)
        self.assertEqual(list(self.outbox), [second, third])
        finished(self.outbox.acknowledged_steps(second.epoch, [second.seq]))  # by another road
        self.assertEqual(len(list(steps)), 1)
        self.assertEqual(list(self.outbox), [])

    def test_an_acknowledgement_settles_nothing_that_was_never_sent(self):
        self.outbox.post(call())
        finished(self.outbox.acknowledged_steps(0, list(range(64))))
        finished(self.outbox.acknowledged_steps(1, list(range(64))))
        self.assertEqual(len(self.outbox), 1)

    def test_an_acknowledgement_of_an_old_epoch_settles_only_that_epoch(self):
        old = self.handed_over(call(1))[0]
        self.store.state = "damaged"
        self.outbox = self.started()
        new = self.handed_over(call(2))[0]
        self.assertEqual(new.seq, old.seq)
        self.assertEqual(self.outbox.epochs(), [new.epoch, old.epoch])
        finished(self.outbox.acknowledged_steps(old.epoch, [old.seq]))
        self.assertEqual(list(self.outbox), [new])
        self.assertEqual(self.outbox.epochs(), [new.epoch])

    def test_who_wants_to_know_is_told_while_the_slip_is_still_kept(self):
        seen = []
        self.outbox.before_forgetting(lambda slip: seen.append((slip, len(self.started()))))
        slip = self.handed_over(call())[0]
        finished(self.outbox.acknowledged_steps(slip.epoch, [slip.seq]))
        self.assertEqual(seen, [(slip, 1)])


class TestMerging(WithOutbox):
    def rain(self, start, *values, **other):
        fields = {"gauge": 1, "step_min": 5, "quality": "good"}
        fields.update(other)
        return messages.make("Series", start=start, values=series.encode(values), **fields)

    def told(self):
        found = [messages.decode(0, 5, body) for _, body in self.bodies(self.started())]
        return [(one.start, series.decode(one.values)) for one in found]

    def test_rain_that_goes_on_is_told_in_one_message_while_it_waits(self):
        self.outbox.post(self.rain(100, 1, 2))
        self.outbox.post(self.rain(110, 3))
        self.assertEqual(self.told(), [(100, (1, 2, 3))])

    def test_a_gap_another_gauge_or_another_quality_begins_anew(self):
        self.outbox.post(self.rain(100, 1, 2))
        for other in (
            self.rain(115, 3),
            self.rain(110, 3, gauge=2),
            self.rain(110, 3, step_min=1),
        ):
            self.outbox.post(other)
        self.outbox.post(self.rain(110, 3, quality="doubtful"))
        self.assertEqual(len(self.told()), 5)

    def test_what_was_handed_over_stays_as_it_is(self):
        self.outbox.hand_over(self.outbox.post(self.rain(100, 1, 2)))
        self.outbox.post(self.rain(110, 3))
        self.assertEqual(self.told(), [(100, (1, 2)), (110, (3,))])

    def test_a_day_is_the_most_that_one_message_tells(self):
        self.outbox.post(self.rain(100, *[1] * 288))
        self.outbox.post(self.rain(100 + 5 * 288, 2))
        self.assertEqual([len(values) for _, values in self.told()], [288, 1])


class TestFull(WithOutbox):
    def test_a_newer_health_replaces_one_that_was_never_sent(self):
        sent = self.outbox.post(health(1), instead_of=("Health",))
        self.outbox.hand_over(sent)
        for queue in (2, 3):
            newest = self.outbox.post(health(queue), instead_of=("Health",))
        self.assertEqual(list(self.outbox), [sent, newest])
        self.assertEqual(len(self.started()), 2)

    def test_a_newer_health_replaces_a_change_that_was_never_sent(self):
        change = messages.make("HealthDelta", base=1, changed=0, fields=b"")
        self.outbox.post(change, instead_of=("Health", "HealthDelta"))
        newest = self.outbox.post(health(2), instead_of=("Health", "HealthDelta"))
        self.assertEqual(list(self.outbox), [newest])

    def test_a_newer_health_replaces_nothing_of_another_kind(self):
        self.outbox.post(fault())
        self.outbox.post(health(), instead_of=("Health",))
        self.assertEqual(len(self.outbox), 2)

    def test_when_full_the_oldest_of_the_least_urgent_makes_room_and_is_counted(self):
        self.outbox.post(health(1))
        self.outbox.post(health(2))
        self.fill(fault())
        self.outbox.post(call())
        self.assertEqual((len(self.outbox), self.outbox.expired), (MOST, 1))
        queues = [messages.decode(0, 4, b).queue for name, b in self.bodies() if name == "Health"]
        self.assertEqual(queues, [2])

    def test_the_least_urgent_does_not_push_out_what_is_more_urgent(self):
        self.fill(fault())
        with self.assertRaises(OutboxFull):
            self.outbox.post(health())
        self.outbox.post(fault())
        self.assertEqual((len(self.outbox), self.outbox.expired), (MOST, 1))

    def test_calls_and_playbacks_are_never_pushed_out(self):
        self.outbox.post(call())
        self.fill(playback())
        for message in (health(), fault()):
            with self.assertRaises(OutboxFull):
                self.outbox.post(message)
        self.assertEqual((len(self.outbox), self.outbox.expired), (MOST, 0))
        self.assertEqual(len(self.started()), MOST)

    def test_however_many_playbacks_wait_there_is_room_for_calls(self):
        self.fill(playback())
        for _ in range(16):
            self.outbox.post(playback())
        with self.assertRaises(OutboxFull):
            self.outbox.post(playback())
        for _ in range(16):
            self.outbox.post(call())
        with self.assertRaises(OutboxFull):
            self.outbox.post(call())
        self.assertEqual((len(self.started()), self.outbox.expired), (MOST + 32, 0))

    def test_a_store_that_is_full_first_gives_up_what_may_expire(self):
        for queue in range(3):
            self.outbox.post(health(queue))
        self.store.refuse = lambda key, value: key[:1] == b"S" and len(self.outbox) >= 2
        self.outbox.post(call())
        self.assertEqual([name for name, _ in self.bodies()], ["Health", "Call"])
        self.assertEqual(self.outbox.expired, 2)
        self.outbox.post(call(2))
        with self.assertRaises(StoreFull):
            self.outbox.post(call(3))
        self.assertEqual([name for name, _ in self.bodies()], ["Call", "Call"])

    def test_what_expired_is_counted_over_restarts_and_power_cuts_and_never_twice(self):
        for operation in range(1, 7):
            for moment in ("fails_before", "fails_after"):
                with self.subTest(operation=operation, moment=moment):
                    self.setUp()
                    self.fill(health())
                    setattr(self.power, moment, (self.power.operations + operation,))
                    self.check_count(2)

    def check_count(self, posts):
        for minute in range(posts):
            try:
                self.outbox.post(call(minute))
                self.outbox = self.started()
            except PowerCut:
                self.power.fails_before = self.power.fails_after = ()
                self.outbox = self.started()
        calls = sum(name == "Call" for name, _ in self.bodies())
        self.assertEqual(len(self.outbox) + self.outbox.expired, MOST + calls)


if __name__ == "__main__":
    unittest.main()
