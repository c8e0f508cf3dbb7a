"""What every modem's driver promises, whatever its road: the sentences of the contract.

After each: it has ended in time, receive() raised nothing but a DriverError, every send ended
in one word, SENT only of what the peer had whole, REFUSED of nothing that arrived, nothing
arrived twice, and the next message goes.
"""

import unittest

from drivers.outcomes import REFUSED, SENT
from tests.rigs.rig import SENTENCES
from tests.shared.road import Road
from tests.shared.running import run

_NOISE = b"\xff\x00z"


class Contract(unittest.TestCase):
    """A road's own class names its rig."""

    rig = None

    def play(self, sentence, script):
        assert sentence in SENTENCES
        assert all(word in SENTENCES for word in self.rig.NOT_HERE)
        if sentence in self.rig.NOT_HERE:
            self.skipTest(self.rig.NOT_HERE[sentence])

        async def played():
            road = Road(self, self.rig())
            try:
                if sentence != "missing":
                    await road.works()
                await script(road)
                await road.works()
                road.check()
            finally:
                await road.end()

        run(played())

    def spoil(self, sentence, *changes, harmless=False):
        """Change each reply of a send once, each way."""

        async def script(road):
            for at in range(await road.replies()):
                for change in changes:
                    outcome = await road.send_spoilt(at, change)
                    self.assertTrue(outcome.word == SENT or not harmless, (at, outcome))
                    await road.works()

        self.play(sentence, script)

    def test_a_modem_that_is_missing_at_first_is_used_once_it_appears(self):
        async def script(road):
            road.rig.unplug()
            self.assertEqual((await road.send()).word, REFUSED)
            self.assertTrue(road.troubles, "nobody was told")
            road.rig.plug()

        self.play("missing", script)

    def test_a_reply_that_is_cut_short_while_the_modem_is_found(self):
        async def script(road):
            await road.lose_modem()
            for at in range(await road.replies()):
                await road.lose_modem()
                await road.send_spoilt(at, _half)
                await road.works()

        self.play("start", script)

    def test_power_lost_at_any_moment_of_a_send_and_soon_back(self):
        async def script(road):
            for at in range(await road.replies()):
                await road.send_spoilt(at, road.cut_power)
                await road.works()

        self.play("power", script)

    def test_an_echo_that_does_not_stop(self):
        async def script(road):
            road.rig.line.spoil = lambda said: road.rig.line.written[-1] + said
            await road.send()
            road.rig.line.spoil = None

        self.play("echo", script)

    def test_half_a_reply(self):
        self.spoil("half", _half)

    def test_garbage_before_in_and_after_a_reply(self):
        self.spoil(
            "garbage",
            lambda said: _NOISE + said,
            lambda said: _half(said) + _NOISE + said[len(_half(said)) :],
            lambda said: said + _NOISE,
        )

    def test_lines_that_nobody_asked_for_around_and_in_a_reply_do_no_harm(self):
        changes = [_among_lines(line) for line in self.rig.UNSOLICITED]
        self.spoil("unsolicited", *changes, harmless=True)

    def test_silence(self):
        self.spoil("silence", lambda _: b"")

    def test_a_wrong_checksum_on_the_way_to_the_modem(self):
        async def script(road):
            damaged = road.damage(road.rig.damaged_up)
            await road.send()
            self.assertTrue(damaged, "nothing has a sum")
            road.rig.line.damage = None

        self.play("sum to the modem", script)

    def test_a_wrong_checksum_on_the_way_from_the_modem(self):
        async def script(road):
            for at in range(await road.replies()):
                await road.send_spoilt(at, road.rig.damaged_down)
                await road.works()
            self.assertTrue(await road.given_spoilt(road.rig.damaged_down), "nothing has a sum")

        self.play("sum from the modem", script)

    def test_a_full_queue_is_a_refusal(self):
        async def script(road):
            await road.rested()
            road.rig.fill_queue()
            self.assertEqual((await road.send()).word, REFUSED)

        self.play("queue", script)

    def test_no_signal_for_an_hour(self):
        async def script(road):
            road.rig.no_signal()
            for _ in range(6):
                self.assertNotEqual((await road.send()).word, SENT)
                await road.rig.clock.advance(600_000)
            road.rig.signal()

        self.play("signal", script)

    def test_a_success_that_was_reported_and_lost_is_sent_and_no_more(self):
        async def script(road):
            road.rig.lose_next()
            self.assertEqual((await road.send(b"lost")).word, SENT)
            self.assertIn(b"lost", road.rig.had())
            self.assertNotIn(b"lost", road.rig.delivered())

        self.play("lost", script)

    def test_what_comes_twice_is_handed_on_twice(self):
        async def script(road):
            await road.give(b"\r\nOK\r\n")
            await road.give(b"\r\nOK\r\n")
            self.assertEqual(road.received, [b"\r\nOK\r\n"] * 2)

        self.play("twice", script)

    def test_the_longest_goes_and_what_is_longer_or_empty_is_refused(self):
        async def script(road):
            most = self.rig.MOST_BYTES
            for data, word in ((b"", REFUSED), (b"\xff" * (most + 1), REFUSED)):
                self.assertEqual((await road.send(data)).word, word)
            self.assertEqual((await road.send(b"\xff" * most)).word, SENT)
            self.assertEqual(road.rig.had()[-1], b"\xff" * most)

        self.play("length", script)

    def test_two_messages_at_once(self):
        async def script(road):
            await road.rested()
            one = road.begin()
            two = road.begin()
            outcomes = [await road.end_of(one), await road.end_of(two)]
            self.assertIn(SENT, [outcome.word for outcome in outcomes])

        self.play("two", script)

    def test_a_send_given_up_at_any_moment_leaves_the_modem_usable(self):
        async def script(road):
            for at in range(-1, await road.replies()):
                await road.give_up(at)
                await road.works()

        self.play("cancel", script)

    def test_a_payload_spoilt_on_its_way_comes_right_or_not_at_all(self):
        self.spoil_payloads("spoilt payload", _half, lambda _: b"")

    def test_a_payload_with_noise_in_it_comes_right_or_not_at_all(self):
        self.spoil_payloads("noise in a payload", lambda said: said[:5] + _NOISE + said[5:])

    def spoil_payloads(self, sentence, *changes):
        """Change each thing that the peer says when a payload comes, once, each way."""

        async def script(road):
            for change in changes:
                await road.given_spoilt(change)
            await road.works()
            await road.give(b"right")
            self.assertIn(b"right", road.received)

        self.play(sentence, script)


def _half(said):
    return said[: len(said) // 2]


def _among_lines(line):
    """Return a change that puts this line in front of, behind and between all others."""

    def change(said):
        return line + said.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n") + line

    return change
