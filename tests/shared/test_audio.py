import asyncio
import struct
import sys
import unittest

from drivers.audio.clips import Clips
from drivers.audio.player import Player
from drivers.audio.tones import Silence, Tone, whole_periods
from drivers.errors import BadReply, CannotPlay, DriverError, NoClip
from tests.fakes import FakeClock
from tests.shared import scratch
from tests.shared.running import run


def wav(sound, rate=8_000, channels=1, bits=16, tag=1, before=b"", count=None):
    frame_bytes = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * frame_bytes, frame_bytes, bits)
    size = len(sound) if count is None else count
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", 16) + form
    body += b"data" + struct.pack("<I", size) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read(sound, most):
    """Return up to `most` bytes of a tone, silence or a clip."""
    buffer = memoryview(bytearray(most))
    return bytes(buffer[: sound.readinto(buffer)])


def samples(data):
    return struct.unpack("<" + str(len(data) // 2) + "h", data)


def risings(tone):
    """Return how often the wave comes up through zero."""
    count, before, data = 0, 0, read(tone, 400)
    while data:
        for sample in samples(data):
            count += before < 0 <= sample
            before = sample
        data = read(tone, 400)
    return count


class TestTones(unittest.TestCase):
    def test_a_tone_begins_at_zero_and_repeats_without_a_step(self):
        for hz in (50, 440, 500, 997, 3_500):
            with self.subTest(hz=hz):
                wave = samples(whole_periods(hz))
                self.assertEqual(wave[0], 0)
                steepest = max(abs(b - a) for a, b in zip(wave, wave[1:]))
                self.assertLessEqual(abs(wave[0] - wave[-1]), steepest)

    def test_a_tone_has_its_pitch_and_its_loudness(self):
        self.assertEqual(risings(Tone(500, 1_000)), 499)  # the first begins at zero
        wave = samples(read(Tone(500, 100), 1_600))
        mean_square = sum(sample * sample for sample in wave) // len(wave)
        self.assertAlmostEqual(mean_square, 29_000 * 29_000 // 2, delta=5_000_000)

    def test_a_tone_is_a_sine(self):
        wave = samples(whole_periods(500))
        for sample, wanted in zip(wave, (0, 0.3827, 0.7071, 0.9239, 1, 0.9239, 0.7071, 0.3827)):
            self.assertAlmostEqual(sample, wanted * 29_000, delta=60)

    def test_however_it_is_cut_into_pieces_it_is_the_same_tone(self):
        whole = read(Tone(440, 300), 10_000)
        tone, pieces = Tone(440, 300), b""
        for most in (1, 333, 1_600, 2, 10_000, 10_000):
            pieces += read(tone, most)
        self.assertEqual(len(whole), 4_800)
        self.assertEqual(pieces, whole)
        self.assertEqual(read(tone, 10), b"")

    def test_whatever_the_pitch_it_is_near_and_little_is_kept_of_it(self):
        for hz in list(range(200, 3_501, 33)) + [997, 3_499]:
            period = whole_periods(hz)
            self.assertLessEqual(len(period), 1_600)
            self.assertLessEqual(abs(risings(Tone(hz, 1_000)) - hz), 6)

    def test_a_tone_nobody_could_play_is_refused(self):
        for hz, ms in ((49, 100), (3_501, 100), (500, -1), (500, 600_001)):
            with self.assertRaises(CannotPlay):
                Tone(hz, ms)
        with self.assertRaises(CannotPlay):
            Silence(600_001)


class TestClips(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.make()
        self.clips = Clips(self.folder)

    def tearDown(self):
        scratch.remove(self.folder)

    def keep(self, name, data):
        scratch.write(self.folder + "/" + name + ".wav", data)

    def test_a_recording_is_read_piece_by_piece(self):
        self.keep("flood", wav(bytes(range(100))))
        clip = self.clips.open("flood")
        self.assertEqual(clip.samples, 50)
        self.assertEqual(read(clip, 60), bytes(range(60)))
        self.assertEqual(read(clip, 60), bytes(range(60, 100)))
        self.assertEqual(read(clip, 60), b"")
        clip.close()

    def test_notes_in_the_file_are_passed_over(self):
        self.keep("flood", wav(b"1234", before=b"LIST\x03\0\0\0abc\0"))
        clip = self.clips.open("flood")
        self.assertEqual(read(clip, 100), b"1234")
        clip.close()

    def test_what_cannot_be_played_names_the_file(self):
        bad = {
            "not a WAV": b"ID3 an mp3 file with a long enough head",
            "empty": b"",
            "short": wav(bytes(100))[:70],
            "boasting": wav(bytes(100), count=200_000_000),
            "stereo": wav(bytes(100), channels=2),
            "44100": wav(bytes(100), rate=44_100),
            "8 bit": wav(bytes(100), bits=8),
            "float": wav(bytes(100), tag=3),
            "half a sample": wav(bytes(101)),
            "silent": wav(b""),
            "no data": wav(b"")[:36],
            "huge chunk": wav(bytes(100), before=b"LIST\xff\xff\xff\xff"),
            "many chunks": wav(bytes(100), before=b"LIST\0\0\0\0" * 20),
        }
        for what in sorted(bad):
            with self.subTest(what=what):
                self.keep("7", bad[what])
                with self.assertRaises(BadReply) as caught:
                    self.clips.open("7")
                self.assertIn("/7.wav: ", str(caught.exception))
                self.assertFalse(self.clips.has("7"))

    def test_every_beginning_of_a_good_file_is_refused(self):
        whole = wav(bytes(20))
        for cut in range(len(whole)):
            self.keep("7", whole[:cut])
            with self.assertRaises(BadReply):
                self.clips.open("7")

    def test_a_file_of_more_than_two_megabytes_is_refused(self):
        self.keep("7", wav(bytes(100)))
        try:
            with open(self.folder + "/7.wav", "r+b") as file:
                file.seek(2 * 1024 * 1024)
                file.write(b"!")
        except OSError:
            self.assertEqual(sys.platform, "rp2")  # where all files have 128 kB
            return
        with self.assertRaises(BadReply):
            self.clips.open("7")

    def test_a_clip_that_is_not_there_is_no_clip(self):
        self.keep("there", wav(b"12"))
        self.assertTrue(self.clips.has("there"))
        self.assertFalse(self.clips.has("not-there"))
        with self.assertRaises(NoClip):
            self.clips.open("not-there")

    def test_a_name_cannot_walk_about_the_disk(self):
        self.keep("there", wav(b"12"))
        for name in ("", "../there", "./there", "there\0", "THERE", "a" * 25, "there.wav"):
            with self.subTest(name=name), self.assertRaises(NoClip):
                self.clips.open(name)


class Sound:
    """A sound device that remembers when it was given what."""

    def __init__(self, clock):
        self.data = b""
        self.times = []
        self.broken = None
        self.drained_at = []
        self.most_waiting_ms = 0
        self._waiting_ms = 0
        self._clock = clock

    def drain(self):
        self.drained_at.append(len(self.data))

    def write(self, pcm):
        if self.broken:
            raise self.broken
        now = self._clock.ticks_ms()
        sounded_ms = now - self.times[-1] if self.times else 0
        self.times.append(now)
        self.data += pcm
        self._waiting_ms = max(0, self._waiting_ms - sounded_ms) + len(pcm) / 16
        self.most_waiting_ms = max(self.most_waiting_ms, self._waiting_ms)


class TestPlayer(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.make()
        self.voice = bytes(range(250)) * 20  # 312.5 ms
        scratch.write(self.folder + "/1.wav", wav(self.voice))

    def tearDown(self):
        scratch.remove(self.folder)

    def with_player(self, script):
        run(self._with_player(script))

    async def _with_player(self, script):
        clock = FakeClock()
        sound = Sound(clock)
        player = Player(sound, Clips(self.folder), clock)
        task = asyncio.create_task(player.run())
        await script(clock, sound, player)
        player.stop()
        task.cancel()

    def test_tone_voice_tone_sound_without_a_gap(self):
        parts = (("tone", 500, 400), ("clip", "1"), ("silence", 50), ("tone", 800, 400))

        async def script(clock, sound, player):
            player.start(parts)
            await clock.advance(2_000)
            tones = read(Tone(500, 400), 9_999), read(Tone(800, 400), 9_999)
            self.assertTrue(sound.data == tones[0] + self.voice + bytes(800) + tones[1])
            self.assertIsNone(player.sounding())
            self.assertIsNone(player.failure())
            self.assertEqual(player.length_ms(parts), 1_162)

        self.with_player(script)

    def test_what_sounds_is_what_the_ear_hears_and_not_what_the_device_was_given(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 300), ("silence", 300), ("clip", "1")))
            heard = []
            for _ in range(20):
                await clock.advance(50)
                heard.append(player.sounding())
            self.assertEqual(heard[:5], [0] * 5)
            self.assertEqual(heard[5:11], [1] * 6)
            self.assertEqual(heard[11:18], [2] * 7)
            self.assertEqual(heard[18:], [None] * 2)

        self.with_player(script)

    def test_the_device_is_kept_ahead_but_not_flooded(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 10_000),))
            await clock.advance(500)
            given_ms = len(sound.data) // 16
            self.assertGreaterEqual(given_ms, 700)
            self.assertLessEqual(given_ms, 800)

        self.with_player(script)

    def test_stop_gives_nothing_more_to_the_device(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 10_000),))
            await clock.advance(1_000)
            player.stop()
            given = len(sound.data)
            self.assertIsNone(player.sounding())
            await clock.advance(1_000)
            self.assertEqual(len(sound.data), given)
            self.assertIsNone(player.failure())

        self.with_player(script)

    def test_the_device_is_told_when_nothing_more_comes_and_not_before(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 1_000),))
            await clock.advance(500)
            clock.stall(150)
            self.assertEqual(sound.drained_at, [])
            await clock.advance(1_000)
            self.assertEqual(set(sound.drained_at), {16_000})
            player.start((("tone", 500, 10_000),))
            await clock.advance(500)
            player.stop()
            self.assertEqual(sound.drained_at[-1], len(sound.data))

        self.with_player(script)

    def test_a_new_programme_takes_the_place_of_the_old(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 10_000),))
            await clock.advance(1_000)
            given = len(sound.data)
            player.start((("clip", "1"),))
            await clock.advance(1_000)
            self.assertTrue(sound.data[given:] == self.voice)

        self.with_player(script)

    def test_a_broken_device_ends_the_programme_and_says_why(self):
        why = "the sound card is gone"
        for broken in (OSError(5, why), DriverError(why)):

            async def script(clock, sound, player, broken=broken):
                player.start((("tone", 500, 10_000),))
                await clock.advance(500)
                sound.broken = broken
                await clock.advance(500)
                self.assertIsNone(player.sounding())
                self.assertEqual(player.failure(), why)
                sound.broken = None
                player.start((("tone", 500, 100),))
                self.assertIsNone(player.failure())
                self.assertEqual(player.sounding(), 0)

            self.with_player(script)

    def test_a_clip_that_vanished_meanwhile_ends_the_programme(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 1_000), ("clip", "1")))
            scratch.write(self.folder + "/1.wav", b"")
            await clock.advance(2_000)
            self.assertIsNone(player.sounding())
            self.assertIn("1.wav", player.failure())

        self.with_player(script)

    def test_a_programme_with_a_missing_clip_is_refused_before_it_sounds(self):
        async def script(clock, sound, player):
            with self.assertRaises(NoClip):
                player.start((("tone", 500, 1_000), ("clip", "none")))
            with self.assertRaises(CannotPlay):
                player.start((("song", "1"),))
            await clock.advance(1_000)
            self.assertEqual(sound.data, b"")
            self.assertIsNone(player.sounding())

        self.with_player(script)

    def test_after_a_stall_it_goes_on_where_it_was_and_at_its_pace(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 1_000), ("silence", 5_000)))
            await clock.advance(500)
            clock.stall(3_000)
            await clock.advance(100)
            self.assertEqual(player.sounding(), 0)
            await clock.advance(1_000)
            self.assertEqual(player.sounding(), 1)
            self.assertLessEqual(len(sound.data) // 16, 500 + 1_100 + 600)

        self.with_player(script)

    def test_many_small_gaps_never_give_the_device_more_than_it_has_room_for(self):
        async def script(clock, sound, player):
            player.start((("tone", 500, 10_000),))
            for _ in range(20):
                clock.stall(290)
                await clock.advance(100)
            self.assertLessEqual(sound.most_waiting_ms, 200 + 50)

        self.with_player(script)

    def test_an_empty_programme_is_over_at_once(self):
        async def script(clock, sound, player):
            player.start(())
            self.assertIsNone(player.sounding())

        self.with_player(script)


if __name__ == "__main__":
    unittest.main()
