"""Keys over the air: the root says whom a Box believes, and nobody else does."""

import unittest

from firmware import keyring_copies
from protocol import frame, messages
from protocol.keyring_file import FOR_IMAGES, FOR_ORDERS, TO_ONE
from tests.village import (
    BOX,
    DRILL,
    GROUP,
    LIVE,
    NEWEST,
    OFFICE,
    ROOTS,
    TOWNSHIP,
    UNIQUE_ID,
    in_a_village,
)

NEW_KEY = b"k" * 32
VERIFIED = ("verified", None, None)
DOES_NOT_FIT = ("finished", "refused", "does_not_fit")
REVOKED = ("finished", "cancelled", "key_revoked")
PLAYED = ("finished", "played", None)


def ring_of(village):
    """Return the keyring that a Box would start with now."""
    return keyring_copies.newest(village.cells, UNIQUE_ID)


def added(county, number=NEWEST, **changes):
    fields = {"public_key": NEW_KEY, "ranks": 15, "targets": TO_ONE, "uses": FOR_ORDERS}
    fields.update(changes)
    return county.keys(subject=number, **fields)


class WithVillage(unittest.TestCase):
    async def told(self, village, *signed):
        for one in signed:
            village.tell(one)
            await village.pass_s(3)


class TestKeys(WithVillage):
    def test_a_new_key_gives_orders_once_the_root_named_it(self):
        async def script(village):
            county = village.county
            keys = added(county)
            county.learn(NEWEST, NEW_KEY)
            await self.told(village, county.order("danger", slot=NEWEST))
            self.assertEqual(village.heard(), [])
            await self.told(village, keys, county.order("danger", slot=NEWEST))
            self.assertEqual(county.fate(keys), [VERIFIED])
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_a_narrowed_scope_counts_at_once(self):
        async def script(village):
            county = village.county
            await self.told(village, county.keys(subject=LIVE, ranks=0b0011))
            await self.told(village, county.order("danger"))
            self.assertIn(
                "ip: refused: not permitted: this slot has no such rank", village.journal()
            )
            await self.told(village, county.order("notice"))
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_keys_may_be_for_a_group_or_for_all(self):
        async def script(village):
            county = village.county
            first = county.keys(to=frame.EVERYBODY, subject=DRILL, revoked=True)
            second = county.keys(to=GROUP, subject=TOWNSHIP, revoked=True)
            await self.told(village, first, second)
            self.assertEqual([s.number for s in ring_of(village).slots if s.uses], [LIVE, OFFICE])

        in_a_village(script)

    def test_a_revoked_key_gives_no_orders_and_stays_revoked_after_a_reset(self):
        async def script(village):
            county = village.county
            await self.told(village, county.keys(subject=LIVE, revoked=True))
            await village.cut_power()
            await self.told(village, county.order("danger"))
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.count("not permitted: no such key slot"), 1)

        in_a_village(script)

    def test_what_a_revoked_key_ordered_and_nobody_heard_yet_is_dropped_and_told(self):
        async def script(village):
            county = village.county
            sounding = county.order("danger", template=1, repeats=3)
            waiting = county.order("notice", slot=TOWNSHIP, template=2)
            await self.told(village, sounding, waiting)
            await self.told(village, county.keys(subject=TOWNSHIP, revoked=True))
            await village.pass_s(30)
            self.assertEqual(county.fate(waiting)[-1], REVOKED)
            self.assertEqual(set(village.heard()), {"1"})

        in_a_village(script)

    def test_what_already_sounds_goes_on_until_a_cancel(self):
        async def script(village):
            county = village.county
            order = county.order("notice", slot=TOWNSHIP, repeats=3)
            await self.told(village, order)
            await self.told(village, county.keys(subject=TOWNSHIP, revoked=True))
            await village.pass_s(30)
            self.assertEqual(county.fate(order)[-1], PLAYED)

        in_a_village(script)

    def test_a_replaced_key_loses_its_waiting_orders_too(self):
        async def script(village):
            county = village.county
            waiting = county.order("notice", slot=TOWNSHIP, template=2)
            await self.told(village, county.order("danger", repeats=3), waiting)
            await self.told(village, county.keys(subject=TOWNSHIP, public_key=NEW_KEY))
            await village.pass_s(30)
            self.assertEqual(county.fate(waiting)[-1], REVOKED)

        in_a_village(script)

    def test_a_wider_key_withdraws_what_a_narrower_one_ordered(self):
        async def script(village):
            county = village.county
            order = county.order("notice", slot=TOWNSHIP, repeats=3)
            await self.told(village, order, county.cancel(order.order_id, slot=LIVE))
            self.assertEqual(county.fate(order)[-1], ("finished", "cancelled", "withdrawn"))

        in_a_village(script)

    def test_nobody_but_a_root_changes_keys(self):
        async def script(village):
            county, before = village.county, ring_of(village)
            by_live = county.keys(subject=DRILL, revoked=True, by=b"l" * 32)
            in_live_slot = county.keys(slot=LIVE, subject=DRILL, revoked=True, by=b"l" * 32)
            other = county.keys(subject=DRILL, revoked=True, by=b"s" * 32)
            await self.told(village, by_live, in_live_slot, other)
            self.assertEqual(ring_of(village), before)
            self.assertEqual(village.count("not signed by the county"), 2)
            self.assertEqual(village.count("only the root signs keys"), 1)

        in_a_village(script)

    def test_the_root_gives_no_orders(self):
        async def script(village):
            order = village.county.order("danger", slot=0)
            await self.told(village, order)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.count("no such key slot"), 1)

        in_a_village(script)

    def test_keys_played_back_change_nothing_and_are_told_once(self):
        async def script(village):
            county = village.county
            add, revoke = added(county), county.keys(subject=NEWEST, revoked=True)
            await self.told(village, add, revoke)
            after = ring_of(village)
            await village.cut_power()
            await self.told(village, add, revoke)
            self.assertEqual(ring_of(village), after)
            self.assertEqual((county.fate(add), county.fate(revoke)), ([VERIFIED], [VERIFIED]))

        in_a_village(script)

    def test_earlier_keys_that_were_held_back_are_refused_and_told(self):
        async def script(village):
            county = village.county
            add, revoke = added(county), county.keys(subject=NEWEST, revoked=True)
            await self.told(village, revoke, add)
            self.assertEqual(county.fate(add), [DOES_NOT_FIT])
            self.assertEqual(ring_of(village).version, 1)

        in_a_village(script)

    def test_an_image_slot_gives_no_orders_and_an_order_slot_no_image(self):
        async def script(village):
            county = village.county
            await self.told(village, added(county, uses=FOR_IMAGES))
            county.learn(NEWEST, NEW_KEY)
            await self.told(village, county.order("danger", slot=NEWEST))
            await self.told(village, county.image(slot=LIVE), county.image(slot=NEWEST))
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.count("this slot is for something else"), 2)
            self.assertEqual(village.count("not yet: this release takes no images"), 1)

        in_a_village(script)

    def test_boot_tells_how_many_keys_were_taken(self):
        async def script(village):
            self.assertEqual(village.county.said("Boot")[-1].keyring, 0)
            await self.told(village, village.county.keys(subject=TOWNSHIP, revoked=True))
            await village.pass_s(15)
            self.assertEqual(village.county.said("Boot")[-1].keyring, 1)
            await village.cut_power()
            self.assertEqual(village.county.said("Boot")[-1].keyring, 1)

        in_a_village(script)

    def test_boot_tells_the_highest_number_of_each_slot(self):
        async def script(village):
            county = village.county
            for seq in (70_112, 9):
                await self.told(village, county.order("danger", seq=seq))
            await self.told(village, county.keys(subject=DRILL, ranks=1, seq=5))
            await village.cut_power()
            expected = bytes((0, 0, 0, 5, LIVE)) + (70_112).to_bytes(3, "big")
            self.assertEqual(county.said("Boot")[-1].counters, expected)

        in_a_village(script)


class TestRoots(WithVillage):
    def test_the_next_root_takes_over_and_the_old_one_is_nobody(self):
        async def script(village):
            county = village.county
            old = county.keys(subject=DRILL, ranks=1)
            await self.told(village, old)
            await self.told(village, county.keys(subject=DRILL, revoked=True, by=ROOTS[1]))
            self.assertEqual(ring_of(village).roots, (ROOTS[1], b""))
            before = ring_of(village)
            await self.told(village, county.keys(subject=LIVE, revoked=True), old)
            self.assertEqual(ring_of(village), before)

        in_a_village(script)

    def test_a_thief_of_the_root_can_use_up_no_numbers_of_the_next(self):
        async def script(village):
            county = village.county
            for seq in range(0xFFFFFF - 66, 0xFFFFFF):
                village.tell(county.keys(subject=DRILL, ranks=1, seq=seq))
                await village.pass_s(5)
            rescue = county.keys(subject=DRILL, revoked=True, by=ROOTS[1], seq=3)
            await self.told(village, rescue)
            self.assertEqual(ring_of(village).roots, (ROOTS[1], b""))
            self.assertEqual(county.fate(rescue), [VERIFIED])
            again = county.keys(subject=DRILL, ranks=3, uses=2, by=ROOTS[1], seq=4)
            await self.told(village, again)
            self.assertEqual(ring_of(village).version, 66 + 2)

        in_a_village(script)


class TestEpochs(WithVillage):
    """A new epoch is ordered by the root; what was sealed before stays as it was."""

    def test_an_ordered_epoch_seals_what_is_new_and_leaves_what_waits(self):
        async def script(village):
            county = village.county
            county.acknowledges = False
            await village.press()
            await village.pass_s(1)
            await self.told(village, county.keys(epoch=3))
            await village.pass_s(15)
            self.assertEqual(county.names("Call")[0][0], 1)
            boot = county.said("Boot")[-1]
            self.assertEqual((county.names("Boot")[-1][0], boot.oldest_epoch), (3, 1))
            county.acknowledges = True
            await village.pass_s(200)
            self.assertEqual(county.said("Boot")[-1].oldest_epoch, 3)
            self.assertEqual(county.conflicts, [])

        in_a_village(script)

    def test_the_epoch_before_is_heard_until_the_first_frame_of_the_new_one(self):
        async def script(village):
            county = village.county
            village.tell(county.keys(epoch=2))
            county.tells_the_time = county.acknowledges = False
            await village.pass_s(3)
            order = county.order("danger", template=1)
            village.put(county.sealed(messages.Carry(order.frame), epoch=1))
            await village.pass_s(5)
            self.assertEqual(village.heard(), ["1"])
            village.put(county.sealed(messages.Carry(order.frame), epoch=2))
            await village.pass_s(1)
            later = county.order("danger", template=2)
            village.put(county.sealed(messages.Carry(later.frame), epoch=1))
            await village.pass_s(5)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_a_county_restored_from_a_copy_goes_on_one_epoch_ahead(self):
        async def script(village):
            county = village.county
            await village.pass_s(120)
            await village.cut_power()
            order = county.order("danger")
            village.put(county.sealed(messages.Carry(order.frame), epoch=2))
            await village.pass_s(5)
            self.assertEqual(village.heard(), ["1"])
            self.assertEqual(ring_of(village).epoch, 2)
            village.put(county.sealed(messages.Carry(county.order("danger").frame), epoch=4))
            await village.pass_s(5)
            self.assertEqual(ring_of(village).epoch, 2)

        in_a_village(script)


class TestPowerCuts(WithVillage):
    """The power fails before or after each write that Keys cost; nothing is half taken."""

    KEYS = {"subject": TOWNSHIP, "revoked": True, "epoch": 2}
    MOST_WRITES = 12

    def test_wherever_the_power_is_cut_the_keyring_is_the_old_or_the_new_one(self):
        reached = 0
        for number in range(1, self.MOST_WRITES):
            for fails in ("fails_before", "fails_after"):
                reached += self.cut_at(number, fails)
        self.assertGreaterEqual(reached, 2 * 4)  # two copies, the ledger, the report

    def cut_at(self, number, fails):
        """Return whether the power failed at all."""
        found = []

        async def script(village):
            await village.pass_s(20)
            before = ring_of(village)
            keys = village.county.keys(**self.KEYS)
            setattr(village.power, fails, (village.power.operations + number,))
            village.tell(keys)
            starts = len(village.boards)
            await village.pass_s(3)
            found.append(len(village.boards) > starts)
            self.assertIn(ring_of(village).version, (before.version, before.version + 1))
            village.power.fails_before = village.power.fails_after = ()
            await self.told(village, keys, keys)
            ring = ring_of(village)
            self.assertEqual((ring.version, ring.address), (1, BOX))
            self.assertEqual(ring.slots[TOWNSHIP - 1].uses, 0)
            self.assertGreaterEqual(ring.epoch, 2)
            self.assertIn(VERIFIED, village.county.fate(keys))
            await self.told(village, village.county.order("danger"))
            self.assertEqual(village.heard(), ["1"])
            self.assertEqual(village.county.conflicts, [])

        in_a_village(script)
        return found[0]


if __name__ == "__main__":
    unittest.main()
