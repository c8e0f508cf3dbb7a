import asyncio
import unittest

from drivers.errors import NoReply
from firmware import settings
from firmware.announcer import Announcer
from firmware.journal import Journal
from firmware.ledger import REPORTING, Ledger
from firmware.outbox import OutboxFull
from firmware.supervisor import OnAir
from firmware.timekeeper import HOLD, LATE, NOW
from protocol import messages
from protocol.schema import DOWN
from tests.fakes import FakeAmplifier, FakeClock, FakePlayer, ListLines, Reading
from tests.shared.running import run
from tests.village import CLIPS_MS, SETTINGS, Flash, Power

TONE, PAUSE = ("tone", 1000, 1000), ("silence", 800)
OPEN_LINE = Reading(80_000, 0, 40)
SHORT_LINE = Reading(2_000, 2_000, 40)
MUTE = Reading(0, 0, 40)
DEAF = Reading(80_000, 480, 41)
WHOLE_S = 7  # tone, voice, pause, tone, and what waking and looking cost


class Time:
    """A Timekeeper whose verdict on an order is what a test says, NOW otherwise."""

    def __init__(self):
        self.verdicts = {}

    def minute(self):
        return 800_000

    def judge(self, order):
        return self.verdicts.get(order.template, NOW)


class Post:
    """An Outbox and a Sentinel that note what they are told."""

    def __init__(self):
        self.playbacks = []
        self.faults = []
        self.full = False

    def has(self, message):
        return message in self.playbacks

    def post(self, message):
        if self.full:
            raise OutboxFull("only playbacks wait")
        self.playbacks.append(message)

    def open(self, code):
        if code not in self.faults:
            self.faults.append(code)

    def clear(self, code):
        if code in self.faults:
            self.faults.remove(code)

    def kept(self):
        self.clear("store_full")

    def clear_all(self, codes):
        for code in codes:
            self.clear(code)


class Meter(FakeAmplifier):
    """Shows what sounded all through the last 400 ms, as a meter with a long window does."""

    def __init__(self, stage, silences):
        super().__init__()
        self._stage = stage
        self._silences = silences
        self._window = [None] * 40
        self._listening = asyncio.create_task(self._listen())

    async def measure(self):
        part = self._window[0]
        steady = self._window == [part] * 40
        return self.reading if steady and part not in self._silences else MUTE

    async def _listen(self):
        while True:
            self._window = self._window[1:] + [self._stage.player.sounding()]
            await self._stage.clock.sleep_ms(10)


class Stage:
    """An Announcer with its amplifier; reset() is a power cut and a new start."""

    def __init__(self):
        self.clock = FakeClock()
        self.store = Flash(Power())
        self.tables = b""
        self.post = Post()
        self.time = Time()
        self.lines = ListLines()
        self.heard = []
        self.service = None
        self.reset()

    def reset(self):
        if self.service is not None:
            self.service.cancel()
            self.heard += self.player.heard
        self.amplifier = FakeAmplifier()
        self.player = FakePlayer(self.clock, dict(CLIPS_MS))
        self.ledger = Ledger(self.store)
        self.on_air = OnAir(self.clock)
        self.announcer = Announcer(
            self,
            settings.read(SETTINGS),
            self.ledger,
            self.post,
            self.time,
            self.post,
            self.on_air,
            Journal(self.lines),
        )
        self.service = asyncio.create_task(self.announcer.run())

    def give(self, seq, rank="notice", clip=1, drill=False, **fields):
        """Admit an order as the Gatekeeper does; return its id."""
        usual = {"slot": 1, "issued": 800_000, "valid_10min": 6, "event": "test", "repeats": 1}
        usual.update({"volume": "emergency", "template": clip})
        usual.update(fields)
        order = messages.make("Order", rank=rank, **usual)
        order_id = bytes((1,)) + seq.to_bytes(3, "big")
        body = bytes((drill,)) + messages.encode(DOWN, order)
        self.ledger.admit(order_id, body)
        self.announcer.offer(order_id, order, drill)
        return order_id

    async def pass_s(self, seconds):
        await self.clock.advance(int(1000 * seconds))

    def voices(self):
        """Return the clips that began to sound, over all starts."""
        self.player.sounding()
        return [part[1] for part in self.heard + self.player.heard if part[0] == "clip"]

    def stages(self, order_id):
        return [p.stage for p in self.post.playbacks if p.order == order_id]

    def ended(self, order_id):
        """Return (outcome, cause) of each closing report about this order."""
        about = [p for p in self.post.playbacks if p.order == order_id]
        return [(p.outcome, p.cause) for p in about if p.stage == "finished"]

    def last(self):
        return self.post.playbacks[-1]


class WithStage(unittest.TestCase):
    def on_stage(self, script):
        async def body():
            await script(Stage())

        run(body())


class TestSounding(WithStage):
    def test_an_order_sounds_and_each_stage_is_reported(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(1)
            self.assertEqual(stage.stages(order), ["playing"])
            self.assertTrue(stage.amplifier.awake)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.player.heard, [TONE, ("clip", "1"), PAUSE, TONE])
            self.assertEqual(stage.stages(order), ["playing", "finished"])
            self.assertEqual(stage.ended(order), [("played", None)])
            self.assertFalse(stage.amplifier.awake)

        self.on_stage(script)

    def test_the_report_holds_what_was_measured(self):
        async def script(stage):
            stage.give(1, repeats=3, volume="normal")
            await stage.pass_s(20)
            last = stage.last()
            self.assertEqual((last.volts_mv, last.amps_ma), (80_000, 480))
            self.assertEqual((last.ohms_tenths, last.microphone_db), (1_666, 92))
            self.assertEqual((last.started, last.seconds, last.times), (800_000, 13, 3))
            self.assertEqual(last.source, "clips")
            self.assertIn(("wake", 60), stage.amplifier.asked)

        self.on_stage(script)

    def test_the_first_thing_after_a_start_is_stop(self):
        async def script(stage):
            await stage.pass_s(1)
            self.assertEqual(stage.amplifier.asked, [("stop",)])

        self.on_stage(script)

    def test_the_amplifier_is_asked_all_the_while_so_that_it_stays_awake(self):
        async def script(stage):
            stage.give(1, repeats=20)
            await stage.pass_s(30)
            self.assertGreater(len(stage.amplifier.asked), 90)

        self.on_stage(script)

    def test_a_drill_says_so_first_and_last(self):
        async def script(stage):
            stage.give(1, drill=True)
            await stage.pass_s(10)
            self.assertEqual(stage.voices(), ["drill", "1", "drill"])

        self.on_stage(script)

    def test_what_this_box_has_no_voice_for_is_refused(self):
        async def script(stage):
            order = stage.give(1, clip=99)
            await stage.pass_s(1)
            self.assertEqual(stage.ended(order), [("refused", "cannot_speak")])
            self.assertNotIn(("wake", 100), stage.amplifier.asked)

        self.on_stage(script)

    def test_while_an_order_sounds_it_is_on_air_no_longer_than_it_takes(self):
        async def script(stage):
            stage.give(1)
            await stage.pass_s(1)
            stage.service.cancel()
            await stage.pass_s(60)
            self.assertFalse(stage.on_air.late())  # the amplifier was told to stop
            stage.on_air.allow(0)
            stage.reset()
            stage.give(2)

            async def hang(_):
                await stage.clock.sleep_ms(10_000_000)

            stage.amplifier.wake = hang
            await stage.pass_s(9)
            self.assertFalse(stage.on_air.late())
            await stage.pass_s(2)
            self.assertTrue(stage.on_air.late())

        self.on_stage(script)


class TestFaults(WithStage):
    def fails(self, cause, spoil):
        async def script(stage):
            spoil(stage)
            order = stage.give(1)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("failed", cause)])
            self.assertEqual(stage.post.faults, [cause])
            self.assertFalse(stage.amplifier.awake and stage.amplifier.broken is None)
            stage.amplifier.reading, stage.amplifier.broken = FakeAmplifier().reading, None
            stage.player.clip_ms["1"], stage.player.broken = 3_000, None
            stage.give(2)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.last().outcome, "played")
            self.assertEqual(stage.post.faults, [])

        self.on_stage(script)

    def test_a_line_that_hangs_open_is_failed_until_it_plays_again(self):
        self.fails("line_open", lambda s: setattr(s.amplifier, "reading", OPEN_LINE))

    def test_a_shorted_line(self):
        self.fails("line_short", lambda s: setattr(s.amplifier, "reading", SHORT_LINE))

    def test_an_amplifier_without_output(self):
        self.fails("no_output", lambda s: setattr(s.amplifier, "reading", MUTE))

    def test_a_siren_that_nobody_hears(self):
        self.fails("microphone_silent", lambda s: setattr(s.amplifier, "reading", DEAF))

    def test_an_amplifier_that_does_not_answer(self):
        self.fails("amplifier_silent", lambda s: setattr(s.amplifier, "broken", NoReply("no")))

    def test_a_player_that_breaks_off(self):
        self.fails("player_failed", lambda s: setattr(s.player, "broken", "sound device lost"))

    def test_a_player_that_cannot_begin(self):
        def spoil(stage):
            def start(_):
                raise NoReply("the sound device is busy")

            stage.player.start, stage.good_start = start, stage.player.start

        async def script(stage):
            spoil(stage)
            order = stage.give(1)
            await stage.pass_s(1)
            self.assertEqual(stage.ended(order), [("failed", "player_failed")])
            self.assertFalse(stage.amplifier.awake)

        self.on_stage(script)

    def test_a_damaged_clip_is_refused_and_stops_nothing_else(self):
        async def script(stage):
            def length_ms(_):
                raise NoReply("1.wav is cut short")

            good, stage.player.length_ms = stage.player.length_ms, length_ms
            order = stage.give(1)
            await stage.pass_s(1)
            self.assertEqual(stage.ended(order), [("refused", "cannot_speak")])
            stage.player.length_ms = good
            order = stage.give(2)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("played", None)])

        self.on_stage(script)

    def test_an_amplifier_that_falls_silent_half_way(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(2)
            stage.amplifier.broken = NoReply("nothing came")
            await stage.pass_s(1)
            stage.amplifier.broken = None
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("failed", "amplifier_silent")])

        self.on_stage(script)

    def test_readings_that_do_not_lie_within_one_sounding_part_prove_nothing(self):
        async def script(stage):
            stage.amplifier = Meter(stage, silences=(None, 2, 4, 6))
            order = stage.give(1, repeats=3)
            await stage.pass_s(20)
            self.assertEqual(stage.ended(order), [("played", None)])

        self.on_stage(script)

    def test_a_line_that_breaks_half_way_is_failed_with_what_was_heard_before(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(2)
            stage.amplifier.reading = OPEN_LINE
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("failed", "line_open")])
            self.assertEqual(stage.stages(order), ["playing", "finished"])

        self.on_stage(script)

    def test_nothing_is_called_playing_before_it_was_measured(self):
        async def script(stage):
            stage.amplifier.reading = MUTE
            order = stage.give(1)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.stages(order), ["finished"])
            self.assertIsNone(stage.last().volts_mv)

        self.on_stage(script)

    def test_an_amplifier_that_does_not_stop_is_told_three_times(self):
        async def script(stage):
            stage.give(1)
            await stage.pass_s(1)
            before = len(stage.amplifier.asked)
            stage.amplifier.broken = NoReply("nothing came")
            await stage.pass_s(WHOLE_S)
            stops = [what for what in stage.amplifier.asked[before:] if what == ("stop",)]
            self.assertEqual(len(stops), 3)
            self.assertIn("stop not confirmed: nothing came", "".join(stage.lines.lines))

        self.on_stage(script)


class TestPrecedence(WithStage):
    def test_danger_cuts_a_notice_and_both_are_told_truthfully(self):
        async def script(stage):
            notice = stage.give(1, "notice", clip=1)
            await stage.pass_s(2)
            danger = stage.give(2, "danger", clip=2)
            await stage.pass_s(0.2)
            self.assertEqual(stage.ended(notice), [("cut", "higher_rank")])
            self.assertEqual((stage.last().seconds, stage.last().times), (2, 0))
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(danger), [("played", None)])
            self.assertEqual(stage.voices(), ["1", "2"])

        self.on_stage(script)

    def test_a_notice_waits_for_danger_to_end(self):
        async def script(stage):
            stage.give(1, "danger", clip=1)
            await stage.pass_s(2)
            stage.give(2, "notice", clip=2)
            await stage.pass_s(2 * WHOLE_S)
            self.assertEqual(stage.voices(), ["1", "2"])

        self.on_stage(script)

    def test_a_live_notice_cuts_a_drill_of_danger(self):
        async def script(stage):
            drill = stage.give(1, "danger", drill=True)
            await stage.pass_s(3)
            stage.give(2, "notice", clip=2)
            await stage.pass_s(10)
            self.assertEqual(stage.ended(drill), [("cut", "higher_rank")])
            self.assertEqual(stage.voices(), ["drill", "1", "2"])

        self.on_stage(script)

    def test_a_higher_order_that_comes_while_the_amplifier_wakes_sounds_first(self):
        async def script(stage):
            stage.amplifier.wake = slow(stage, stage.amplifier.wake)
            notice = stage.give(1, "notice", clip=1)
            await stage.pass_s(0.5)
            stage.give(2, "danger", clip=2)
            await stage.pass_s(2 + WHOLE_S)
            self.assertEqual(stage.ended(notice), [("cut", "higher_rank")])
            self.assertEqual(stage.voices(), ["2"])
            self.assertEqual(stage.player.heard.count(TONE), 2)

        self.on_stage(script)

    def test_an_order_that_waited_too_long_is_late_and_cuts_nothing(self):
        async def script(stage):
            stage.time.verdicts[2] = HOLD
            notice = stage.give(1, "notice", clip=1)
            danger = stage.give(2, "danger", clip=2)
            await stage.pass_s(2)
            stage.time.verdicts[2] = LATE
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(danger), [("refused", "too_late")])
            self.assertEqual(stage.ended(notice), [("played", None)])
            self.assertEqual(stage.voices(), ["1"])

        self.on_stage(script)

    def test_a_held_order_sounds_within_a_second_of_being_free(self):
        async def script(stage):
            stage.time.verdicts[1] = HOLD
            stage.give(1)
            await stage.pass_s(60)
            self.assertEqual(stage.player.heard, [])
            stage.time.verdicts[1] = NOW
            await stage.pass_s(1.1)
            self.assertEqual(stage.player.heard, [TONE])

        self.on_stage(script)

    def test_when_too_many_wait_the_least_gives_up_its_place(self):
        async def script(stage):
            stage.time.verdicts[1] = HOLD
            routine = [stage.give(seq, "routine") for seq in range(1, 17)]
            danger = stage.give(17, "danger")
            await stage.pass_s(1)
            self.assertEqual(stage.ended(routine[-1]), [("refused", "queue_full")])
            self.assertEqual(stage.ended(danger), [])
            drill = stage.give(18, "danger", drill=True)
            await stage.pass_s(1)
            self.assertEqual(stage.ended(drill), [("refused", "queue_full")])

        self.on_stage(script)

    def test_the_one_on_air_never_gives_up_its_place(self):
        async def script(stage):
            on_air = stage.give(1, "routine")
            await stage.pass_s(1)
            stage.time.verdicts[2] = HOLD
            waiting = [stage.give(seq, "danger", clip=2) for seq in range(2, 18)]
            await stage.pass_s(1)
            self.assertEqual(stage.ended(waiting[-1]), [("refused", "queue_full")])
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(on_air), [("played", None)])

        self.on_stage(script)


def slow(stage, action):
    """Return the action, taking one second first."""

    async def slowly(*arguments):
        await stage.clock.sleep_ms(1_000)
        return await action(*arguments)

    return slowly


class TestWithdrawal(WithStage):
    WITHDRAWN = [("cancelled", "withdrawn")]

    def test_an_order_withdrawn_while_it_waits_never_sounds(self):
        async def script(stage):
            stage.give(1, "danger", clip=1)
            waiting = stage.give(2, clip=2)
            await stage.pass_s(2)
            stage.announcer.withdraw(waiting)
            await stage.pass_s(2 * WHOLE_S)
            self.assertEqual(stage.ended(waiting), self.WITHDRAWN)
            self.assertEqual(stage.voices(), ["1"])

        self.on_stage(script)

    def test_an_order_withdrawn_while_another_sounds_is_told_at_once(self):
        async def script(stage):
            stage.give(1, "danger", repeats=9)
            waiting = stage.give(2)
            await stage.pass_s(2)
            stage.announcer.withdraw(waiting)
            self.assertEqual(stage.ended(waiting), self.WITHDRAWN)

        self.on_stage(script)

    def test_an_order_withdrawn_while_it_sounds_is_silent_at_once(self):
        async def script(stage):
            order = stage.give(1, repeats=5)
            await stage.pass_s(3)
            stage.announcer.withdraw(order)
            await stage.pass_s(0.1)
            self.assertIsNone(stage.player.sounding())
            self.assertFalse(stage.amplifier.awake)
            self.assertEqual(stage.ended(order), self.WITHDRAWN)
            self.assertEqual((stage.last().seconds, stage.last().volts_mv), (3, 80_000))

        self.on_stage(script)

    def test_an_order_withdrawn_while_the_amplifier_wakes_makes_no_sound(self):
        async def script(stage):
            stage.amplifier.wake = slow(stage, stage.amplifier.wake)
            order = stage.give(1)
            await stage.pass_s(0.5)
            stage.announcer.withdraw(order)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.player.heard, [])
            self.assertEqual(stage.ended(order), self.WITHDRAWN)

        self.on_stage(script)

    def test_an_order_withdrawn_while_the_amplifier_stops_was_played(self):
        async def script(stage):
            stage.amplifier.stop = slow(stage, stage.amplifier.stop)
            await stage.pass_s(1)
            order = stage.give(1)
            await stage.pass_s(6.5)
            self.assertEqual(stage.ended(order), [])
            stage.announcer.withdraw(order)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("played", None)])

        self.on_stage(script)

    def test_an_order_withdrawn_while_its_end_is_written_down_was_played(self):
        async def script(stage):
            order, sleep_ms = stage.give(1), stage.clock.sleep_ms

            async def withdrawn_meanwhile(ms):
                if not ms and stage.voices() and not stage.amplifier.awake:
                    stage.announcer.withdraw(order)
                await sleep_ms(ms)

            stage.clock.sleep_ms = withdrawn_meanwhile
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(order), [("played", None)])
            self.assertFalse(stage.service.done())

        self.on_stage(script)

    def test_an_order_withdrawn_when_it_was_found_that_nobody_can_speak_it_ends_once(self):
        async def script(stage):
            order, sleep_ms = stage.give(1, clip=99), stage.clock.sleep_ms

            async def withdrawn_meanwhile(ms):
                if not ms:
                    stage.announcer.withdraw(order)
                await sleep_ms(ms)

            stage.clock.sleep_ms = withdrawn_meanwhile
            await stage.pass_s(1)
            self.assertEqual(stage.ended(order), self.WITHDRAWN)
            self.assertFalse(stage.service.done())

        self.on_stage(script)

    def test_an_order_withdrawn_before_it_came_is_over_and_told_so_once(self):
        async def script(stage):
            order = b"\1\0\0\1"
            for _ in range(2):
                stage.announcer.withdraw(order)
                await stage.pass_s(2)
            self.assertTrue(stage.ledger.known(order))
            self.assertEqual(stage.ended(order), self.WITHDRAWN)

        self.on_stage(script)

    def test_an_order_withdrawn_after_it_was_played_was_played(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(WHOLE_S)
            stage.announcer.withdraw(order)
            await stage.pass_s(2)
            self.assertEqual(stage.ended(order), [("played", None)])

        self.on_stage(script)

    def test_an_order_withdrawn_before_the_announcer_has_begun_never_sounds(self):
        async def script(stage):
            order = stage.give(1)
            stage.reset()
            stage.amplifier.stop = slow(stage, stage.amplifier.stop)
            await stage.pass_s(0.5)
            stage.announcer.withdraw(order)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), [])
            self.assertEqual(stage.ended(order), self.WITHDRAWN)

        self.on_stage(script)

    def test_a_correction_withdraws_what_it_replaces(self):
        async def script(stage):
            wrong = stage.give(1, clip=1)
            await stage.pass_s(3)
            right = stage.give(2, clip=2, replaces=wrong)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ended(wrong), self.WITHDRAWN)
            self.assertEqual(stage.ended(right), [("played", None)])
            self.assertEqual(stage.voices(), ["1", "2"])

        self.on_stage(script)

    def test_a_correction_known_only_to_the_ledger_withdraws_after_a_power_cut(self):
        async def script(stage):
            stage.time.verdicts[1] = HOLD
            wrong = stage.give(1, clip=1)
            stage.announcer.withdraw = lambda order_id: None  # the power fails before it is done
            stage.give(2, clip=2, replaces=wrong)
            stage.reset()
            stage.time.verdicts.clear()
            await stage.pass_s(2 * WHOLE_S)
            self.assertEqual(stage.voices(), ["2"])
            self.assertEqual(stage.ended(wrong), self.WITHDRAWN)

        self.on_stage(script)


class TestPowerCuts(WithStage):
    def test_an_interrupted_order_sounds_again_and_each_time_is_reported(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(3)
            stage.reset()
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), ["1", "1"])
            self.assertEqual(stage.stages(order), ["playing", "queued", "playing", "finished"])
            queued = stage.post.playbacks[1]
            self.assertEqual((queued.outcome, queued.times), ("interrupted", 1))

        self.on_stage(script)

    def test_an_order_that_was_interrupted_three_times_is_given_up(self):
        async def script(stage):
            order = stage.give(1)
            for _ in range(6):
                await stage.pass_s(3)
                stage.reset()
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), ["1", "1", "1"])
            self.assertEqual(stage.ended(order), [("failed", "too_many_tries")])
            again = [p.times for p in stage.post.playbacks if p.outcome == "interrupted"]
            self.assertEqual(again, [1, 2])

        self.on_stage(script)

    def test_an_order_that_only_waited_is_not_called_interrupted(self):
        async def script(stage):
            stage.time.verdicts[1] = HOLD
            order = stage.give(1)
            for _ in range(5):
                await stage.pass_s(3)
                stage.reset()
            stage.time.verdicts.clear()
            await stage.pass_s(WHOLE_S + 1)
            self.assertEqual(stage.stages(order), ["playing", "finished"])

        self.on_stage(script)

    def test_a_finished_order_never_sounds_again(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(WHOLE_S)
            for _ in range(3):
                stage.reset()
                await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), ["1"])
            self.assertEqual(stage.ended(order), [("played", None)])

        self.on_stage(script)

    def test_a_report_not_posted_before_the_power_cut_is_posted_once_after_it(self):
        async def script(stage):
            order = stage.give(1)
            stage.post.full = True
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.ledger.entry(order).state, REPORTING)
            stage.reset()
            stage.post.full = False
            await stage.pass_s(1)
            stage.reset()
            await stage.pass_s(1)
            self.assertEqual(stage.ended(order), [("played", None)])
            self.assertIsNone(stage.ledger.entry(order))
            self.assertTrue(stage.ledger.over(order))

        self.on_stage(script)


class TestFullStores(WithStage):
    def test_a_report_there_is_no_room_for_waits_until_there_is(self):
        async def script(stage):
            stage.post.full = True
            order = stage.give(1)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), ["1"])
            self.assertEqual(stage.post.faults, ["store_full"])
            lines = len(stage.lines.lines)
            await stage.pass_s(60)
            self.assertEqual(len(stage.lines.lines), lines)
            stage.post.full = False
            await stage.pass_s(2)
            self.assertEqual(stage.ended(order), [("played", None)])
            self.assertEqual(stage.post.faults, [])

        self.on_stage(script)

    def test_a_flash_that_takes_no_more_keeps_no_village_unwarned_and_repeats_nothing(self):
        async def script(stage):
            order = stage.give(1)
            stage.store.refuse = lambda key, value: True
            await stage.pass_s(3 * WHOLE_S)
            self.assertEqual(stage.voices(), ["1"])
            self.assertEqual(stage.ended(order), [("played", None)])
            self.assertFalse(stage.service.done())

        self.on_stage(script)

    def test_a_withdrawn_order_is_silent_even_if_that_cannot_be_kept(self):
        async def script(stage):
            order = stage.give(1)
            await stage.pass_s(2)
            stage.store.refuse = lambda key, value: True
            stage.announcer.withdraw(order)
            await stage.pass_s(WHOLE_S)
            self.assertEqual(stage.voices(), ["1"])
            self.assertEqual(stage.ended(order), [("cancelled", "withdrawn")])

        self.on_stage(script)


if __name__ == "__main__":
    unittest.main()
