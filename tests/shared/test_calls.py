import asyncio
import unittest

from drivers.errors import StoreFull
from drivers.lamp import CALLING, DELIVERED, FAILED, OFF, TAKEN
from firmware.calls import CallPoint
from firmware.journal import Journal
from firmware.keyring import Keyring
from firmware.outbox import Outbox
from protocol import ccm, keyring_file, messages
from protocol.schema import UP
from protocol.steps import finished
from tests.fakes import FakeButton, FakeClock, FakeLamp, ListLines, MemoryCell
from tests.shared.running import run
from tests.village import BOX, REALM, ROOTS, SLOTS, UNIQUE_ID, Flash, Power


class FixedTime:
    def minute(self):
        return 800_000


class Yard:
    """A call point with its Outbox; reset() is a power cut and a new start."""

    def __init__(self, number=1, kind="help"):
        ring = keyring_file.Keyring(UNIQUE_ID, BOX, 1, REALM, bytes(32), 0, 0, ROOTS, SLOTS)
        self.cells = (MemoryCell(keyring_file.write(ring)), MemoryCell())
        self.clock = FakeClock()
        self.store = Flash(Power())
        self.lines = ListLines()
        self.number, self.kind = number, kind
        self.services = []
        self.reset()

    def reset(self):
        for service in self.services:
            service.cancel()
        keyring = Keyring(self.cells, self.store, ccm, UNIQUE_ID)
        self.outbox = Outbox(self.store, keyring, self.clock)
        self.button, self.lamp = FakeButton(self.clock), FakeLamp()
        self.point = self.another(self.number, self.button, self.lamp)

    def another(self, number, button, lamp):
        point = CallPoint(
            (number, self.kind, button, lamp),
            self.outbox,
            self.store,
            FixedTime(),
            self.clock,
            Journal(self.lines),
        )
        self.services.append(asyncio.create_task(point.run()))
        return point

    async def press(self, after_s=0):
        await self.clock.advance(1000 * after_s)
        self.button.press()
        await self.clock.advance(300)
        self.button.release()
        await self.clock.advance(50)

    async def lamp_shows(self):
        await self.clock.advance(0)
        return self.lamp.shown[-1]

    def calls(self):
        return [slip for slip in self.outbox if slip.row.name == "Call"]

    def send(self):
        """Hand over the newest call; return its name."""
        slip = self.calls()[-1]
        self.outbox.hand_over(slip)
        return slip.epoch, slip.seq

    def acknowledge(self, name):
        finished(self.outbox.acknowledged_steps(name[0], [name[1]]))


class TestCallPoint(unittest.TestCase):
    def in_the_yard(self, script, **parts):
        async def body():
            await script(Yard(**parts))

        run(body())

    def test_a_press_is_a_call_that_says_which_button_and_when(self):
        async def script(yard):
            await yard.press()
            body = yard.calls()[0].body
            expected = messages.Call(7, "flood", 800_000)
            self.assertEqual(messages.decode(UP, 3, body), expected)

        self.in_the_yard(script, number=7, kind="flood")

    def test_the_lamp_follows_the_call_from_calling_to_closed(self):
        async def script(yard):
            self.assertEqual(await yard.lamp_shows(), OFF)
            await yard.press()
            self.assertEqual(await yard.lamp_shows(), CALLING)
            name = yard.send()
            self.assertEqual(await yard.lamp_shows(), CALLING)
            yard.acknowledge(name)
            self.assertEqual(await yard.lamp_shows(), DELIVERED)
            yard.point.taken(*name)
            self.assertEqual(await yard.lamp_shows(), TAKEN)
            yard.point.closed(*name)
            self.assertEqual(await yard.lamp_shows(), OFF)

        self.in_the_yard(script)

    def test_the_call_is_on_flash_before_the_lamp_changes(self):
        async def script(yard):
            shown, log = [], []
            yard.store.power.log = log
            yard.lamp.show = lambda pattern: shown.append((pattern, len(log)))
            await yard.press()
            self.assertEqual(log[0][:2], ("put", b"S\0\0\0\1"))
            self.assertEqual([pattern for pattern, deeds in shown if deeds], [CALLING])

        self.in_the_yard(script)

    def test_a_call_that_cannot_be_kept_is_shown_as_failed_and_may_be_tried_again(self):
        async def script(yard):
            yard.store.refuse = lambda key, value: True
            await yard.press()
            self.assertEqual(await yard.lamp_shows(), FAILED)
            self.assertIn("call not kept: the store is full", yard.lines.lines[-1])
            yard.store.refuse = None
            await yard.press()
            self.assertEqual(await yard.lamp_shows(), CALLING)
            self.assertEqual(len(yard.calls()), 1)

        self.in_the_yard(script)

    def test_pressing_again_while_it_rings_makes_no_second_call(self):
        async def script(yard):
            await yard.press()
            await yard.press(after_s=60)
            name = yard.send()
            yard.acknowledge(name)
            await yard.press(after_s=60)
            self.assertEqual(yard.calls(), [])
            self.assertEqual(await yard.lamp_shows(), DELIVERED)

        self.in_the_yard(script)

    def test_a_button_held_down_is_one_call(self):
        async def script(yard):
            yard.button.press()
            await yard.clock.advance(600_000)
            self.assertEqual(len(yard.calls()), 1)

        self.in_the_yard(script)

    def test_only_a_press_ten_seconds_after_it_was_taken_is_a_new_call(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.acknowledge(name)
            yard.point.taken(*name)
            await yard.press(after_s=5)
            self.assertEqual((yard.calls(), await yard.lamp_shows()), ([], TAKEN))
            await yard.press(after_s=5)
            self.assertEqual((len(yard.calls()), await yard.lamp_shows()), (1, CALLING))

        self.in_the_yard(script)

    def test_a_call_taken_played_back_does_not_keep_the_button_dead(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.acknowledge(name)
            for _ in range(5):
                yard.point.taken(*name)
                await yard.clock.advance(4_000)
            await yard.press()
            self.assertEqual(len(yard.calls()), 1)

        self.in_the_yard(script)

    def test_the_answers_to_other_calls_change_no_lamp(self):
        async def script(yard):
            await yard.press()
            epoch, seq = yard.send()
            for name in ((epoch, seq + 1), (epoch + 1, seq), (epoch - 1, seq)):
                yard.acknowledge(name)
                yard.point.taken(*name)
                yard.point.closed(*name)
                self.assertEqual(await yard.lamp_shows(), CALLING)

        self.in_the_yard(script)

    def test_a_closed_call_played_back_as_taken_stays_closed(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.acknowledge(name)
            yard.point.closed(*name)
            yard.point.taken(*name)
            self.assertEqual(await yard.lamp_shows(), OFF)

        self.in_the_yard(script)

    def test_the_answer_to_an_old_call_says_nothing_of_the_new_one(self):
        async def script(yard):
            await yard.press()
            old = yard.send()
            yard.acknowledge(old)
            yard.point.closed(*old)
            await yard.press()
            for answer in (yard.point.taken, yard.point.closed):
                answer(*old)
                self.assertEqual(await yard.lamp_shows(), CALLING)

        self.in_the_yard(script)

    def test_a_call_may_be_taken_before_its_acknowledgement_comes(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.point.taken(*name)
            self.assertEqual(await yard.lamp_shows(), TAKEN)
            yard.acknowledge(name)
            self.assertEqual(await yard.lamp_shows(), TAKEN)
            self.assertEqual(yard.calls(), [])

        self.in_the_yard(script)

    def test_after_a_power_cut_each_lamp_shows_what_it_showed(self):
        steps = (
            ("press", CALLING),
            ("send", CALLING),
            ("acknowledge", DELIVERED),
            ("taken", TAKEN),
            ("closed", OFF),
        )

        async def script(yard):
            name = None
            for step, shown in steps:
                if step == "press":
                    await yard.press()
                elif step == "send":
                    name = yard.send()
                elif step == "acknowledge":
                    yard.acknowledge(name)
                else:
                    getattr(yard.point, step)(*name)
                yard.reset()
                self.assertEqual(await yard.lamp_shows(), shown, step)

        self.in_the_yard(script)

    def test_a_call_closed_before_its_acknowledgement_stays_closed_after_a_power_cut(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.point.closed(*name)
            yard.reset()
            self.assertEqual(await yard.lamp_shows(), OFF)
            self.assertEqual(len(yard.calls()), 1)
            yard.acknowledge(name)
            self.assertEqual(await yard.lamp_shows(), OFF)

        self.in_the_yard(script)

    def test_a_new_call_after_a_taken_one_is_calling_after_a_power_cut(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.point.taken(*name)  # and its acknowledgement was lost
            await yard.press(after_s=20)
            yard.reset()
            self.assertEqual(await yard.lamp_shows(), CALLING)
            self.assertEqual(len(yard.calls()), 2)

        self.in_the_yard(script)

    def test_a_delivery_that_cannot_be_kept_is_not_shown_until_it_can(self):
        async def script(yard):
            await yard.press()
            name = yard.send()
            yard.store.refuse = lambda key, value: True
            with self.assertRaises(StoreFull):
                yard.acknowledge(name)
            self.assertEqual(await yard.lamp_shows(), CALLING)
            yard.store.refuse = None
            yard.acknowledge(name)
            self.assertEqual(await yard.lamp_shows(), DELIVERED)

        self.in_the_yard(script)

    def test_after_a_power_cut_each_button_finds_its_own_call(self):
        async def script(yard):
            await yard.press()
            yard.reset()
            lamp = FakeLamp()
            yard.another(2, FakeButton(yard.clock), lamp)
            await yard.clock.advance(10)
            self.assertEqual((await yard.lamp_shows(), lamp.shown[-1]), (CALLING, OFF))

        self.in_the_yard(script)

    def test_each_button_has_its_own_lamp(self):
        async def script(yard):
            button, lamp = FakeButton(yard.clock), FakeLamp()
            yard.another(2, button, lamp)
            await yard.press()
            name = yard.send()
            button.press()
            yard.acknowledge(name)
            await yard.clock.advance(10)
            self.assertEqual((await yard.lamp_shows(), lamp.shown[-1]), (DELIVERED, CALLING))

        self.in_the_yard(script)


if __name__ == "__main__":
    unittest.main()
