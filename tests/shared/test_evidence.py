import unittest

from firmware.evidence import Proof, load_ohms_tenths
from firmware.settings import Limits
from tests.fakes import HEALTHY, Reading

LIMITS = Limits(20_000, 400, 10_000, 60)

# what stands at the output -> what it means for the village
MUTE = Reading(100, 0, 40)
OPEN = Reading(80_000, 0, 40)
SHORT = Reading(2_400, 2_000, 40)
SHORT_BUT_LOUD = Reading(60_000, 2_000, 92)
TOO_LIGHT = Reading(80_000, 60, 92)
DEAF_MICROPHONE = Reading(80_000, 480, 45)
NO_MICROPHONE = Reading(80_000, 480, None)
TONE, VOICE = 0, 1


def judged(*readings, volume_pct=100, due=(TONE,)):
    """Return the cause after these readings of the tone; None stands for a missing one."""
    proof = Proof(LIMITS, volume_pct)
    for reading in readings:
        if reading is None:
            proof.missing()
        else:
            proof.note(TONE, reading)
    return proof.cause(due)


class TestProof(unittest.TestCase):
    def test_volts_load_and_microphone_together_prove_that_it_was_heard(self):
        self.assertIsNone(judged(HEALTHY))

    def test_a_box_without_microphone_proves_by_volts_and_load(self):
        self.assertIsNone(judged(NO_MICROPHONE))

    def test_each_fault_has_its_name(self):
        for reading, cause in (
            (MUTE, "no_output"),
            (OPEN, "line_open"),
            (TOO_LIGHT, "line_open"),
            (SHORT, "line_short"),
            (SHORT_BUT_LOUD, "line_short"),
            (DEAF_MICROPHONE, "microphone_silent"),
            (None, "amplifier_silent"),
        ):
            with self.subTest(reading=reading):
                self.assertEqual(judged(reading, reading), cause)

    def test_registers_just_inside_their_limits_are_believed(self):
        for reading in (
            Reading(20_000, 500, 60),  # 40.0 ohm
            Reading(20_000, 20, 60),  # 1000.0 ohm
        ):
            with self.subTest(reading=reading):
                self.assertIsNone(judged(reading))

    def test_registers_just_outside_their_limits_are_not(self):
        for reading, cause in (
            (Reading(19_999, 120, 92), "no_output"),
            (Reading(39_900, 1_000, 92), "line_short"),
            (Reading(20_040, 20, 92), "line_open"),
            (Reading(20_000, 19, 92), "line_open"),
            (Reading(80_000, 480, 59), "microphone_silent"),
        ):
            with self.subTest(reading=reading):
                self.assertEqual(judged(reading, reading), cause)

    def test_a_quieter_order_needs_fewer_volts(self):
        quiet = Reading(12_000, 72, 80)
        self.assertIsNone(judged(quiet, volume_pct=60))
        self.assertEqual(judged(quiet, quiet, volume_pct=100), "no_output")

    def test_silence_is_never_proof(self):
        self.assertEqual(judged(), "no_output")

    def test_one_odd_reading_is_not_held_against_it(self):
        self.assertIsNone(judged(HEALTHY, OPEN, HEALTHY, None, HEALTHY))

    def test_two_odd_readings_in_a_row_are(self):
        self.assertEqual(judged(HEALTHY, OPEN, OPEN, HEALTHY), "line_open")
        self.assertEqual(judged(HEALTHY, None, None, HEALTHY), "amplifier_silent")

    def test_the_first_fault_is_the_cause(self):
        self.assertEqual(judged(SHORT, SHORT, None, None), "line_short")

    def test_every_part_must_be_proven(self):
        self.assertEqual(judged(HEALTHY, due=(TONE, VOICE)), "no_output")
        self.assertEqual(judged(HEALTHY, OPEN, due=(TONE, VOICE)), "line_open")

    def test_sound_has_begun_with_the_first_good_reading(self):
        proof = Proof(LIMITS, 100)
        self.assertFalse(proof.begun())
        proof.note(TONE, MUTE)
        self.assertFalse(proof.begun())
        proof.note(TONE, HEALTHY)
        self.assertTrue(proof.begun())

    def test_the_strongest_good_reading_is_what_is_reported(self):
        proof = Proof(LIMITS, 100)
        stronger = Reading(90_000, 540, 93)
        for reading in (HEALTHY, stronger, SHORT_BUT_LOUD, HEALTHY):
            proof.note(VOICE, reading)
        self.assertEqual(proof.best, stronger)


class TestLoad(unittest.TestCase):
    def test_ohms_come_in_tenths(self):
        self.assertEqual(load_ohms_tenths(Reading(100_000, 600, None)), 1_666)

    def test_without_current_there_is_no_telling(self):
        self.assertIsNone(load_ohms_tenths(OPEN))


if __name__ == "__main__":
    unittest.main()
