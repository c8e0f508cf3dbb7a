import unittest

from drivers.errors import StoreFull
from firmware.ledger import ADMITTED, REPORTING, Ledger
from tests.fakes import MemoryStore

SLOT, OTHER_SLOT = 1, 2


def order_id(seq, slot=SLOT):
    return bytes((slot,)) + seq.to_bytes(3, "big")


class TestLedger(unittest.TestCase):
    def setUp(self):
        self.store = MemoryStore()
        self.ledger = Ledger(self.store)

    def after_a_power_cut(self):
        return Ledger(self.store)

    def finish(self, *seqs):
        for seq in seqs:
            self.ledger.admit(order_id(seq), b"body")
            self.ledger.close(order_id(seq))

    def test_an_order_nobody_heard_of_is_not_known(self):
        self.assertFalse(self.ledger.known(order_id(5)))
        self.assertIsNone(self.ledger.entry(order_id(5)))
        self.assertFalse(self.ledger.over(order_id(5)))

    def test_an_admitted_order_is_known_and_not_over(self):
        self.ledger.admit(order_id(5), b"body")
        for ledger in (self.ledger, self.after_a_power_cut()):
            self.assertTrue(ledger.known(order_id(5)))
            self.assertFalse(ledger.over(order_id(5)))
            self.assertEqual(ledger.unfinished(), [(order_id(5), (ADMITTED, 0, b"body"))])

    def test_every_try_is_on_flash_before_it_sounds(self):
        self.ledger.admit(order_id(5), b"body")
        for tries in (1, 2, 3):
            self.ledger.begin(order_id(5))
            entry = self.after_a_power_cut().entry(order_id(5))
            self.assertEqual(entry, (ADMITTED, tries, b"body"))

    def test_what_ended_waits_for_its_report_with_the_report(self):
        self.ledger.admit(order_id(5), b"body")
        self.ledger.begin(order_id(5))
        self.ledger.report(order_id(5), b"played")
        found = self.after_a_power_cut()
        self.assertEqual(found.unfinished(), [(order_id(5), (REPORTING, 1, b"played"))])
        self.assertTrue(found.over(order_id(5)))

    def test_a_finished_order_is_known_for_ever_and_never_offered(self):
        self.finish(5)
        for ledger in (self.ledger, self.after_a_power_cut()):
            self.assertTrue(ledger.known(order_id(5)))
            self.assertTrue(ledger.over(order_id(5)))
            self.assertEqual(ledger.unfinished(), [])

    def test_what_was_cancelled_before_it_came_is_known(self):
        self.ledger.close(order_id(5))
        self.ledger.report(order_id(6), b"cancelled")
        for ledger in (self.ledger, self.after_a_power_cut()):
            self.assertTrue(ledger.known(order_id(5)))
            self.assertTrue(ledger.over(order_id(5)))
            self.assertTrue(ledger.over(order_id(6)))

    def test_unfinished_orders_come_in_order_of_their_numbers(self):
        for seq in (700, 3, 65_536, 4):
            self.ledger.admit(order_id(seq), b"")
        self.ledger.admit(order_id(1, OTHER_SLOT), b"")
        names = [name for name, _ in self.after_a_power_cut().unfinished()]
        expected = [order_id(seq) for seq in (3, 4, 700, 65_536)] + [order_id(1, OTHER_SLOT)]
        self.assertEqual(names, expected)

    def test_a_slot_remembers_64_orders_and_a_floor_below_them(self):
        self.finish(*range(10, 74))
        self.assertFalse(self.ledger.known(order_id(9)))
        self.finish(*range(74, 80))
        for ledger in (self.ledger, self.after_a_power_cut()):
            known = [seq for seq in range(100) if ledger.known(order_id(seq))]
            self.assertEqual(known, list(range(80)))

    def test_numbers_that_were_never_for_this_box_are_not_known(self):
        self.finish(*range(10, 80, 3))
        for ledger in (self.ledger, self.after_a_power_cut()):
            known = [seq for seq in range(100) if ledger.known(order_id(seq))]
            self.assertEqual(known, list(range(10, 80, 3)))

    def test_a_thousand_orders_take_no_more_room_than_65(self):
        self.finish(*range(1, 66))
        kept = list(self.store.items())
        self.finish(*range(66, 1_000))
        self.assertEqual([key for key, _ in kept], [key for key, _ in self.store.items()])
        self.assertEqual(len(kept[0][1]), len(self.store.get(kept[0][0])))

    def test_an_order_that_was_let_in_needs_no_more_room_to_be_closed(self):
        self.ledger.admit(order_id(5), b"body")
        self.ledger.report(order_id(5), b"played")
        room = {key: len(value) for key, value in self.store.items()}
        put = self.store.put

        def put_where_there_is_room(key, value):
            self.store.full = len(value) > room.get(key, -1)
            put(key, value)

        self.store.put = put_where_there_is_room
        self.ledger.close(order_id(5))
        self.assertEqual(self.after_a_power_cut().unfinished(), [])
        self.assertTrue(self.after_a_power_cut().over(order_id(5)))

    def test_the_power_may_go_between_closing_an_order_and_forgetting_its_report(self):
        self.ledger.report(order_id(5), b"played")
        self.store.remove = lambda key: None
        self.ledger.close(order_id(5))
        del self.store.remove
        found = self.after_a_power_cut()
        self.assertEqual(found.unfinished(), [(order_id(5), (REPORTING, 0, b"played"))])
        self.assertTrue(found.over(order_id(5)))
        found.close(order_id(5))
        self.assertEqual(self.after_a_power_cut().unfinished(), [])
        self.assertTrue(self.after_a_power_cut().over(order_id(5)))

    def test_the_floor_of_one_slot_says_nothing_of_another(self):
        self.finish(*range(10, 80))
        self.assertFalse(self.ledger.known(order_id(5, OTHER_SLOT)))

    def test_an_order_still_to_sound_never_falls_off(self):
        self.ledger.admit(order_id(1), b"old and long")
        self.finish(*range(10, 90))
        found = self.after_a_power_cut()
        self.assertEqual(found.unfinished(), [(order_id(1), (ADMITTED, 0, b"old and long"))])
        self.assertFalse(found.over(order_id(1)))

    def test_an_order_that_comes_when_the_floor_has_risen_past_it_is_over(self):
        self.finish(*range(10, 80))
        self.assertTrue(self.ledger.over(order_id(12)))

    def test_the_highest_number_of_each_slot_is_told(self):
        self.assertEqual(self.ledger.counters(), b"")
        self.finish(*range(10, 80))
        self.ledger.admit(order_id(7, OTHER_SLOT), b"")
        self.assertEqual(self.ledger.counters(), order_id(79) + order_id(7, OTHER_SLOT))

    def test_an_order_that_cannot_be_kept_was_not_taken(self):
        self.store.full = True
        with self.assertRaises(StoreFull):
            self.ledger.admit(order_id(5), b"body")
        self.assertFalse(self.ledger.known(order_id(5)))

    def test_an_order_that_ended_stays_ended_though_the_flash_takes_no_more(self):
        self.ledger.admit(order_id(5), b"body")
        self.store.full = True
        with self.assertRaises(StoreFull):
            self.ledger.report(order_id(5), b"played")
        self.assertTrue(self.ledger.over(order_id(5)))
        self.assertEqual(self.ledger.unfinished(), [(order_id(5), (REPORTING, 0, b"played"))])


if __name__ == "__main__":
    unittest.main()
