import asyncio
import unittest

from drivers.errors import BadReply, LineLost, NoReply
from drivers.modems.cellular import CellularModem
from drivers.modems.keep_alive import KEEP_ALIVE
from drivers.outcomes import REFUSED, SENT, UNKNOWN
from tests.fake_cellular import (
    AWAKE,
    CLOSED,
    DEACTIVATED,
    ERROR,
    OK,
    PROMPT,
    RECEIVED,
    SEND_FAIL,
    SEND_OK,
    FakeEc200,
)
from tests.fakes import FakeClock, settle
from tests.shared.running import run

COUNTY, PORT = "192.0.2.9", 4700
SET_UP = [
    b"AT",
    b"ATE0",
    b"AT+CMEE=1",
    b"AT+QISDE=0",
    b'AT+QICFG="qisend/timeout",5',
    b"AT+CPIN?",
    b"AT+CGREG?",
    b"AT+CEREG?",
    b"AT+QICLOSE=0",
    b"AT+QIDEACT=1",
    b'AT+QICSGP=1,1,"CMNET"',
    b"AT+QIACT=1",
    b'AT+QIOPEN=1,0,"UDP SERVICE","127.0.0.1",0,4700,0',
    b"AT+QIRD=0",
]
SEND = b'AT+QISEND=0,5,"192.0.2.9",4700'
FULL = 8  # datagrams an Inbox holds


class Village:
    """One Box's module, its driver, and the time that passes between them."""

    def __init__(self, host=COUNTY, apn="CMNET"):
        self.clock = FakeClock()
        self.module = FakeEc200(self.clock)
        self.modem = CellularModem(self.module.line, self.clock, host, PORT, apn)
        self.service = asyncio.create_task(self.modem.run())

    async def send(self, data=b"hello"):
        return await self.clock.outlast(self.modem.send(data))

    async def receive(self):
        return await self.clock.outlast(self.modem.receive(), 30_000)

    async def receive_all(self, count):
        got = []
        while len(got) < count:
            got.append(await self.receive())
        return got

    async def set_up(self):
        """Let the driver find the module, and forget how it did."""
        await self.clock.advance(5_000)
        self.module.commands.clear()

    def datagrams(self):
        """Return what was handed to the network, without what only keeps the way open."""
        return [data for _, _, data in self.module.sent if data != KEEP_ALIVE]

    async def works(self):
        """Return whether the road carries both ways again, after the longest wait there is."""
        await self.clock.advance(220_000)
        outcome = await self.send(b"again")
        self.module.brings(b"answer")
        return outcome.word == SENT and await self.last_received() == b"answer"

    async def last_received(self):
        while True:
            try:
                return await self.receive()
            except (BadReply, NoReply, LineLost):
                pass


class WithVillage(unittest.TestCase):
    def play(self, script, **known):
        ended = []

        async def played():
            village = Village(**known)
            try:
                await script(village)
                self.assertFalse(village.service.done(), "the service has ended")
            finally:
                village.service.cancel()
                await settle()
            ended.append(True)

        run(played())
        self.assertTrue(ended, "it waits for what never comes")  # MicroPython just returns


class TestSending(WithVillage):
    def test_a_datagram_goes_as_the_manual_says(self):
        async def script(village):
            self.assertEqual(await village.send(), (SENT, ""))
            expected = SET_UP[:-1] + [SEND]
            self.assertEqual(village.module.commands[: len(expected)], expected)
            self.assertEqual(village.module.sent, [(COUNTY, PORT, b"hello")])

        self.play(script)

    def test_a_module_is_left_alone_for_100_ms_before_each_command(self):
        async def script(village):
            await village.send()
            times = village.module.heard_at
            for earlier, later in zip(times, times[1:]):
                self.assertTrue(later - earlier >= 100, times)

        self.play(script)

    def test_any_bytes_up_to_1200_go_whole(self):
        async def script(village):
            everything = bytes(at % 256 for at in range(1_200))
            for data in (b"\r\nSEND OK\r\n", b"\x1a", b"\x1b", b"> ", everything):
                self.assertEqual((await village.send(data)).word, SENT)
                self.assertEqual(village.module.sent[-1][2], data)

        self.play(script)

    def test_what_does_not_fit_is_refused_and_the_module_hears_nothing_of_it(self):
        async def script(village):
            await village.set_up()
            self.assertEqual((await village.modem.send(bytes(1_201))).word, REFUSED)
            self.assertEqual((await village.modem.send(b"")).word, REFUSED)
            self.assertEqual(village.module.sent, [])

        self.play(script)

    def test_a_name_is_looked_up_by_the_module(self):
        async def script(village):
            village.module.names["county.example"] = COUNTY
            self.assertEqual((await village.send()).word, SENT)
            self.assertEqual(village.module.sent, [(COUNTY, PORT, b"hello")])

        self.play(script, host="county.example")

    def test_a_name_that_stands_for_nothing_is_a_reason(self):
        async def script(village):
            outcome = await village.send()
            self.assertEqual(outcome.word, REFUSED)
            self.assertIn("no address for county.example: 565", outcome.reason)

        self.play(script, host="county.example")

    def test_without_an_apn_the_modules_own_is_left(self):
        async def script(village):
            self.assertEqual((await village.send()).word, SENT)
            self.assertNotIn(b"QICSGP", b" ".join(village.module.commands))

        self.play(script, apn="")

    def test_2g_is_a_network_too(self):
        async def script(village):
            village.module.registered = {b"+CGREG?": 5, b"+CEREG?": 0}
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_one_message_waits_and_a_second_one_is_refused(self):
        async def script(village):
            first = asyncio.create_task(village.modem.send(b"first"))
            await settle()
            self.assertEqual((await village.modem.send(b"second")).word, REFUSED)
            await village.clock.advance(10_000)
            self.assertEqual((await first).word, SENT)
            self.assertEqual(village.datagrams(), [b"first"])

        self.play(script)

    def test_no_room_in_the_module_is_a_refusal_and_the_next_goes(self):
        async def script(village):
            village.module.odd[b"data"] = [SEND_FAIL]
            outcome = await village.send()
            self.assertEqual(outcome, (REFUSED, "the module has no room for it"))
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_it_may_go_at_any_time(self):
        async def script(village):
            self.assertEqual(village.modem.wait_ms(), 0)

        self.play(script)


class TestReceiving(WithVillage):
    def test_datagrams_come_in_order_though_only_the_first_is_told_of(self):
        async def script(village):
            await village.set_up()
            for data in (b"one", b"\r\nOK\r\n", bytes(1_200)):
                village.module.brings(data)
            got = await village.receive_all(3)
            self.assertEqual(got, [b"one", b"\r\nOK\r\n", bytes(1_200)])

        self.play(script)

    def test_one_whose_notice_was_lost_is_found_all_the_same(self):
        async def script(village):
            await village.set_up()
            village.module.waiting.append((COUNTY, PORT, b"order"))
            self.assertEqual(await village.receive(), b"order")

        self.play(script)

    def test_strangers_are_dropped_and_counted(self):
        async def script(village):
            await village.set_up()
            for host, port in (("192.0.2.8", PORT), (COUNTY, 4701)):
                village.module.brings(b"forged", host, port)
            village.module.brings(b"order")
            self.assertEqual(await village.receive(), b"order")
            self.assertEqual(village.modem.strangers, 2)

        self.play(script)

    def test_a_flood_of_strangers_does_not_keep_our_call_back(self):
        async def script(village):
            await village.set_up()
            for _ in range(500):
                village.module.brings(b"forged", "192.0.2.8")
            started = village.clock.ticks_ms()
            self.assertEqual((await village.send()).word, SENT)
            self.assertLess(village.clock.since_ms(started), 2_000)

        self.play(script)

    def test_what_nobody_takes_stays_in_the_module(self):
        async def script(village):
            await village.set_up()
            sent = [bytes((number + 1,)) for number in range(20)]
            for data in sent:
                village.module.brings(data)
            await village.clock.advance(60_000)
            self.assertEqual(len(village.module.waiting), 20 - FULL)
            self.assertEqual(await village.receive_all(20), sent)

        self.play(script)

    def test_a_damaged_header_costs_one_datagram_and_is_told(self):
        async def script(village):
            await village.set_up()
            for head in (b'\r\n+QIRD: 9999,"192.0.2.9",4700\r\n', b'+QIRD: 4,"1.1.1.1",1\rabcd'):
                village.module.odd[b"AT+QIRD=0"] = [head + OK]
                village.module.line.feed(RECEIVED)
                with self.assertRaises(BadReply):
                    await village.receive()
            self.assertEqual(village.modem.inbox.dropped["damaged"], 2)
            self.assertTrue(await village.works())

        self.play(script)

    def test_half_a_datagram_is_soon_given_up_and_not_passed_on(self):
        async def script(village):
            await village.set_up()
            village.module.odd[b"AT+QIRD=0"] = [b'\r\n+QIRD: 9,"192.0.2.9",4700\r\nhalf']
            village.module.line.feed(RECEIVED)
            with self.assertRaises(NoReply):
                await village.receive()
            self.assertTrue(await village.works())

        self.play(script)


class TestKeepAlive(WithVillage):
    def test_a_quiet_road_carries_one_byte_every_45_s(self):
        async def script(village):
            await village.set_up()
            await village.clock.advance(181_000)
            self.assertEqual(village.module.sent, [(COUNTY, PORT, KEEP_ALIVE)] * 4)

        self.play(script)

    def test_a_road_in_use_carries_none(self):
        async def script(village):
            for _ in range(10):
                self.assertEqual((await village.send()).word, SENT)
                await village.clock.advance(44_000)
            self.assertEqual(len(village.module.sent), len(village.datagrams()))

        self.play(script)


class TestTrouble(WithVillage):
    def test_silence_before_the_bytes_are_given_is_a_refusal(self):
        async def script(village):
            for silent in SET_UP[:-1] + [b"AT+QISEND"]:
                village.module.restart()
                await village.clock.advance(500)
                village.module.silent = silent
                outcome = await village.send()
                self.assertEqual(outcome.word, REFUSED, silent)
                self.assertIn("no modem", outcome.reason)
                village.module.silent = None
                self.assertTrue(await village.works(), silent)
            self.assertNotIn(b"hello", village.datagrams())

        self.play(script)

    def test_silence_once_they_are_given_is_unknown(self):
        async def script(village):
            village.module.silent = b"data"
            self.assertEqual((await village.send()).word, UNKNOWN)
            village.module.silent = None
            self.assertTrue(await village.works())

        self.play(script)

    def test_an_error_is_a_refusal_before_and_unknown_after(self):
        async def script(village):
            await village.set_up()
            village.module.open = False
            self.assertEqual((await village.send()).word, REFUSED)
            self.assertTrue(await village.works())
            village.module.odd[b"data"] = [ERROR]
            self.assertEqual((await village.send()).word, UNKNOWN)
            self.assertTrue(await village.works())

        self.play(script)

    def test_half_an_answer_is_no_success(self):
        async def script(village):
            await village.set_up()
            for half in (
                b"\r\nSEND O",
                b"\r\nSEND\r\n",
                b"\r\nOK\r\n",
                b"\x80\x90SEND OK\xff\r\n",
            ):
                village.module.odd[b"data"] = [half]
                self.assertEqual((await village.send()).word, UNKNOWN, half)
                await village.clock.advance(70_000)
            self.assertTrue(await village.works())

        self.play(script)

    def test_without_a_module_a_message_is_refused_and_that_is_told_once(self):
        async def script(village):
            village.module.line.lose("cellular: cannot be opened")
            for _ in range(3):
                outcome = await village.send()
                self.assertEqual(outcome, (REFUSED, "no modem: cellular: cannot be opened"))
            with self.assertRaises(LineLost):
                await village.receive()
            with self.assertRaises(AssertionError):  # nothing more comes
                await village.receive()
            village.module.line.mend()
            self.assertTrue(await village.works())

        self.play(script)

    def test_each_trouble_with_the_sim_card_has_its_words_and_is_told_once(self):
        async def script(village):
            ready = village.module.sim
            for answer, words in (
                (b"\r\n+CME ERROR: 10\r\n", "no SIM card"),
                (b"\r\n+CME ERROR: 13\r\n", "error 13"),
                (b"\r\nERROR\r\n", "SIM card fails"),
                (b"\r\n+CPIN: SIM PIN\r\n" + OK, "it says SIM PIN"),
            ):
                village.module.sim = answer
                village.module.restart()
                for _ in range(3):
                    outcome = await village.send()
                    self.assertEqual(outcome.word, REFUSED)
                self.assertIn(words, outcome.reason)
                with self.assertRaises(BadReply):
                    await village.receive()
                with self.assertRaises(AssertionError):
                    await village.receive()
            village.module.sim = ready
            self.assertTrue(await village.works())

        self.play(script)

    def test_an_hour_without_a_network_is_refusals_and_then_it_works(self):
        async def script(village):
            village.module.registered = {b"+CGREG?": 0, b"+CEREG?": 2}
            for _ in range(60):
                outcome = await village.send()
                self.assertEqual(outcome.word, REFUSED)
                self.assertIn("on no network: it searches", outcome.reason)
                await village.clock.advance(60_000)
            village.module.registered[b"+CEREG?"] = 5
            self.assertTrue(await village.works())
            self.assertEqual(village.datagrams(), [b"again"])

        self.play(script)

    def test_without_a_network_it_is_asked_ever_more_rarely(self):
        async def script(village):
            village.module.registered[b"+CEREG?"] = 3
            await village.clock.advance(3_600_000)
            self.assertLess(village.module.commands.count(b"AT+CEREG?"), 70)

        self.play(script)

    def test_what_is_lost_while_nobody_sends_is_mended_by_itself(self):
        async def script(village):
            await village.set_up()
            for loses in (
                village.module.loses_context,
                village.module.loses_socket,
                village.module.restart,
                village.module.power_up,  # and its RDY was not heard
            ):
                loses()
                await village.clock.advance(20_000)
                self.assertTrue(village.module.open)
                self.assertFalse(village.module.echo)
                self.assertTrue(await village.works())

        self.play(script)

    def test_what_the_module_tells_of_is_mended_at_once_and_told(self):
        async def script(village):
            await village.set_up()
            for loses, words in (
                (village.module.loses_context, "the network took the connection away"),
                (village.module.loses_socket, "the network closed the socket"),
                (village.module.restart, "the module restarted"),
                (village.module.loses_card, "the SIM card is gone"),
            ):
                loses()
                await village.clock.advance(4_000)
                self.assertTrue(village.module.open, words)
                with self.assertRaises(BadReply) as told:
                    await village.receive()
                self.assertEqual(str(told.exception), words)

        self.play(script)

    def test_what_is_lost_in_a_send_is_a_refusal_before_the_bytes_and_unknown_after(self):
        async def script(village):
            await village.set_up()
            for told in (AWAKE, CLOSED, DEACTIVATED):
                for command, word in ((SEND, REFUSED), (b"data", UNKNOWN)):
                    village.module.odd[command] = [told]
                    self.assertEqual((await village.send()).word, word)
                    village.module.power_up()
                    self.assertTrue(await village.works())

        self.play(script)

    def test_a_plug_pulled_before_the_bytes_is_a_refusal_and_after_them_unknown(self):
        async def script(village):
            await village.set_up()
            for command, word in ((SEND, REFUSED), (b"data", UNKNOWN)):
                village.module.odd[command] = [b""]
                sending = asyncio.create_task(village.modem.send(b"hello"))
                await village.clock.advance(2_000)
                village.module.line.lose()
                await village.clock.advance(1_000)
                self.assertEqual((await sending).word, word)
                village.module.line.mend()
                village.module.restart()
                self.assertTrue(await village.works())

        self.play(script)

    def test_a_module_that_waits_for_bytes_swallows_commands_and_is_found_again(self):
        async def script(village):
            await village.set_up()
            village.module.odd[b'AT+QISEND=0,900,"192.0.2.9",4700'] = [b""]  # its prompt was lost
            self.assertEqual((await village.send(bytes(900))).word, REFUSED)
            await village.clock.advance(10_000)
            self.assertEqual((await village.send()).word, SENT)

        self.play(script)

    def test_a_message_nobody_waits_for_any_more_does_not_go(self):
        async def script(village):
            await village.set_up()
            village.module.odd[SEND] = [b""]
            sending = asyncio.create_task(village.modem.send(b"hello"))
            await village.clock.advance(1_000)
            sending.cancel()
            await settle()
            village.module.line.feed(PROMPT)
            await village.clock.advance(70_000)
            self.assertNotIn(b"hello", village.datagrams())
            self.assertTrue(await village.works())

        self.play(script)

    def test_a_module_that_does_not_stop_echoing_is_not_used(self):
        async def script(village):
            village.module.odd[b"ATE0"] = [b"\r\nOK\r\n"] * 100
            village.module.odd[b"AT+QISDE=0"] = [b"AT+QISDE=0\r" + OK] * 100
            outcome = await village.send()
            self.assertEqual(outcome, (REFUSED, "the module does not stop echoing"))

        self.play(script)

    def test_what_the_module_says_by_itself_may_come_anywhere(self):
        async def script(village):
            chatter = b'\r\n+QIURC: "recv",0\r\n\r\n+CPIN: READY\r\n\r\n+QIND: "csq",20,99\r\n'
            for command in SET_UP + [SEND]:
                village.module.odd[command] = [chatter + right(command)]
            village.module.odd[b"data"] = [chatter + SEND_OK]
            self.assertEqual((await village.send()).word, SENT)
            self.assertTrue(await village.works())

        def right(command):
            if command == SEND:
                return PROMPT
            if b"QIOPEN" in command:
                return OK + chatter_open
            name = command[2:-1]
            if command == b"AT+CPIN?":
                return b"\r\n+CPIN: READY\r\n" + OK
            if name in (b"+CGREG", b"+CEREG"):
                return b"\r\n" + name + b": 0,1\r\n" + OK
            return b"\r\n+QIRD: 0\r\n" + OK if b"QIRD" in command else OK

        chatter_open = b'\r\n+QIND: "act","LTE"\r\n\r\n+QIOPEN: 0,0\r\n'
        self.play(script)

    def test_a_module_that_speaks_nonsense_for_ever_is_refused_and_costs_nothing(self):
        async def script(village):
            for seed in range(20):
                garbage = bytes((seed * 37 + at * at * 7 + at // 5) % 256 for at in range(900))
                for command in SET_UP + [SEND, b"data"]:
                    village.module.odd[command] = [garbage]
                outcome = await village.send()
                self.assertNotEqual(outcome.word, SENT)
            for odd in village.module.odd.values():
                odd.clear()
            village.module.restart()
            self.assertTrue(await village.works())

        self.play(script)


if __name__ == "__main__":
    unittest.main()
