import unittest

from drivers.errors import NoReply
from drivers.lamp import FAILED
from protocol import keyring_file
from tests.fakes import MemoryCell
from tests.village import LIVE, SETTINGS, in_a_village


def without_keys(village):
    village.cells = (MemoryCell(None), MemoryCell(b"scribble"))


def with_wrong_settings(village):
    village.settings = dict(SETTINGS, heartbeat_s="often")


def with_the_keys_of_another_board(village):
    ring = list(village.county.ring)
    ring[0] = b"\xff" * 8
    foreign = keyring_file.write(keyring_file.Keyring(*ring))
    village.cells = (MemoryCell(foreign), MemoryCell(foreign))


class TestSafeMode(unittest.TestCase):
    def safely(self, script, spoil=without_keys):
        async def spoiled(village):
            spoil(village)
            await village.cut_power()
            await script(village)

        in_a_village(spoiled)

    def test_a_press_sounds_the_local_siren(self):
        async def script(village):
            await village.press()
            await village.pass_s(4)
            self.assertTrue(village.board.amplifier.awake)
            await village.pass_s(5)
            self.assertEqual(len(village.board.player.heard), 16)
            self.assertFalse(village.board.amplifier.awake)
            await village.press()
            await village.pass_s(9)
            self.assertEqual(len(village.board.player.heard), 32)
            fed = village.board.watchdog.fed
            await village.pass_s(60)
            self.assertEqual(village.board.watchdog.fed, fed + 120)

        self.safely(script)

    def test_nothing_is_taken_from_any_road_and_nothing_sent(self):
        async def script(village):
            order = village.county.order("danger", slot=LIVE)
            village.tell(order, "ip")
            village.tell(order, "sbd")
            await village.press()
            await village.pass_s(120)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.board.ip.tried + village.board.sbd.tried, [])

        self.safely(script)

    def test_the_lamp_says_that_no_call_can_be_kept(self):
        async def script(village):
            self.assertEqual(village.lamp(), FAILED)
            await village.press()
            self.assertEqual(village.lamp(), FAILED)

        self.safely(script)

    def test_the_heart_beats_on_and_says_why(self):
        async def script(village):
            fed = village.board.watchdog.fed
            await village.pass_s(180)
            self.assertGreater(village.board.watchdog.fed, fed + 300)
            lines = [line for line in village.journal() if line.startswith("safe mode")]
            self.assertEqual(len(lines), 4)
            self.assertIn("heartbeat_s: expected a number from 1 to 86400", lines[-1])

        self.safely(script, with_wrong_settings)

    def test_the_keys_of_another_board_are_no_keys(self):
        async def script(village):
            self.assertIn("the keyring belongs to another board", village.journal()[-1])

        self.safely(script, with_the_keys_of_another_board)

    def test_an_amplifier_that_does_not_answer_stops_no_heart(self):
        async def script(village):
            village.board.amplifier.broken = NoReply("nothing came")
            await village.press()
            await village.pass_s(5)
            self.assertIn("siren: nothing came", village.journal())
            self.assertEqual(village.board.player.heard, [])
            village.board.amplifier.broken = None
            await village.press()
            await village.pass_s(5)
            self.assertGreater(len(village.board.player.heard), 0)

        self.safely(script)

    def test_a_siren_that_hangs_is_left_to_the_watchdog(self):
        async def script(village):
            async def hang(_):
                await village.clock.sleep_ms(10_000_000)

            village.board.amplifier.wake = hang
            await village.press()
            await village.pass_s(13)
            fed = village.board.watchdog.fed
            await village.pass_s(60)
            self.assertEqual(village.board.watchdog.fed, fed)

        self.safely(script)


if __name__ == "__main__":
    unittest.main()
