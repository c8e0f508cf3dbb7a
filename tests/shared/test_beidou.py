import asyncio
import unittest

from drivers.errors import BadReply, LineLost, NoReply
from drivers.modems.beidou import BeidouModem
from drivers.modems.beidou_words import MOST_BYTES
from drivers.outcomes import REFUSED, SENT, UNKNOWN
from tests.fake_beidou import FakeTerminal, checked
from tests.fakes import FakeClock, settle
from tests.shared.running import run

FIRST_REST_MS = 66_000  # until the card is found, and then an interval of 60 s
TO_COUNTY = b"0242407"
HELLO = b"A468656C6C6F"
NO_CARD = b"0"
SENT_21 = checked(b"BDFKI,TXA,Y,Y,0,0060")


class Village:
    """One Box's terminal, its driver, and the time that passes between them."""

    def __init__(self, bds_3=False):
        self.clock = FakeClock()
        self.radio = FakeTerminal(self.clock, bds_3)
        self.start()

    def start(self):
        """The Box starts: nothing is left of what it knew before."""
        self.modem = BeidouModem(self.radio.line, self.clock, "0242407")
        self.service = asyncio.create_task(self.modem.run())

    async def cut(self):
        self.service.cancel()
        await settle()

    async def send(self, data=b"hello"):
        return await self.clock.outlast(self.modem.send(data))

    async def send_rested(self, data=b"hello"):
        await self.clock.advance(self.modem.wait_ms())
        return await self.send(data)

    async def receive(self):
        return await self.clock.outlast(self.modem.receive(), 30_000)

    async def rested(self):
        """Let the driver find the terminal, and its card rest; forget how it did."""
        await self.clock.advance(FIRST_REST_MS)
        self.radio.asked.clear()


class WithVillage(unittest.TestCase):
    def play(self, script, bds_3=False):
        ended = []

        async def played():
            village = Village(bds_3)
            try:
                await script(village)
                self.assertFalse(village.service.done(), "the service has ended")
            finally:
                await village.cut()
            ended.append(True)

        run(played())
        self.assertTrue(ended, "it waits for what never comes")  # MicroPython just returns

    def play_both(self, script):
        for bds_3 in (False, True):
            self.play(script, bds_3)


class TestSending(WithVillage):
    def test_hello_goes_to_the_county_as_mixed_data(self):
        async def script(village):
            await village.rested()
            self.assertEqual(await village.send(), (SENT, ""))
            self.assertEqual(village.radio.sent, [(TO_COUNTY, HELLO)])

        self.play_both(script)

    def test_a_terminal_of_2_1_is_asked_in_both_ways_once_and_in_its_own_from_then_on(self):
        async def script(village):
            await village.clock.advance(5_000)
            self.assertEqual(village.radio.asked, [b"CCICR", b"CCICA", b"CCRMO"])
            self.assertIn(b"$CCRMO,BSI,2,10*17\r\n", village.radio.line.written)

        self.play(script)

    def test_a_terminal_of_bds_3_is_known_at_once(self):
        async def script(village):
            await village.clock.advance(5_000)
            self.assertEqual(village.radio.asked, [b"CCICR", b"CCRMO"])
            await village.rested()
            await village.send()
            await village.clock.advance(1_000)
            self.assertEqual(village.radio.asked, [b"CCICR", b"CCTCQ"])

        self.play(script, bds_3=True)

    def test_77_bytes_are_the_most_and_the_line_hears_nothing_of_more(self):
        async def script(village):
            await village.rested()
            for data in (b"", bytes(MOST_BYTES + 1)):
                self.assertEqual((await village.send(data)).word, REFUSED)
            self.assertEqual(village.radio.asked, [])
            self.assertEqual((await village.send(b"\xff" * MOST_BYTES)).word, SENT)
            self.assertEqual(village.radio.sent[0][1], b"A4" + b"FF" * MOST_BYTES)

        self.play_both(script)

    def test_a_yes_with_a_reason_is_a_refusal(self):
        async def script(village):
            for reason in range(2, 7):
                village.radio.reasons = [reason]
                outcome = await village.send_rested()
                self.assertEqual(outcome.word, REFUSED)
                self.assertIn("reason %d: " % reason, outcome.reason)
            self.assertEqual(village.radio.sent, [])

        async def rested(village):
            await village.rested()
            await script(village)

        self.play_both(rested)

    def test_the_recorded_yes_of_a_terminal_without_a_card_is_a_refusal(self):
        async def script(village):
            await village.rested()
            village.radio.odd[b"CCTCQ"] = [b"$BDFKI,000000,TCQ,Y,5,0*74\r\n"]
            outcome = await village.send()
            self.assertEqual(outcome, (REFUSED, "reason 5: the terminal has no card"))

        self.play(script, bds_3=True)

    def test_feedback_in_the_other_dialect_is_none(self):
        async def script(village):
            await village.rested()
            village.radio.odd[b"CCTXA"] = [b"$BDFKI,082920,TCQ,Y,0,0*70\r\n"]
            self.assertEqual((await village.send()).word, UNKNOWN)

        self.play(script)

    def test_one_message_waits_and_a_second_one_is_refused(self):
        async def script(village):
            await village.rested()
            first = asyncio.create_task(village.modem.send(b"hello"))
            await settle()
            self.assertEqual((await village.modem.send(b"second")).word, REFUSED)
            await village.clock.advance(10_000)
            self.assertEqual((await first).word, SENT)
            self.assertEqual(len(village.radio.sent), 1)

        self.play(script)

    def test_a_message_nobody_waits_for_any_more_does_not_go(self):
        async def script(village):
            await village.rested()
            village.radio.silent = [b"CCICA"]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(3_000)
            sending.cancel()
            village.radio.silent = []
            await village.clock.advance(200_000)
            self.assertEqual(village.radio.sent, [])

        self.play(script)

    def test_a_card_number_that_is_none_is_refused_when_the_box_is_built(self):
        for card in ("", "0000000", "02424o7", "12345678901"):
            with self.assertRaises(ValueError):
                BeidouModem(None, FakeClock(), card)


class TestRest(WithVillage):
    """No card is asked to send before its interval is over."""

    def test_after_a_start_the_card_rests_a_whole_interval_and_two_seconds(self):
        async def script(village):
            await village.clock.advance(5_000)
            outcome = await village.send()
            self.assertEqual(outcome.word, REFUSED)
            self.assertIn("the card rests ", outcome.reason)
            self.assertGreater(village.modem.wait_ms(), 56_000)
            await village.clock.advance(village.modem.wait_ms() - 1)
            self.assertEqual(await village.send(), (REFUSED, "the card rests 1 s"))
            await village.clock.advance(1)
            self.assertEqual((await village.send()).word, SENT)

        self.play_both(script)

    def test_a_message_that_waits_for_the_start_hears_that_the_card_rests(self):
        async def script(village):
            self.assertEqual(village.modem.wait_ms(), 0)
            self.assertIn("the card rests ", (await village.send()).reason)
            self.assertEqual(village.radio.sent, [])

        self.play_both(script)

    def test_while_the_card_rests_the_line_hears_nothing_of_a_message(self):
        async def script(village):
            await village.rested()
            await village.send()
            village.radio.asked.clear()
            for _ in range(6):
                await village.clock.advance(10_000)
                self.assertEqual((await village.send()).word, REFUSED)
            self.assertEqual(village.radio.asked, [])
            self.assertEqual(village.modem.wait_ms(), 2_000)

        self.play_both(script)

    def test_the_terminal_may_make_it_wait_longer_but_not_shorter(self):
        async def script(village):
            await village.rested()
            for wait, ms in ((b"0090", 92_000), (b"0000", 62_000), (b"0040", 62_000)):
                village.radio.odd[b"CCTXA"] = [checked(b"BDFKI,TXA,Y,Y,0," + wait)]
                self.assertEqual((await village.send_rested()).word, SENT)
                self.assertEqual(village.modem.wait_ms(), ms)

        self.play(script)

    def test_whatever_became_of_it_a_request_is_followed_by_a_rest(self):
        async def script(village):
            await village.rested()
            for answer in (None, checked(b"BDFKI,TXA,N,Y,4,0000"), b"$BDFKI,TXA,Y,Y*00\r\n"):
                village.radio.odd[b"CCTXA"] = [answer]
                self.assertNotEqual((await village.send_rested()).word, SENT)
                self.assertEqual(village.modem.wait_ms(), 62_000)

        self.play(script)

    def test_a_card_put_in_by_hand_may_have_sent_just_now(self):
        async def script(village):
            await village.rested()
            village.radio.swap_card(b"0166166")
            self.assertIn("the card rests ", (await village.send()).reason)
            self.assertEqual((await village.send_rested()).word, SENT)
            self.assertEqual(village.radio.early, 0)

        self.play_both(script)

    def test_a_card_whose_interval_became_longer_rests_anew(self):
        async def script(village):
            await village.rested()
            village.radio.interval_s = 30
            await village.send()
            await village.send_rested()
            village.radio.interval_s = 60
            self.assertIn("the card rests ", (await village.send_rested()).reason)
            self.assertEqual((await village.send_rested()).word, SENT)
            self.assertEqual(village.radio.early, 0)

        self.play_both(script)

    def test_in_a_thousand_slots_nobody_asks_early_whatever_the_box_goes_through(self):
        async def script(village):
            dice = Dice()
            for interval_s in (30, 60):
                village.radio.interval_s = interval_s
                await self._slots(village, dice, 500)
            self.assertEqual(village.radio.early, 0)

        self.play(script)

    async def _slots(self, village, dice, count):
        """Send as soon as it may, and cut the power at random, until so many were sent."""
        radio, sent = village.radio, 0
        while sent < count:
            sending = asyncio.create_task(village.modem.send(b"rain"))
            await village.clock.advance(dice.up_to(3_000))
            if not dice.up_to(20):
                await village.cut()
                await settle()
                village.start()
            await village.clock.advance(1_000)
            if sending.done():
                await village.clock.advance(max(village.modem.wait_ms() - dice.up_to(2_500), 0))
            sending.cancel()
            await settle()
            sent += len(radio.sent)
            del radio.sent_at[:-1]
            for kept in (radio.sent, radio.asked, radio.line.written):  # or they fill a small heap
                kept.clear()


class TestTrouble(WithVillage):
    def test_no_feedback_in_time_is_unknown(self):
        async def script(village):
            await village.rested()
            village.radio.silent = [b"CCTXA", b"CCTCQ"]
            started = village.clock.ticks_ms()
            outcome = await village.send()
            self.assertEqual(outcome, (UNKNOWN, "the terminal does not say whether it sent"))
            self.assertLess(village.clock.since_ms(started), 20_000)
            self.assertEqual(len(village.radio.sent), 1)

        self.play_both(script)

    def test_half_a_feedback_or_one_with_a_wrong_checksum_is_unknown(self):
        async def script(village):
            await village.rested()
            for answer in (b"$BDFKI,TXA,Y,Y,0,00", b"$BDFKI,TXA,Y,Y,0,0040*71\r\n", b"OK\r\n"):
                village.radio.odd[b"CCTXA"] = [answer]
                self.assertEqual((await village.send_rested()).word, UNKNOWN, answer)
            self.assertEqual((await village.send_rested()).word, SENT)

        self.play(script)

    def test_an_echo_is_no_feedback(self):
        async def script(village):
            await village.rested()
            echo = checked(b"CCTXA,0242407,1,2," + HELLO)
            village.radio.odd[b"CCTXA"] = [echo + SENT_21, echo]
            self.assertEqual((await village.send()).word, SENT)
            self.assertEqual((await village.send_rested()).word, UNKNOWN)

        self.play(script)

    def test_what_comes_in_between_does_no_harm(self):
        answers = (
            b"\xff\x00$\x80",
            b"$" + b"z" * 400 + b"\r\n",
            b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54\r\n",
            b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38\r\n",
            checked(b"BDTXR,1,0242407,2,,A431"),
            b"$BDFKI,TXA,Y,Y,0,0",
        )

        async def script(village):
            await village.rested()
            for intrusion in answers:
                village.radio.odd[b"CCTXA"] = [intrusion + SENT_21]
                self.assertEqual((await village.send_rested()).word, SENT, intrusion)

        self.play(script)

    def test_a_late_feedback_is_not_taken_for_that_of_the_next_message(self):
        async def script(village):
            await village.rested()
            village.radio.silent = [b"CCTXA"]
            self.assertEqual((await village.send()).word, UNKNOWN)
            village.radio.line.feed(SENT_21)
            self.assertEqual((await village.send_rested()).word, UNKNOWN)
            card = checked(b"BDICI,0242286,00242286,0000011,6,60,3,N,0")
            village.radio.odd[b"CCICA"] = [card, card + SENT_21]
            self.assertEqual((await village.send_rested()).word, UNKNOWN)

        self.play(script)

    def test_without_a_terminal_a_message_is_refused_and_the_county_line_says_so_once(self):
        async def script(village):
            village.radio.line.lose("beidou: cannot be opened")
            for _ in range(3):
                outcome = await village.send()
                self.assertEqual(outcome, (REFUSED, "no modem: beidou: cannot be opened"))
            with self.assertRaises(LineLost):
                await village.receive()
            with self.assertRaises(AssertionError):  # nothing more comes
                await village.receive()

        self.play(script)

    def test_a_terminal_without_power_refuses_within_half_a_minute_and_is_found_again(self):
        async def script(village):
            village.radio.powered = False
            started = village.clock.ticks_ms()
            outcome = await village.send()
            expected = "no modem: the terminal does not tell its card"
            self.assertEqual(outcome, (REFUSED, expected))
            self.assertLess(village.clock.since_ms(started), 30_000)
            with self.assertRaises(NoReply):
                await village.receive()
            village.radio.powered = True
            await village.clock.advance(70_000)
            self.assertEqual((await village.send_rested()).word, SENT)

        self.play_both(script)

    def test_power_lost_before_the_request_is_a_refusal_and_in_it_unknown(self):
        async def script(village):
            await village.rested()
            village.radio.odd[b"CCTXA"] = [None]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(3_500)
            self.assertEqual(village.radio.asked[-1], b"CCTXA")
            village.radio.powered = False
            await village.clock.advance(20_000)
            self.assertEqual((await sending).word, UNKNOWN)
            self.assertEqual((await village.send_rested()).word, REFUSED)
            village.radio.powered = True
            await village.clock.advance(70_000)
            self.assertEqual((await village.send_rested()).word, SENT)

        self.play(script)

    def test_a_plug_pulled_in_the_request_is_unknown(self):
        async def script(village):
            await village.rested()
            village.radio.odd[b"CCTXA"] = [None]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(3_500)
            village.radio.line.lose()
            await village.clock.advance(1_000)
            self.assertEqual((await sending).word, UNKNOWN)
            village.radio.line.mend()
            await village.clock.advance(FIRST_REST_MS)
            self.assertEqual((await village.send_rested()).word, SENT)

        self.play(script)

    def test_a_card_that_is_missing_or_too_small_is_told_and_its_messages_are_refused(self):
        async def script(village):
            for own, level, words in ((NO_CARD, 3, "no card"), (b"0242286", 1, "level 1")):
                village.radio.own, village.radio.level = own, level
                outcome = await village.send()
                self.assertEqual(outcome.word, REFUSED)
                self.assertIn(words, outcome.reason)
            with self.assertRaises(BadReply):
                await village.receive()
            self.assertEqual(village.radio.sent, [])

        self.play_both(script)

    def test_a_stream_of_garbage_ends_in_a_refusal(self):
        async def script(village):
            village.radio.powered = False
            babble = asyncio.create_task(self._babble(village))
            self.assertEqual((await village.send()).word, REFUSED)
            babble.cancel()
            village.radio.powered = True
            await village.clock.advance(70_000)
            self.assertEqual((await village.send_rested()).word, SENT)

        self.play(script)

    def test_a_send_ends_even_when_nobody_serves_the_terminal(self):
        async def script(village):
            await village.cut()
            self.assertEqual((await village.send()).word, REFUSED)
            village.start()
            await village.clock.advance(10_000)
            self.assertEqual(village.radio.sent, [])

        self.play(script)

    def test_a_service_that_is_stopped_in_a_request_leaves_nobody_waiting(self):
        async def script(village):
            await village.rested()
            village.radio.odd[b"CCTXA"] = [None]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(3_500)
            await village.cut()
            self.assertEqual((await sending).word, UNKNOWN)
            village.service = asyncio.create_task(village.modem.run())

        self.play(script)

    async def _babble(self, village):
        while True:
            village.radio.line.feed(b"\x55\x00$BD?\r$BDICI," * 20)
            await village.clock.sleep_ms(20)


class TestReceiving(WithVillage):
    def test_what_the_county_sends_comes_down_as_it_was_sent(self):
        payloads = [b"order", b"\r\n$,*", b"\xff" * MOST_BYTES]

        async def script(village):
            await village.rested()
            for payload in payloads:
                village.radio.deliver(b"A4" + payload.hex().upper().encode())
                self.assertEqual(await village.receive(), payload)

        self.play_both(script)

    def test_zeros_in_front_of_the_county_number_change_nothing(self):
        async def script(village):
            await village.rested()
            for sender in (b"242407", b"00242407"):
                village.radio.deliver(sender=sender)
                self.assertEqual(await village.receive(), b"order")

        self.play_both(script)

    def test_a_stranger_is_not_heard_and_counted(self):
        async def script(village):
            await village.rested()
            village.radio.deliver(sender=b"0242408")
            village.radio.deliver(sender=b"2424070")
            village.radio.deliver()
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.modem.strangers, 2)

        self.play_both(script)

    def test_the_same_message_twice_is_handed_on_twice(self):
        async def script(village):
            await village.rested()
            village.radio.deliver()
            village.radio.deliver()
            got = [await village.receive(), await village.receive()]
            self.assertEqual(got, [b"order", b"order"])

        self.play_both(script)

    def test_data_that_are_not_ours_are_dropped_told_and_counted(self):
        async def script(village):
            await village.rested()
            village.radio.deliver(b"\xd2\xbb", coding=b"0")
            with self.assertRaises(BadReply):
                await village.receive()
            self.assertEqual(village.modem.inbox.dropped["damaged"], 1)

        self.play_both(script)

    def test_a_message_inside_any_answer_is_heard(self):
        inside = checked(b"BDTXR,1,0242407,2,,A46F72646572")

        async def script(village):
            card = b"$BDICI,0242286,00242286,0000011,6,60,3,N,0*38\r\n"
            village.radio.odd[b"CCICA"] = [inside + card]
            await village.rested()
            self.assertEqual(await village.receive(), b"order")
            village.radio.odd[b"CCTXA"] = [inside + SENT_21]
            self.assertEqual((await village.send()).word, SENT)
            self.assertEqual(await village.receive(), b"order")

        self.play(script)

    def test_what_nobody_takes_is_bounded(self):
        async def script(village):
            await village.rested()
            for _ in range(20):
                village.radio.deliver()
            await village.clock.advance(1_000)
            self.assertEqual(village.modem.inbox.dropped["inbox full"], 12)

        self.play_both(script)

    def test_the_beams_that_were_heard_last_are_kept(self):
        async def script(village):
            await village.rested()
            self.assertEqual(village.modem.beams, ())
            village.radio.line.feed(b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54\r\n")
            await village.clock.advance(1_000)
            self.assertEqual(village.modem.beams, ((2, 3), (8, 3)))
            village.radio.line.feed(b"$BDPWI,000000.00,00,01,51,40,33,0*7B\r\n")
            await village.clock.advance(1_000)
            self.assertEqual(village.modem.beams, ((51, 40),))

        self.play(script)

    def test_a_terminal_that_restarted_is_asked_again_for_its_beams(self):
        async def script(village):
            await village.rested()
            await village.clock.advance(610_000)
            self.assertEqual(village.radio.asked[-1], b"CCRMO")

        self.play_both(script)


class Dice:
    """Numbers without order that are the same in every run."""

    def __init__(self):
        self._state = 7

    def up_to(self, most):
        """Return a number from 0 to `most` - 1."""
        self._state = (self._state * 1_103 + 12_345) % 65_536
        return (self._state * most) >> 16
