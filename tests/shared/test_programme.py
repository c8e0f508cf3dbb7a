import unittest

from firmware.programme import CannotSpeak, parts_of, readings
from firmware.settings import read
from protocol import messages
from tests.fakes import FakeClock, FakePlayer
from tests.village import SETTINGS

TONE = ("tone", 1000, 1000)
PAUSE = ("silence", 800)
VOICE = ("clip", "1")
THIS_IS_A_DRILL = ("clip", "drill")


def order(**fields):
    usual = {"template": 1, "repeats": 1}
    usual.update(fields)
    return messages.make("Order", **usual)


def programme(drill=False, clips_ms=None, **fields):
    player = FakePlayer(FakeClock(), clips_ms)
    return parts_of(order(**fields), drill, read(SETTINGS), player)


class TestProgramme(unittest.TestCase):
    def test_tone_voice_tone(self):
        self.assertEqual(programme(), [TONE, VOICE, PAUSE, TONE])

    def test_a_repeated_order_is_read_again_after_a_pause(self):
        self.assertEqual(programme(repeats=2), [TONE, VOICE, PAUSE, VOICE, PAUSE, TONE])

    def test_an_order_for_no_reading_is_read_once(self):
        self.assertEqual(programme(repeats=0), programme(repeats=1))

    def test_each_reading_of_a_drill_says_so_first_and_last(self):
        drill = [THIS_IS_A_DRILL, VOICE, THIS_IS_A_DRILL, PAUSE]
        self.assertEqual(programme(drill=True, repeats=2), [TONE] + drill + drill + [TONE])

    def test_a_drill_that_cannot_say_so_is_not_sounded(self):
        with self.assertRaises(CannotSpeak):
            programme(drill=True, clips_ms={"1": 3_000})

    def test_what_this_box_has_no_voice_for_is_not_sounded(self):
        for fields in ({"template": 99}, {"template": None, "text": b"\0hi"}, {"slots": (4,)}):
            with self.subTest(fields=fields):
                with self.assertRaises(CannotSpeak):
                    programme(**fields)

    def test_a_reading_counts_once_the_voice_is_over(self):
        parts = programme(repeats=2)  # tone, voice, pause, voice, pause, tone
        counts = [readings(parts, reached) for reached in range(len(parts) + 1)]
        self.assertEqual(counts, [0, 0, 0, 1, 1, 2, 2])


if __name__ == "__main__":
    unittest.main()
