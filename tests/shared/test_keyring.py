import unittest

from firmware.keyring import Keyring
from firmware.keyring_copies import NoKeys
from protocol import ccm, frame, keyring_file, keys, messages, proof
from protocol.schema import DOWN, UP
from tests.fakes import MemoryCell, MemoryStore
from tests.village import BOX, DRILL, REALM, ROOTS, SLOTS, UNIQUE_ID

OTHER_BOARD = b"\xff" * 8
CALL_ROW = messages.row(UP, "Call")


def written(epoch=3, issue=1, unique_id=UNIQUE_ID, root=bytes(range(32)), version=0):
    ring = keyring_file.Keyring(unique_id, BOX, issue, REALM, root, epoch, version, ROOTS, SLOTS)
    return keyring_file.write(ring)


class WithCells(unittest.TestCase):
    def setUp(self):
        self.store = MemoryStore()
        self.cells = (MemoryCell(written()), MemoryCell(written()))

    def start(self):
        return Keyring(self.cells, self.store, ccm, UNIQUE_ID)

    def start_used(self):
        """Return a keyring whose store already knew it."""
        self.start().next_seq()
        return self.start()


class TestKeyring(WithCells):
    def test_a_box_knows_who_it_is_and_whom_it_believes(self):
        ring = self.start()
        self.assertEqual((ring.address, ring.realm, ring.slots), (BOX, REALM, SLOTS))
        self.assertEqual(ring.slot(DRILL), SLOTS[1])
        self.assertIsNone(ring.slot(99))

    def test_one_good_copy_is_enough(self):
        for damage in (None, b"", b"\0" * 100, written()[:-1]):
            for damaged in (0, 1):
                with self.subTest(damage=damage, damaged=damaged):
                    self.setUp()
                    self.cells[damaged].data = damage
                    self.assertEqual(self.start().address, BOX)

    def test_without_a_good_copy_there_are_no_keys(self):
        for a, b in ((None, None), (b"", written()[:-1])):
            self.cells = (MemoryCell(a), MemoryCell(b))
            with self.assertRaises(NoKeys):
                self.start()

    def test_the_keys_of_another_board_are_not_used(self):
        self.cells = (MemoryCell(written(unique_id=OTHER_BOARD)), MemoryCell(None))
        with self.assertRaises(NoKeys) as caught:
            self.start()
        self.assertIn("not provisioned", str(caught.exception))

    def test_after_a_torn_rise_of_the_epoch_the_higher_copy_counts(self):
        self.start_used()
        for a, b in ((5, 4), (4, 5)):
            self.cells = (MemoryCell(written(epoch=a)), MemoryCell(written(epoch=b)))
            self.assertEqual(self.start().epoch, 6)

    def test_after_a_torn_provisioning_the_newer_issue_counts_whatever_the_epochs(self):
        new_root = bytes(32)
        old, new = written(epoch=9), written(epoch=0, issue=2, root=new_root)
        self.cells = (MemoryCell(new), MemoryCell(old))
        header = self.start().header(CALL_ROW, True, 0, 1)
        sealed = self.start().sealed(header, 1, b"\x01")
        key = keys.traffic_key(new_root, 1, "up")
        self.assertEqual(proof.unseal(ccm, key, 1, REALM, header, sealed), b"\x01")


class TestEpoch(WithCells):
    def test_a_store_that_forgot_its_numbers_raises_the_epoch_in_both_copies(self):
        for state in ("formatted", "damaged"):
            with self.subTest(state=state):
                self.setUp()
                self.start_used()
                self.store.state = state
                self.assertEqual(self.start().epoch, 5)
                found = [keyring_file.read(cell.data).epoch for cell in self.cells]
                self.assertEqual(found, [5, 5])

    def test_a_store_from_another_box_raises_the_epoch(self):
        self.assertEqual(self.start().epoch, 4)

    def test_a_store_that_was_kept_keeps_the_epoch(self):
        self.assertEqual(self.start_used().epoch, 4)

    def test_numbers_begin_again_under_a_new_epoch(self):
        ring = self.start_used()
        self.store.state = "damaged"
        ring = self.start()
        self.assertEqual((ring.epoch, ring.next_seq()), (5, 0))

    def test_numbers_that_run_out_raise_the_epoch(self):
        self.start_used()
        mark = (4).to_bytes(2, "big") + (0xF00000).to_bytes(3, "big")
        self.store.put(b"Q", mark)
        ring = self.start()
        self.assertEqual((ring.epoch, ring.next_seq()), (4, 0xF00000))
        self.assertEqual((ring.next_seq(), ring.epoch), (0, 5))
        self.assertEqual(self.start().epoch, 5)

    def test_a_mark_of_an_epoch_that_is_over_says_nothing_of_the_one_that_followed(self):
        self.start_used()
        self.cells = (MemoryCell(written(epoch=5)), MemoryCell(written(epoch=5)))
        ring = self.start()
        self.assertEqual((ring.epoch, ring.next_seq()), (6, 0))
        self.assertEqual(self.start().epoch, 6)

    def test_a_box_that_is_given_back_a_store_it_had_before_uses_no_number_again(self):
        names, stores = [], (MemoryStore("formatted"), MemoryStore("formatted"))
        for turn in range(6):
            self.store = stores[turn % 2]
            ring = self.start()
            self.store.state = "kept"
            names += [(ring.epoch, ring.next_seq()) for _ in range(3)]
        self.assertEqual(len(set(names)), len(names))

    def test_an_old_copy_of_the_keyring_does_not_bring_back_an_old_epoch(self):
        self.start_used()
        self.cells = (MemoryCell(written(epoch=2)), MemoryCell(None))
        ring = self.start()
        self.assertEqual((ring.epoch, ring.next_seq()), (5, 0))

    def test_a_new_issue_on_a_used_store_begins_above_the_names_kept_there(self):
        self.start_used()
        new = written(epoch=0, issue=2, root=bytes(32))
        self.cells = (MemoryCell(new), MemoryCell(new))
        self.assertEqual(self.start().epoch, 5)


class TestNumbers(WithCells):
    def test_no_number_is_used_twice_over_resets(self):
        used = []
        for count in (1, 3, 8, 9, 0, 100, 2):
            ring = self.start()
            used += [ring.next_seq() for _ in range(count)]
        self.assertEqual(sorted(set(used)), used)

    def test_numbers_are_reserved_by_8_then_16_up_to_256(self):
        ring, marks = self.start(), []
        for _ in range(1_000):
            ring.next_seq()
            marks.append(int.from_bytes(self.store.get(b"Q")[2:], "big"))
        self.assertEqual(sorted(set(marks)), [8, 24, 56, 120, 248, 504, 760, 1016])

    def test_a_number_is_reserved_before_it_is_given(self):
        ring = self.start()
        for _ in range(50):
            seq = ring.next_seq()
            self.assertGreater(int.from_bytes(self.store.get(b"Q")[2:], "big"), seq)

    def test_a_reset_skips_what_was_reserved_and_begins_small_again(self):
        self.start().next_seq()
        ring = self.start()
        self.assertEqual(ring.next_seq(), 8)
        self.assertEqual(self.store.get(b"Q")[2:], (16).to_bytes(3, "big"))


class TestSealing(WithCells):
    def down_frame(self, epoch, body=b"\x43\0\0\1"):
        header = frame.Header(frame.SEALED, DOWN, 1, 0, False, BOX, 77)
        key = keys.traffic_key(bytes(range(32)), epoch, "down")
        return header, proof.seal(ccm, key, epoch, REALM, header, body)

    def test_the_same_message_is_sealed_into_the_same_bytes(self):
        ring = self.start()
        header = ring.header(CALL_ROW, True, 0, 12)
        first = ring.sealed(header, 4, b"\x01\x00\x20")
        for epoch in range(5, 20):  # more keys than are remembered
            ring.sealed(header, epoch, b"")
        self.assertEqual(self.start().sealed(header, 4, b"\x01\x00\x20"), first)
        self.assertEqual(ring.sealed(header, 4, b"\x01\x00\x20"), first)

    def test_what_the_county_sealed_is_read_and_its_epoch_told(self):
        header, protected = self.down_frame(3)
        found = self.start().unsealed(header, protected, [4, 3])
        self.assertEqual(found, (b"\x43\0\0\1", 3))

    def test_a_local_frame_has_a_key_of_its_own_both_ways(self):
        ring = self.start()
        up = frame.Header(frame.LOCAL, *ring.header(CALL_ROW, True, 0, 12)[1:])
        key = keys.traffic_key(bytes(range(32)), 3, "local-up")
        self.assertEqual(
            proof.unseal(ccm, key, 3, REALM, up, ring.sealed(up, 3, b"\1\0\x20")), b"\1\0\x20"
        )
        down = frame.Header(frame.LOCAL, DOWN, 1, 0, False, BOX, 77)
        key = keys.traffic_key(bytes(range(32)), 3, "local-down")
        protected = proof.seal(ccm, key, 3, REALM, down, b"\x43\0\0\1")
        self.assertEqual(ring.unsealed(down, protected, [4, 3]), (b"\x43\0\0\1", 3))
        with self.assertRaises(ccm.Forged):
            ring.unsealed(frame.Header(frame.SEALED, *down[1:]), protected, [4, 3])

    def test_an_epoch_not_asked_for_is_not_read(self):
        header, protected = self.down_frame(2)
        with self.assertRaises(ccm.Forged):
            self.start().unsealed(header, protected, [4, 3])

    def test_a_frame_changed_anywhere_is_not_read(self):
        header, protected = self.down_frame(4)
        for i in range(len(protected)):
            forged = bytearray(protected)
            forged[i] ^= 1
            with self.assertRaises(ccm.Forged):
                self.start().unsealed(header, bytes(forged), [4])


if __name__ == "__main__":
    unittest.main()
