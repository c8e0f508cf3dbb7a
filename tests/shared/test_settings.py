import json
import unittest

from firmware.settings import BadSettings, Limits, read
from tests.village import SETTINGS


def changed(path, value):
    """Return a copy of good settings with one key set, or taken out if value is None."""
    settings = json.loads(json.dumps(SETTINGS))
    table, keys = settings, path.split(".")
    for key in keys[:-1]:
        table = table[int(key) if key.isdigit() else key]
    if value is None:
        del table[keys[-1]]
    else:
        table[keys[-1]] = value
    return settings


POINT = {"number": 1, "kind": "help"}


class TestSettings(unittest.TestCase):
    def complaint(self, path, value):
        with self.assertRaises(BadSettings) as caught:
            read(changed(path, value))
        return str(caught.exception)

    def test_good_settings_are_read(self):
        settings = read(SETTINGS)
        self.assertEqual(settings.site, "Upper Village")
        self.assertEqual(settings.groups, (0xF001,))
        self.assertEqual(settings.volume_pct, {"normal": 60, "emergency": 100})
        self.assertEqual(settings.limits, Limits(20_000, 400, 10_000, 60))
        self.assertEqual(settings.call_points, ((1, "help"),))

    def test_what_the_board_reads_for_itself_is_let_pass(self):
        self.assertEqual(read(changed("board", {"udp": 1})), read(SETTINGS))

    def test_each_missing_key_is_named(self):
        for path in (
            "site", "site.name", "site.area", "site.groups", "heartbeat_s", "alert",
            "alert.tone_hz", "alert.tone_ms", "volume_pct", "volume_pct.normal",
            "volume_pct.emergency", "limits", "limits.volts_mv", "limits.ohms_tenths_low",
            "limits.ohms_tenths_high", "limits.microphone_db", "call_points",
        ):  # fmt: skip
            with self.subTest(path=path):
                self.assertEqual(self.complaint(path, None), path + ": is missing")

    def test_each_wrong_value_is_named_with_what_was_expected(self):
        for path, value, expected in (
            ("site", "a village", "expected a table"),
            ("site.name", 7, "expected a text of at most 64 bytes"),
            ("site.name", "\u6751" * 22, "expected a text of at most 64 bytes"),
            ("site.area", 256, "expected a number from 0 to 255"),
            ("site.area", True, "expected a number from 0 to 255"),
            ("site.area", "7", "expected a number from 0 to 255"),
            ("site.groups", 0xF001, "expected a list of at most 16"),
            ("site.groups", [0xF001] * 17, "expected a list of at most 16"),
            ("site.groups", [0x1234], "expected numbers from 61440 to 65279"),
            ("site.groups", ["F001"], "expected numbers from 61440 to 65279"),
            ("heartbeat_s", 0, "expected a number from 1 to 86400"),
            ("alert.tone_ms", 999, "expected a number from 1000 to 10000"),
            ("volume_pct.normal", 101, "expected a number from 0 to 100"),
            ("limits.ohms_tenths_high", 399, "expected a number from 400 to 100000"),
            ("call_points", [POINT] * 9, "expected a list of at most 8"),
        ):
            with self.subTest(path=path, value=value):
                self.assertEqual(self.complaint(path, value), path + ": " + expected)

    def test_a_wrong_call_point_is_named_by_its_place(self):
        for point, complaint in (
            ({"number": 0, "kind": "help"}, "[1].number: expected a number from 1 to 255"),
            ({"number": 2, "kind": "tea"}, "[1].kind: expected one of help, fire, flood, medical"),
            ({"number": 2}, "[1].kind: is missing"),
            ("door", "[1].number: is missing"),
            (POINT, "[1].number: is already taken"),
        ):
            with self.subTest(point=point):
                found = self.complaint("call_points", [POINT, point])
                self.assertEqual(found, "call_points" + complaint)

    def test_settings_that_are_no_table_are_refused(self):
        for raw in (None, [], "settings", 3):
            with self.subTest(raw=raw):
                with self.assertRaises(BadSettings):
                    read(raw)


if __name__ == "__main__":
    unittest.main()
