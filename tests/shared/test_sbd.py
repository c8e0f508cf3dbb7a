import asyncio
import unittest

from drivers.errors import BadReply, LineLost, NoReply
from drivers.modems.sbd import SbdModem
from drivers.modems.sbd_mailbox import Mailbox
from drivers.outcomes import REFUSED, SENT, UNKNOWN
from tests.fake_sbd import ERROR, OK, READY, RING, ZERO, Fake9603, counted
from tests.fakes import FakeClock, settle
from tests.shared.running import run

SET_UP = [b"AT", b"ATE0", b"AT&K0", b"AT&D0", b"AT+SBDMTA=1", b"AT+SBDST=60", b"AT+SBDSX"]
HELLO = [b"AT+SBDD0", b"AT+SBDWB=5", b"hello", b"AT+SBDIX", b"AT+SBDD0"]


class Village:
    """One Box's modem, its driver, and the time that passes between them."""

    def __init__(self):
        self.clock = FakeClock()
        self.radio = Fake9603(self.clock)
        self.modem = SbdModem(self.radio.line, self.clock)
        self.service = asyncio.create_task(self.modem.run())

    async def send(self, data=b"hello"):
        return await self.clock.outlast(self.modem.send(data))

    async def receive(self, most_ms=30_000):
        return await self.clock.outlast(self.modem.receive(), most_ms)

    async def receive_all(self, count, most_ms=30_000):
        got = []
        while len(got) < count:
            got.append(await self.receive(most_ms))
        return got

    async def set_up(self):
        """Let the driver find the modem, and forget how it did."""
        await self.clock.advance(5_000)
        self.radio.commands.clear()

    def alive(self):
        return not self.service.done()


class WithVillage(unittest.TestCase):
    def play(self, script):
        ended = []

        async def played():
            village = Village()
            try:
                await script(village)
                self.assertTrue(village.alive(), "the service has ended")
            finally:
                village.service.cancel()
                await settle()
            ended.append(True)

        run(played())
        self.assertTrue(ended, "it waits for what never comes")  # MicroPython just returns


class TestSending(WithVillage):
    def test_hello_goes_as_the_manual_writes_it(self):
        async def script(village):
            outcome = await village.send()
            self.assertEqual(outcome.word, SENT)
            await village.clock.advance(1_000)
            self.assertEqual(village.radio.commands, SET_UP + HELLO)
            self.assertIn(bytes.fromhex("68656c6c6f0214"), village.radio.line.written)
            self.assertEqual(village.radio.delivered, [b"hello"])

        self.play(script)

    def test_the_longest_message_goes_with_its_sum_modulo_65536(self):
        async def script(village):
            self.assertEqual((await village.send(b"\xff" * 340)).word, SENT)
            self.assertIn(b"\xff" * 340 + b"\x52\xac", village.radio.line.written)
            self.assertEqual(village.radio.delivered, [b"\xff" * 340])

        self.play(script)

    def test_what_does_not_fit_is_refused_and_the_modem_hears_nothing_of_it(self):
        async def script(village):
            await village.set_up()
            self.assertEqual((await village.modem.send(bytes(341))).word, REFUSED)
            self.assertEqual((await village.modem.send(b"")).word, REFUSED)
            await village.clock.advance(5_000)
            self.assertEqual(village.radio.commands, [])

        self.play(script)

    def test_a_message_that_begins_with_a_line_end_goes_whole(self):
        async def script(village):
            self.assertEqual((await village.send(b"\r\nAT\r\n")).word, SENT)
            self.assertEqual(village.radio.delivered, [b"\r\nAT\r\n"])

        self.play(script)

    def test_every_status_of_a_session_becomes_its_outcome(self):
        async def script(village):
            for status in range(66):
                village.radio.statuses = [status]
                outcome = await village.send()
                expected = REFUSED
                if status <= 4:
                    expected = SENT
                elif status in (9, 10, 13) or 17 <= status <= 31 or 39 <= status <= 63:
                    expected = UNKNOWN
                self.assertEqual(outcome.word, expected, status)
                self.assertEqual("status %d:" % status in outcome.reason, status > 4)
            self.assertEqual(len(village.radio.delivered), 5)

        self.play(script)

    def test_one_message_waits_and_a_second_one_is_refused(self):
        async def script(village):
            first = asyncio.create_task(village.modem.send(b"first"))
            await settle()
            second = await village.modem.send(b"second")
            self.assertEqual(second.word, REFUSED)
            await village.clock.advance(10_000)
            self.assertEqual((await first).word, SENT)
            self.assertEqual(village.radio.delivered, [b"first"])

        self.play(script)

    def test_a_message_nobody_waits_for_any_more_does_not_go(self):
        async def script(village):
            village.radio.odd[b"AT+SBDWB=5"] = [None]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(3_000)
            self.assertIn(b"AT+SBDWB=5", village.radio.commands)
            sending.cancel()
            village.radio.line.feed(READY)
            await village.clock.advance(200_000)
            self.assertEqual(village.radio.sessions(), [])

        self.play(script)

    def test_a_damaged_transfer_to_the_modem_is_refused(self):
        async def script(village):
            await village.set_up()
            for answer, words in ((b"\r\n2\r\n", "damaged"), (b"\r\n3\r\n", "size")):
                village.radio.odd[b"AT+SBDWB=5"] = [answer + OK]
                outcome = await village.send()
                self.assertEqual(outcome.word, REFUSED)
                self.assertIn(words, outcome.reason)
            self.assertEqual(village.radio.sessions(), [])
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)


class TestTrouble(WithVillage):
    def test_silence_before_the_session_is_a_refusal(self):
        async def script(village):
            for silent in SET_UP + [b"AT+SBDD0", b"AT+SBDWB"]:
                village.radio.power_up()
                village.radio.silent = silent
                outcome = await village.send()
                self.assertEqual(outcome.word, REFUSED, silent)
                self.assertIn("no modem", outcome.reason)
            self.assertEqual(village.radio.delivered, [])

        self.play(script)

    def test_silence_from_the_session_on_is_unknown(self):
        async def script(village):
            village.radio.silent = b"AT+SBDIX"
            outcome = await village.send()
            self.assertEqual(outcome, (UNKNOWN, "the modem does not answer AT+SBDIX"))
            self.assertEqual(village.radio.delivered, [b"hello"])

        self.play(script)

    def test_silence_after_the_session_changes_nothing(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDD0"] = [ZERO, None]
            self.assertEqual((await village.send()).word, SENT)
            await village.clock.advance(20_000)
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_after_any_silence_the_next_message_goes(self):
        async def script(village):
            for silent in (b"AT", b"AT+SBDD0", b"AT+SBDWB", b"AT+SBDIX"):
                village.radio.silent = silent
                self.assertNotEqual((await village.send(b"lost?")).word, SENT)
                village.radio.silent = None
                await village.clock.advance(70_000)
                self.assertEqual((await village.send(silent)).word, SENT)
                self.assertEqual(village.radio.delivered[-1], silent)

        self.play(script)

    def test_a_modem_that_waits_for_bytes_swallows_commands_and_is_found_again(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDWB=5"] = [None]  # its READY was lost
            self.assertEqual((await village.send()).word, REFUSED)
            await village.clock.advance(10_000)
            self.assertEqual((await village.send(b"again")).word, SENT)
            self.assertEqual(village.radio.delivered, [b"again"])

        self.play(script)

    def test_half_an_answer_of_a_session_is_unknown_and_soon(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [b"\r\n+SBDIX: 0, 7"]
            started = village.clock.ticks_ms()
            outcome = await village.send()
            self.assertEqual(outcome.word, UNKNOWN)
            self.assertIn("breaks off", outcome.reason)
            self.assertLess(village.clock.since_ms(started), 5_000)

        self.play(script)

    def test_half_an_answer_whose_other_half_comes_is_an_answer(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [b"\r\n+SBDIX: 0, 7"]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(2_000)
            village.radio.line.feed(b", 0, 0, 0, 0\r\n\r\nOK\r\n")
            await village.clock.advance(2_000)
            self.assertEqual((await sending).word, SENT)

        self.play(script)

    def test_an_error_is_a_refusal_until_the_session_and_unknown_from_then_on(self):
        async def script(village):
            await village.set_up()
            for command, word in ((b"AT+SBDWB=5", REFUSED), (b"AT+SBDIX", UNKNOWN)):
                village.radio.odd[command] = [ERROR]
                outcome = await village.send()
                self.assertEqual(outcome.word, word)
                self.assertIn("answers ERROR to ", outcome.reason)
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_a_session_answer_that_cannot_be_read_is_unknown(self):
        async def script(village):
            await village.set_up()
            for garbled in (b"+SBDIX: 0, 7\r\n", b"+SBDIX: x, 7, 0, 0, 0, 0\r\n", b"\x80\x90\r\n"):
                village.radio.odd[b"AT+SBDIX"] = [b"\r\n" + garbled + OK]
                self.assertEqual((await village.send()).word, UNKNOWN)

        self.play(script)

    def test_without_a_modem_a_message_is_refused_and_the_county_line_says_so_once(self):
        async def script(village):
            village.radio.line.lose("sbd: cannot be opened")
            for _ in range(3):
                outcome = await village.send()
                self.assertEqual(outcome, (REFUSED, "no modem: sbd: cannot be opened"))
            with self.assertRaises(LineLost):
                await village.receive()
            with self.assertRaises(AssertionError):  # nothing more comes
                await village.receive()

        self.play(script)

    def test_a_message_ends_the_rest_of_a_driver_without_a_modem(self):
        async def script(village):
            village.radio.line.lose()
            await village.clock.advance(3_580_000)
            village.radio.line.mend()
            started = village.clock.ticks_ms()
            self.assertEqual((await village.send()).word, SENT)
            self.assertLess(village.clock.since_ms(started), 5_000)

        self.play(script)

    def test_a_modem_that_comes_back_after_a_day_is_used(self):
        async def script(village):
            village.radio.line.lose()
            await village.clock.advance(86_400_000)
            village.radio.line.mend()
            await village.clock.advance(70_000)
            self.assertEqual(village.radio.commands, SET_UP)
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_a_modem_without_power_refuses_within_half_a_minute(self):
        async def script(village):
            village.radio.powered = False
            started = village.clock.ticks_ms()
            outcome = await village.send()
            self.assertEqual(outcome, (REFUSED, "no modem: the modem does not answer AT"))
            self.assertLess(village.clock.since_ms(started), 30_000)
            with self.assertRaises(NoReply):
                await village.receive()

        self.play(script)

    def test_a_plug_pulled_before_the_session_is_a_refusal_and_in_it_unknown(self):
        async def script(village):
            await village.set_up()
            for command, word in ((b"AT+SBDWB=5", REFUSED), (b"AT+SBDIX", UNKNOWN)):
                village.radio.odd[command] = [b""]
                sending = asyncio.create_task(village.modem.send(b"hello"))
                await village.clock.advance(2_000)
                self.assertEqual(village.radio.commands[-1], command)
                village.radio.line.lose()
                await village.clock.advance(1_000)
                self.assertEqual((await sending).word, word)
                village.radio.line.mend()
                village.radio.power_up()
                await village.clock.advance(10_000)

        self.play(script)

    def test_power_lost_in_a_session_is_unknown_and_the_modem_is_set_up_again(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [b""]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(2_000)
            village.radio.power_up()
            await village.clock.advance(100_000)
            self.assertEqual((await sending).word, UNKNOWN)
            self.assertEqual((await village.send(b"next")).word, SENT)
            self.assertFalse(village.radio.echo)

        self.play(script)

    def test_a_modem_that_restarted_at_rest_is_set_up_again_before_it_is_used(self):
        async def script(village):
            await village.set_up()
            village.radio.power_up()
            self.assertEqual((await village.send()).word, SENT)
            await village.clock.advance(1_000)
            self.assertEqual(village.radio.commands, [b"AT+SBDD0"] + SET_UP + HELLO)

        self.play(script)

    def test_a_modem_that_restarted_at_rest_is_noticed_without_any_message(self):
        async def script(village):
            await village.set_up()
            village.radio.power_up()
            await village.clock.advance(610_000)
            self.assertFalse(village.radio.echo)
            self.assertEqual(village.radio.sessions(), [])

        self.play(script)

    def test_a_modem_that_lost_the_message_to_a_power_cut_has_not_sent_it(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [b"AT+SBDIX\r\r\n+SBDIX: 0, 7, 0, 0, 0, 0\r\n" + OK]
            outcome = await village.send()
            self.assertEqual(outcome, (REFUSED, "the modem restarted and lost the message"))
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_a_send_ends_even_when_nobody_serves_the_modem(self):
        async def script(village):
            village.service.cancel()
            await settle()
            outcome = await village.send()
            self.assertEqual(outcome.word, REFUSED)
            village.service = asyncio.create_task(village.modem.run())
            await village.clock.advance(10_000)
            self.assertEqual(village.radio.delivered, [])

        self.play(script)

    def test_a_service_that_is_stopped_in_a_session_leaves_nobody_waiting(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [b""]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(2_000)
            village.service.cancel()
            await settle()
            self.assertEqual((await sending).word, UNKNOWN)
            village.service = asyncio.create_task(village.modem.run())

        self.play(script)


class TestTalk(WithVillage):
    """What comes in between, before, or in pieces changes nothing."""

    INTRUSIONS = (
        b"\r\n+CIEV:1,0\r\n",
        RING,
        b"\xff\x00\xfe",
        b"z" * 400 + b"\r\n",
        b"\r\nHARDWARE FAILURE: 2,14\r\n",
    )

    def test_unsolicited_words_and_noise_inside_any_answer_do_no_harm(self):
        answers = (
            (b"AT+SBDD0", b"\r\n0\r\n", b"\r\nOK\r\n"),
            (b"AT+SBDWB=5", b"", READY),
            (b"AT+SBDIX", b"", b"\r\n+SBDIX: 0, 7, 0, 0, 0, 0\r\n" + OK),
        )

        async def script(village):
            await village.set_up()
            for intrusion in self.INTRUSIONS:
                for command, before, after in answers:
                    village.radio.odd[command] = [before + intrusion + after]
                    self.assertEqual((await village.send()).word, SENT, (command, intrusion))

        self.play(script)

    def test_a_ring_between_a_command_and_its_echo_does_no_harm(self):
        async def script(village):
            village.radio.odd[b"AT"] = [RING + b"AT\r" + OK]
            self.assertEqual((await village.send()).word, SENT)
            await village.clock.advance(5_000)
            self.assertIn(b"AT+SBDIXA", village.radio.sessions())

        self.play(script)

    def test_the_modem_gets_100_ms_of_rest_before_every_command(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            self.assertEqual((await village.send()).word, SENT)
            self.assertEqual(await village.receive(), b"order")
            times = village.radio.heard_at
            self.assertEqual(len(times), len(SET_UP) + 5)
            for earlier, later in zip(times, times[1:]):
                self.assertGreaterEqual(later - earlier, 100)

        self.play(script)

    def test_late_answers_of_before_are_not_taken_for_new_ones(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [None]
            self.assertEqual((await village.send()).word, UNKNOWN)
            village.radio.line.feed(b"\r\n+SBDIX: 0, 7, 0, 0, 0, 0\r\n" + OK)
            village.radio.statuses = [32]
            self.assertEqual((await village.send()).word, REFUSED)

        self.play(script)

    def test_a_stream_of_garbage_ends_in_a_refusal(self):
        async def script(village):
            village.radio.powered = False
            babble = asyncio.create_task(self._babble(village))
            self.assertEqual((await village.send()).word, REFUSED)
            babble.cancel()
            village.radio.powered = True
            await village.clock.advance(70_000)
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    async def _babble(self, village):
        while True:
            village.radio.line.feed(b"\x55\x00OK?\rSB" * 20)
            await village.clock.sleep_ms(20)


class TestReceiving(WithVillage):
    def test_a_ring_fetches_what_waits(self):
        async def script(village):
            await village.set_up()
            village.radio.waiting = [b"order"]
            village.radio.ring()
            self.assertEqual(await village.receive(), b"order")
            expected = [b"AT+SBDD0", b"AT+SBDIXA", b"AT+SBDRB"]
            self.assertEqual(village.radio.commands, expected)

        self.play(script)

    def test_a_ring_that_came_while_nobody_listened_is_answered(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            village.radio.rung = True
            self.assertEqual(await village.receive(), b"order")

        self.play(script)

    def test_everything_that_waits_is_fetched_and_our_message_goes_once(self):
        async def script(village):
            village.radio.waiting = [b"one", b"two", b"three"]
            self.assertEqual((await village.send()).word, SENT)
            got = await village.receive_all(3)
            self.assertEqual(got, [b"one", b"two", b"three"])
            await village.clock.advance(600_000)
            self.assertEqual(len(village.radio.sessions()), 3)
            self.assertEqual(village.radio.delivered, [b"hello"])

        self.play(script)

    def test_a_mailbox_session_carries_no_message_of_before(self):
        async def script(village):
            village.radio.statuses = [18]
            self.assertEqual((await village.send()).word, UNKNOWN)
            village.modem.check_mailbox()
            await village.clock.advance(5_000)
            self.assertEqual(len(village.radio.sessions()), 2)
            self.assertEqual(village.radio.delivered, [])

        self.play(script)

    def test_any_bytes_come_down_as_they_were_sent(self):
        payloads = [b"\r\nOK\r\n", b"\x00\x05hello", b"\xff" * 340, b"SBDRING\r", b"\x01"]

        async def script(village):
            village.radio.waiting = list(payloads)
            village.modem.check_mailbox()
            self.assertEqual(await village.receive_all(len(payloads)), payloads)

        self.play(script)

    def test_the_same_message_twice_is_handed_on_twice(self):
        async def script(village):
            village.radio.waiting = [b"same", b"same"]
            village.modem.check_mailbox()
            self.assertEqual(await village.receive_all(2), [b"same", b"same"])

        self.play(script)

    def test_a_message_damaged_once_on_the_line_is_read_again(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            village.radio.odd[b"AT+SBDRB"] = [b"\x00\x05oRder" + counted(b"order")[-2:] + OK]
            village.modem.check_mailbox()
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.radio.commands.count(b"AT+SBDRB"), 2)

        self.play(script)

    def test_a_message_that_noise_made_longer_is_read_again(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            village.radio.odd[b"AT+SBDRB"] = [b"\x00\x05or" + b"xyz" + counted(b"order")[4:]]
            village.modem.check_mailbox()
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.radio.commands.count(b"AT+SBDRB"), 2)

        self.play(script)

    def test_a_message_damaged_twice_is_dropped_told_and_counted(self):
        async def script(village):
            village.radio.waiting = [b"order", b"next"]
            village.radio.odd[b"AT+SBDRB"] = [b"\x00\x01x\x00\x00" + OK] * 2
            village.modem.check_mailbox()
            with self.assertRaises(BadReply):
                await village.receive()
            self.assertEqual(await village.receive(), b"next")
            self.assertEqual(village.modem.inbox.dropped, {"damaged": 1, "inbox full": 0})

        self.play(script)

    def test_half_a_message_is_read_again(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            village.radio.odd[b"AT+SBDRB"] = [b"\x00\x05or"]
            village.modem.check_mailbox()
            with self.assertRaises(NoReply):
                await village.receive()
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.radio.commands.count(b"AT"), 2)

        self.play(script)

    def test_a_message_of_a_session_whose_answer_was_lost_is_read(self):
        async def script(village):
            village.radio.waiting = [b"order"]
            village.radio.odd[b"AT+SBDIX"] = [None]
            self.assertEqual((await village.send()).word, UNKNOWN)
            with self.assertRaises(NoReply):
                await village.receive()
            self.assertEqual(await village.receive(), b"order")

        self.play(script)

    def test_a_ring_during_a_send_is_answered_after_it(self):
        async def script(village):
            await village.set_up()
            answer = RING + b"\r\n+SBDIX: 0, 7, 0, 0, 0, 0\r\n" + OK
            village.radio.odd[b"AT+SBDIX"] = [answer]
            self.assertEqual((await village.send()).word, SENT)
            village.radio.waiting = [b"order"]
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.radio.sessions(), [b"AT+SBDIX", b"AT+SBDIXA"])

        self.play(script)

    def test_a_message_that_goes_with_a_ring_waiting_answers_it(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDD0"] = [RING + ZERO]
            self.assertEqual((await village.send()).word, SENT)
            await village.clock.advance(60_000)
            self.assertEqual(village.radio.sessions(), [b"AT+SBDIXA"])

        self.play(script)

    def test_what_nobody_takes_stays_at_the_gateway(self):
        async def script(village):
            village.radio.waiting = [bytes((number,)) for number in range(20)]
            village.modem.check_mailbox()
            await village.clock.advance(600_000)
            self.assertEqual(len(village.radio.waiting), 12)
            got = await village.receive_all(20)
            self.assertEqual(got, [bytes((number,)) for number in range(20)])

        self.play(script)

    def test_what_comes_with_a_send_into_a_full_inbox_is_dropped_and_counted(self):
        async def script(village):
            village.radio.waiting = [b"order"] * 9
            village.modem.check_mailbox()
            await village.clock.advance(600_000)
            self.assertEqual((await village.send()).word, SENT)
            await village.clock.advance(1_000)
            self.assertEqual(village.modem.inbox.dropped, {"damaged": 0, "inbox full": 1})
            self.assertEqual(await village.receive_all(8), [b"order"] * 8)
            with self.assertRaises(AssertionError):  # nothing more comes
                await village.receive()

        self.play(script)

    def test_a_message_too_big_for_this_modem_is_told_and_not_paid_for_again(self):
        async def script(village):
            village.radio.odd[b"AT+SBDIX"] = [b"\r\n+SBDIX: 1, 7, 0, 0, 0, 1\r\n" + OK]
            self.assertEqual((await village.send()).word, SENT)
            with self.assertRaises(BadReply):
                await village.receive()
            await village.clock.advance(600_000)
            self.assertEqual(len(village.radio.sessions()), 1)

        self.play(script)


class WrappingClock:
    """Counts milliseconds as an rp2 does: 2**30 of them, then again from 0."""

    def __init__(self):
        self.now_ms = 0

    def ticks_ms(self):
        return self.now_ms % 2**30

    def since_ms(self, earlier):
        return (self.ticks_ms() - earlier + 2**29) % 2**30 - 2**29


class TestMailbox(WithVillage):
    def test_a_ring_after_a_quiet_week_is_answered(self):
        clock = WrappingClock()
        mailbox = Mailbox(clock)
        clock.now_ms += 7 * 86_400_000
        mailbox.ring()
        self.assertTrue(mailbox.due())

    def session_times_ms(self, village):
        """Return when each session began, by looking on every 100 ms for 20 minutes."""

        async def looking():
            times = []
            for tick in range(12_000):
                if len(village.radio.sessions()) > len(times):
                    times.append(tick * 100)
                await village.clock.advance(100)
            return times

        return looking()

    def test_a_mailbox_that_cannot_be_reached_is_tried_ever_more_rarely(self):
        async def script(village):
            await village.set_up()
            village.radio.statuses = [32] * 100
            village.modem.check_mailbox()
            times = await self.session_times_ms(village)
            rests = [later - earlier for earlier, later in zip(times, times[1:])]
            for rest, most in zip(rests, (5_000, 5_000, 30_000, 30_000)):
                self.assertLess(rest, most + 2_000)
            for rest in rests[4:]:
                self.assertGreater(rest, 299_000)
                self.assertLess(rest, 303_000)
            self.assertGreater(len(rests), 6)

        self.play(script)

    def test_a_mailbox_is_emptied_whatever_fails_in_between(self):
        most_ms = (0, 5_000, 5_000, 30_000, 30_000, 300_000, 0, 5_000, 5_000)

        async def script(village):
            await village.set_up()
            village.radio.waiting = [b"one", b"two", b"three"]
            village.radio.statuses = [0, 32, 18, 13, 36, 35, 0, 32, 17, 0]
            village.radio.ring()
            self.assertEqual(await village.receive_all(3, 400_000), [b"one", b"two", b"three"])
            heard_at = village.radio.heard_at[-len(village.radio.commands) :]
            talk = zip(village.radio.commands, heard_at)
            times = [at for command, at in talk if b"SBDIX" in command]
            self.assertEqual(len(times), 10)
            rests = [later - earlier for earlier, later in zip(times, times[1:])]
            for rest, most in zip(rests, most_ms):
                self.assertLess(rest, most + 2_000)
            self.assertGreater(rests[5], 299_000)

        self.play(script)

    def test_a_mailbox_session_without_an_answer_is_held_again(self):
        async def script(village):
            await village.set_up()
            village.radio.odd[b"AT+SBDIX"] = [None]
            village.modem.check_mailbox()
            await village.clock.advance(110_000)
            self.assertEqual(village.radio.sessions(), [b"AT+SBDIX"] * 2)

        self.play(script)

    def test_a_ring_that_could_not_be_answered_is_answered_later(self):
        async def script(village):
            await village.set_up()
            village.radio.statuses = [32]
            village.radio.ring()
            await village.clock.advance(10_000)
            self.assertEqual(village.radio.sessions(), [b"AT+SBDIXA"] * 2)

        self.play(script)

    def test_after_a_success_the_first_retries_are_quick_again(self):
        async def script(village):
            await village.set_up()
            for _ in range(2):
                village.radio.commands.clear()
                village.radio.statuses = [32] * 2
                village.modem.check_mailbox()
                await village.clock.advance(13_000)
                self.assertEqual(len(village.radio.sessions()), 3)

        self.play(script)

    def test_a_ring_while_it_rests_is_answered_at_once(self):
        async def script(village):
            await village.set_up()
            village.radio.statuses = [32] * 5
            village.modem.check_mailbox()
            await village.clock.advance(200_000)
            self.assertEqual(len(village.radio.sessions()), 5)
            village.radio.waiting = [b"order"]
            village.radio.ring()
            await village.clock.advance(2_000)
            self.assertEqual(len(village.radio.sessions()), 6)
            self.assertEqual(await village.receive(), b"order")

        self.play(script)

    def test_an_unanswered_ring_does_not_hasten_a_modem_that_restarts(self):
        async def script(village):
            await village.set_up()
            village.radio.silent = b"AT+SBDIX"
            village.radio.statuses = [18] * 100
            village.radio.rung = True
            village.radio.line.feed(RING)
            await village.clock.advance(3_600_000)
            self.assertLess(len(village.radio.sessions()), 20)

        self.play(script)

    def test_a_message_that_failed_is_not_sent_again_by_the_driver(self):
        async def script(village):
            village.radio.statuses = [32]
            self.assertEqual((await village.send()).word, REFUSED)
            await village.clock.advance(3_600_000)
            self.assertEqual(len(village.radio.sessions()), 1)

        self.play(script)

    def test_a_failed_delivery_to_us_is_tried_again(self):
        async def script(village):
            village.radio.odd[b"AT+SBDIX"] = [b"\r\n+SBDIX: 0, 7, 2, 0, 0, 1\r\n" + OK]
            self.assertEqual((await village.send()).word, SENT)
            village.radio.waiting = [b"order"]
            self.assertEqual(await village.receive(), b"order")

        self.play(script)


if __name__ == "__main__":
    unittest.main()
