import unittest

from firmware.authority import Unfit
from firmware.rekeying import rekeyed
from protocol import messages
from protocol.keyring_file import (
    FOR_DRILLS,
    FOR_IMAGES,
    FOR_ORDERS,
    FOR_SETTINGS,
    TO_ONE,
    Keyring,
    Slot,
    changed,
)

ROOT, NEXT, NEW = b"r" * 32, b"n" * 32, b"k" * 32
LIVE = Slot(1, b"l" * 32, 15, 7, FOR_ORDERS, 0)
DRILL = Slot(2, b"d" * 32, 15, 7, FOR_DRILLS, 0)
RING = Keyring(b"8 bytes.", 4660, 1, b"realm...", bytes(32), 5, 0, (ROOT, NEXT), (LIVE, DRILL))
WHOLE = {"public_key": NEW, "ranks": 3, "targets": TO_ONE, "uses": FOR_ORDERS}


def keys(subject=None, **fields):
    return messages.make("Keys", slot=0, issued=1, subject=subject, **fields)


def with_slot(number, **changes):
    fields = dict(WHOLE)
    fields.update(changes)
    return keys(number, **fields)


class TestRekeying(unittest.TestCase):
    """Keys, signed by slot 0: public keys, scopes, epochs, revocations."""

    def after(self, message, seq=9, ring=RING, by_next=False):
        return rekeyed(ring, seq, message, by_next)

    def unfit(self, message, seq=9, ring=RING, by_next=False):
        with self.assertRaises(Unfit):
            rekeyed(ring, seq, message, by_next)

    def test_a_slot_is_added_with_its_scope_and_counted(self):
        after = self.after(with_slot(3))
        self.assertEqual(after.slots, (LIVE, DRILL, Slot(3, NEW, 3, TO_ONE, FOR_ORDERS, 9)))
        self.assertEqual(after.version, 1)

    def test_what_is_left_out_stays_as_it_was(self):
        after = self.after(keys(1, ranks=1))
        self.assertEqual(after.slots[0], Slot(1, LIVE.public_key, 1, 7, FOR_ORDERS, 9))
        after = self.after(keys(1, public_key=NEW))
        self.assertEqual(after.slots[0], Slot(1, NEW, 15, 7, FOR_ORDERS, 9))

    def test_a_new_slot_needs_all_that_makes_one(self):
        for missing in WHOLE:
            self.unfit(with_slot(3, **{missing: None}))

    def test_a_revoked_slot_stays_without_uses(self):
        after = self.after(keys(1, revoked=True))
        self.assertEqual(after.slots[0], Slot(1, LIVE.public_key, 15, 7, 0, 9))

    def test_earlier_keys_cannot_bring_a_revoked_slot_back(self):
        revoked = self.after(keys(1, revoked=True))
        self.unfit(keys(1, public_key=NEW, uses=FOR_ORDERS), seq=8, ring=revoked)
        never_added = self.after(keys(7, revoked=True))
        self.unfit(with_slot(7), seq=8, ring=never_added)

    def test_of_two_keys_about_a_slot_the_later_number_wins_in_any_order(self):
        earlier, later = with_slot(3), with_slot(3, ranks=1)
        in_turn = self.after(later, 10, self.after(earlier))
        self.unfit(earlier, ring=self.after(later, 10))
        self.assertEqual(in_turn.slots[2].ranks, 1)
        other = self.after(with_slot(4, public_key=b"4" * 32), 9, self.after(later, 10))
        self.assertEqual(len(other.slots), 4)

    def test_the_same_keys_once_more_change_and_count_nothing(self):
        for message in (with_slot(3), keys(1, revoked=True), keys(0, public_key=NEXT)):
            once = self.after(message)
            self.assertEqual(self.after(message, ring=once), once)

    def test_a_revoked_number_may_get_a_new_key(self):
        revoked = self.after(keys(1, revoked=True))
        after = self.after(with_slot(1), 10, revoked)
        self.assertEqual(after.slots[0], Slot(1, NEW, 3, TO_ONE, FOR_ORDERS, 10))
        self.assertEqual(after.version, 2)

    def test_there_is_room_for_eight_and_a_ninth_is_refused(self):
        ring = RING
        for number in range(3, 9):
            ring = self.after(with_slot(number, public_key=bytes((number,)) * 32), ring=ring)
        self.assertEqual(len(ring.slots), 8)
        self.unfit(with_slot(9), ring=ring)
        self.assertEqual(len(self.after(keys(8, ranks=1), 10, ring).slots), 8)

    def test_a_live_key_gives_no_drills_and_an_image_key_no_orders(self):
        for uses in (
            FOR_ORDERS | FOR_DRILLS,
            FOR_ORDERS | FOR_IMAGES,
            FOR_DRILLS | FOR_IMAGES,
            0,
        ):
            self.unfit(with_slot(3, uses=uses))
        for uses in (FOR_ORDERS | FOR_SETTINGS, FOR_DRILLS, FOR_SETTINGS, FOR_IMAGES):
            self.assertEqual(self.after(with_slot(3, uses=uses)).slots[2].uses, uses)

    def test_one_key_is_never_in_two_slots(self):
        for taken in (LIVE.public_key, ROOT, NEXT):
            self.unfit(with_slot(3, public_key=taken))

    def test_keys_that_say_nothing_are_refused(self):
        self.unfit(keys())


class TestEpoch(unittest.TestCase):
    def after(self, epoch):
        return rekeyed(RING, 9, keys(epoch=epoch), False)

    def test_an_ordered_epoch_is_gone_to(self):
        self.assertEqual((self.after(6).epoch, self.after(6).version), (6, 1))
        self.assertEqual(self.after(13).epoch, 13)

    def test_an_epoch_that_is_over_is_not_gone_back_to(self):
        for epoch in (0, 4, 5):
            self.assertEqual(self.after(epoch), RING)

    def test_no_further_than_the_county_looks(self):
        with self.assertRaises(Unfit):
            self.after(14)


class TestRoots(unittest.TestCase):
    """Two roots, the present one and the next: what the next one signs makes it the present."""

    def test_the_next_root_takes_over_with_what_it_signs_first(self):
        used = changed(RING, slots=(changed_seq(LIVE, 700), DRILL))
        after = rekeyed(used, 9, keys(2, revoked=True), True)
        self.assertEqual(after.roots, (NEXT, b""))
        self.assertEqual([slot.seq for slot in after.slots], [0, 9])
        self.assertEqual(after.slots[1].uses, 0)

    def test_it_may_name_its_successor_in_the_same_keys(self):
        after = rekeyed(RING, 9, keys(0, public_key=NEW), True)
        self.assertEqual(after.roots, (NEXT, NEW))

    def test_who_holds_the_present_root_cannot_push_the_next_aside(self):
        with self.assertRaises(Unfit):
            rekeyed(RING, 9, keys(0, public_key=NEW), False)

    def test_an_empty_place_is_filled(self):
        alone = changed(RING, roots=(ROOT, b""))
        self.assertEqual(rekeyed(alone, 9, keys(0, public_key=NEW), False).roots, (ROOT, NEW))

    def test_a_root_is_a_key_and_nothing_else(self):
        alone = changed(RING, roots=(ROOT, b""))
        for more in ({"ranks": 1}, {"targets": 1}, {"uses": 1}, {"revoked": True}):
            with self.assertRaises(Unfit):
                rekeyed(alone, 9, keys(0, public_key=NEW, **more), False)
        for key in (None, ROOT):
            with self.assertRaises(Unfit):
                rekeyed(alone, 9, keys(0, public_key=key), False)

    def test_the_realm_stays_the_first_roots(self):
        self.assertEqual(rekeyed(RING, 9, keys(0, public_key=NEW), True).realm, RING.realm)


def changed_seq(slot, seq):
    return Slot(*(list(slot[:5]) + [seq]))


if __name__ == "__main__":
    unittest.main()
