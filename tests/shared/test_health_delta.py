import unittest

from protocol import cbor, health_delta, messages
from tests.shared.test_messages import HEALTH, HEALTH_DELTA, changed

BASE_SEQ = 81233


def told(changed_bits, *values):
    return messages.make(
        "HealthDelta", base=BASE_SEQ & 0xFF, changed=changed_bits, fields=cbor.sequence(*values)
    )


class TestHealthDelta(unittest.TestCase):
    def test_only_what_changed_is_told(self):
        now = changed(HEALTH, battery_percent=86, temperature_c=-22, queue=43)
        self.assertEqual(health_delta.delta(BASE_SEQ, HEALTH, now), HEALTH_DELTA)
        self.assertEqual(health_delta.applied(HEALTH, HEALTH_DELTA), now)

    def test_a_box_that_is_as_it_was_says_so_in_no_values(self):
        same = health_delta.delta(BASE_SEQ, HEALTH, HEALTH)
        self.assertEqual((same.changed, same.fields), (0, b""))
        self.assertEqual(health_delta.applied(HEALTH, same), HEALTH)

    def test_a_field_may_come_and_go(self):
        for now in (
            changed(HEALTH, expired=3),
            changed(HEALTH, mains=None, battery_mv=None),
            changed(HEALTH, mains=False, link_quality=None, expired=1),
        ):
            for old, new in ((HEALTH, now), (now, HEALTH)):
                change = health_delta.delta(BASE_SEQ, old, new)
                self.assertEqual(health_delta.applied(old, change), new)

    def test_a_later_release_may_tell_of_more_fields(self):
        change = told(1 << 6 | 1 << 13 | 1 << 15, 43, "new", None)
        self.assertEqual(health_delta.applied(HEALTH, change), changed(HEALTH, queue=43))

    def test_what_fits_no_field_is_refused(self):
        for change in (
            told(1 << 1, 101),  # percent
            told(1 << 0, 1),  # 1 is not yes
            told(1 << 6, None),  # the queue is always there
            told(1 << 6),  # a value too few,
            told(1 << 6, 43, 44),  # and one too many
            told(0, 43),
            messages.make("HealthDelta", base=0, changed=2, fields=b"\x18"),
        ):
            with self.subTest(change=change):
                with self.assertRaises(ValueError):
                    health_delta.applied(HEALTH, change)


if __name__ == "__main__":
    unittest.main()
