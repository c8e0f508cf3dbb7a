import unittest

from firmware.programme import CannotSpeak, parts_of, readings, source_of
from firmware.settings import read
from protocol import messages
from protocol.schema import SIREN
from tests.fakes import FakeClock, FakePlayer
from tests.shared.text_table import area, by_hand
from tests.village import SETTINGS

TONE = ("tone", 1000, 1000)
PAUSE = ("silence", 800)
VOICE = ("clip", "1")
THIS_IS_A_DRILL = ("clip", "drill")
FLOOD = b"\x10\xd3"  # 洪水，水 by text_table.by_hand()


def order(**fields):
    usual = {"template": 1, "repeats": 1}
    usual.update(fields)
    return messages.make("Order", **usual)


def programme(drill=False, clips_ms=None, speaks=False, tables=b"", **fields):
    player = FakePlayer(FakeClock(), clips_ms)
    player.speaks = speaks
    return parts_of(order(**fields), drill, read(SETTINGS), player, tables)


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

    def test_a_clip_has_its_own_name_beside_the_templates(self):
        parts = programme(template=None, clip=7, clips_ms={"clip7": 3_000, "7": 1_000})
        self.assertEqual(parts, [TONE, ("clip", "clip7"), PAUSE, TONE])
        with self.assertRaises(CannotSpeak):
            programme(template=None, clip=7, clips_ms={"7": 1_000})

    def test_a_siren_needs_no_clip_and_its_pauses_are_no_readings(self):
        for pattern in SIREN:
            parts = programme(template=None, siren=pattern, clips_ms={}, repeats=2)
            self.assertEqual((parts[0], parts[-1]), (TONE, TONE))
            self.assertEqual({part[0] for part in parts} - {"tone", "silence"}, set())
            self.assertEqual(readings(parts, len(parts)), 2)
        patterns = [programme(template=None, siren=pattern) for pattern in SIREN]
        self.assertEqual(len({tuple(parts) for parts in patterns}), len(SIREN))

    def test_an_order_says_one_thing(self):
        for fields in ({"clip": 7}, {"siren": "steady"}, {"text": b"\0hi"}, {"template": None}):
            with self.subTest(fields=fields):
                with self.assertRaises(CannotSpeak):
                    programme(clips_ms={"1": 3_000, "clip7": 3_000}, **fields)

    def test_a_text_is_spoken_in_the_words_that_its_table_has(self):
        parts = programme(template=None, text=FLOOD, speaks=True, tables=area(by_hand()))
        self.assertEqual(parts, [TONE, ("text", "洪水，水"), PAUSE, TONE])
        parts = programme(template=None, text=b"\0hi", speaks=True)
        self.assertEqual(parts[1], ("text", "hi"))

    def test_a_text_that_cannot_be_read_whole_is_not_spoken_at_all(self):
        damaged = bytearray(area(by_hand()))
        damaged[-70] ^= 1
        for text, tables, what in (
            (FLOOD, b"", "no table"),
            (FLOOD, b"\xff" * 4096, "an erased area"),
            (FLOOD, damaged, "a damaged table"),
            (b"\x11" + FLOOD[1:], area(by_hand()), "another generation"),
            (b"\x20" + FLOOD[1:], area(by_hand()), "another language"),
            (b"\x10\xfe", area(by_hand()), "it ends in the middle"),
            (b"\x01hi", area(by_hand()), "UTF-8 has one generation"),
            (b"\0hi\xff", b"", "no UTF-8"),
            (b"", b"", "nothing"),
        ):
            with self.subTest(what=what):
                with self.assertRaises(UnicodeError):
                    programme(template=None, text=text, speaks=True, tables=tables)

    def test_a_box_without_a_voice_says_so_of_what_it_could_read(self):
        tables = area(by_hand())
        with self.assertRaises(CannotSpeak):
            programme(template=None, text=FLOOD, tables=tables)
        with self.assertRaises(UnicodeError):
            programme(template=None, text=b"\x11" + FLOOD[1:], tables=tables)

    def test_the_voice_comes_from_clips_a_siren_or_speech(self):
        self.assertEqual(source_of(order()), "clips")
        self.assertEqual(source_of(order(template=None, text=FLOOD)), "speech")
        self.assertEqual(source_of(order(template=None, siren="pulsed")), "siren")

    def test_a_reading_counts_once_the_voice_is_over(self):
        parts = programme(repeats=2)  # tone, voice, pause, voice, pause, tone
        counts = [readings(parts, reached) for reached in range(len(parts) + 1)]
        self.assertEqual(counts, [0, 0, 0, 1, 1, 2, 2])


if __name__ == "__main__":
    unittest.main()
