"""Settings over the air: signed, for one Box or a group, all of them or none, kept over resets."""

import unittest

from firmware.settings import BadSettings
from firmware.site import Site
from protocol import frame, messages
from tests.fakes import MemoryStore
from tests.village import (
    AREA,
    DRILL,
    GROUP,
    LIVE,
    OFFICE,
    OTHER_GROUP,
    SETTINGS,
    in_a_village,
)

DOES_NOT_FIT = ("finished", "refused", "does_not_fit")
VERIFIED = ("verified", None, None)


def given(**fields):
    return messages.make("Settings", slot=OFFICE, issued=1, **fields)


def order_id(seq, slot=OFFICE):
    return bytes((slot,)) + seq.to_bytes(3, "big")


class TestSite(unittest.TestCase):
    def setUp(self):
        self.store = MemoryStore()
        self.site = self.after_a_reset()

    def after_a_reset(self, issue=1, raw=SETTINGS):
        return Site(raw, self.store, issue)

    def test_without_any_it_is_what_provisioning_wrote(self):
        self.assertEqual((self.site.area, self.site.heartbeat_s), (AREA, 900))

    def test_what_is_given_takes_its_place_and_the_rest_stays(self):
        self.site.take(order_id(1), given(heartbeat_s=60, volume_normal_pct=30, groups=(61442,)))
        for site in (self.site, self.after_a_reset()):
            self.assertEqual((site.heartbeat_s, site.groups, site.area), (60, (61442,), AREA))
            self.assertEqual(site.volume_pct, {"normal": 30, "emergency": 100})

    def test_later_settings_add_to_earlier_ones(self):
        self.site.take(order_id(1), given(heartbeat_s=60, area=9))
        self.site.take(order_id(2), given(heartbeat_s=120))
        for site in (self.site, self.after_a_reset()):
            self.assertEqual((site.heartbeat_s, site.area), (120, 9))

    def test_every_field_has_its_place(self):
        fields = {
            "heartbeat_s": 61,
            "area": 62,
            "groups": (61443,),
            "volume_normal_pct": 11,
            "volume_emergency_pct": 12,
            "tone_hz": 440,
            "tone_ms": 2_000,
            "volts_mv": 10_000,
            "ohms_tenths_low": 100,
            "ohms_tenths_high": 200,
            "microphone_db": 70,
        }
        self.site.take(order_id(1), given(**fields))
        now = self.site
        found = (now.heartbeat_s, now.area, now.groups, now.tone_hz, now.tone_ms)
        self.assertEqual(found, (61, 62, (61443,), 440, 2_000))
        self.assertEqual(now.volume_pct, {"normal": 11, "emergency": 12})
        self.assertEqual(tuple(now.limits), (10_000, 100, 200, 70))

    def test_one_wrong_field_and_nothing_changes(self):
        for wrong in (
            {"heartbeat_s": 0},
            {"tone_hz": 100},
            {"groups": (5,)},
            {"ohms_tenths_low": 20_000},
        ):
            before = (tuple(self.after_a_reset()._now), self.store.items())
            with self.assertRaises(BadSettings):
                self.site.take(order_id(1), given(area=9, **{k: wrong[k] for k in wrong}))
            self.assertEqual((tuple(self.site._now), self.store.items()), before)

    def test_settings_that_say_nothing_are_refused(self):
        with self.assertRaises(BadSettings):
            self.site.take(order_id(1), given())

    def test_of_one_key_the_later_number_wins(self):
        self.site.take(order_id(5), given(area=9))
        self.site.take(order_id(1, LIVE), given(heartbeat_s=60))
        for site in (self.site, self.after_a_reset()):
            with self.assertRaises(BadSettings):
                site.take(order_id(4), given(area=8))
        self.assertEqual(self.after_a_reset().area, 9)

    def test_a_technicians_new_provisioning_begins_without_them(self):
        self.site.take(order_id(1), given(area=9))
        self.assertEqual(self.after_a_reset(issue=2).area, AREA)

    def test_what_no_longer_fits_the_file_is_left_out(self):
        self.site.take(order_id(1), given(ohms_tenths_low=9_000))
        raw = dict(SETTINGS)
        raw["limits"] = dict(raw["limits"])
        raw["limits"]["ohms_tenths_high"] = 8_000
        self.assertEqual(self.after_a_reset(raw=raw).limits.ohms_tenths_low, 400)


class TestOverTheAir(unittest.TestCase):
    async def told(self, village, *signed):
        for one in signed:
            village.tell(one)
            await village.pass_s(3)

    def test_a_box_hears_its_new_group_at_once_and_after_a_reset(self):
        async def script(village):
            county = village.county
            settings = county.settings(groups=(OTHER_GROUP,))
            await self.told(village, county.order("danger", to=OTHER_GROUP))
            self.assertEqual(village.heard(), [])
            await self.told(village, settings, county.order("danger", to=OTHER_GROUP))
            self.assertEqual(county.fate(settings), [VERIFIED])
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])
            await village.cut_power()
            await self.told(village, county.order("danger", to=GROUP))
            await self.told(village, county.order("danger", to=OTHER_GROUP))
            self.assertEqual(village.heard(), ["1", "1"])

        in_a_village(script)

    def test_what_does_not_fit_is_told_to_the_county_and_noted(self):
        async def script(village):
            settings = village.county.settings(tone_hz=100)
            await self.told(village, settings)
            self.assertEqual(village.county.fate(settings), [DOES_NOT_FIT])
            line = "gatekeeper: alert.tone_hz: expected a number from 200 to 3500"
            self.assertIn(line, village.journal())

        in_a_village(script)

    def test_settings_are_for_one_box_or_a_group_and_need_a_key_for_settings(self):
        async def script(village):
            county = village.county
            await self.told(
                village,
                county.settings(area=1, to=frame.EVERYBODY),
                county.settings(area=1, slot=LIVE),
                county.settings(area=1, slot=DRILL),
            )
            self.assertEqual(village.count("settings are for one Box or a group"), 1)
            self.assertEqual(village.count("this slot is for something else"), 2)
            self.assertEqual(village.verifier.asked, [])
            await self.told(village, county.settings(heartbeat_s=61, to=GROUP))
            self.assertEqual(village.count("settings taken"), 1)

        in_a_village(script)

    def test_settings_played_back_change_nothing(self):
        async def script(village):
            county = village.county
            first, second = county.settings(area=1), county.settings(area=2)
            await self.told(village, first, second)
            kept = village.store.get(b"G")
            await village.cut_power()
            await self.told(village, first, second)
            self.assertEqual(village.store.get(b"G"), kept)
            self.assertEqual(county.fate(first), [VERIFIED])

        in_a_village(script)


if __name__ == "__main__":
    unittest.main()
