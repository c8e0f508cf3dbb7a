import unittest

from drivers.errors import StoreFailed
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from firmware.keyring import Keyring
from protocol import ccm, keyring_file, messages
from tests.fakes import MemoryStore, NorFlash, PowerCut

UNIQUE_ID = b"a board!"
ROOTS = (bytes(32), b"\1" * 32)
SLOTS = tuple(keyring_file.Slot(n, bytes((n,)) * 32, 15, 7, 1, 9) for n in range(1, 9))
RING = keyring_file.Keyring(UNIQUE_ID, 4660, 1, b"realm...", bytes(range(32)), 3, 2, ROOTS, SLOTS)


def cell(flash, block=0):
    return FlashCell(FlashArea(flash, block, 1))


class TestFlashCell(unittest.TestCase):
    def setUp(self):
        self.flash = NorFlash(2)

    def test_what_was_written_is_read_whole_after_a_restart(self):
        for data in (b"first", b"2", b"", b"\xff" * 700, bytes(3_840)):
            cell(self.flash).write(data)
            self.assertEqual(cell(self.flash).read(), data)

    def test_a_cell_nobody_wrote_cannot_be_read(self):
        with self.assertRaises(OSError):
            cell(self.flash).read()

    def test_what_does_not_fit_is_refused_and_the_old_stays(self):
        cell(self.flash).write(b"first")
        with self.assertRaises(ValueError):
            cell(self.flash).write(bytes(3_841))
        self.assertEqual(cell(self.flash).read(), b"first")

    def test_no_flipped_bit_is_taken_for_the_content(self):
        cell(self.flash).write(b"first")
        for at in list(range(12)) + list(range(256, 261)):
            for bit in range(8):
                self.flash.image[at] ^= 1 << bit
                with self.assertRaises(OSError):
                    cell(self.flash).read()
                self.flash.image[at] ^= 1 << bit

    def test_a_chip_that_does_not_answer_or_does_not_keep_is_told(self):
        self.flash.broken = True
        with self.assertRaises(StoreFailed):
            cell(self.flash).write(b"first")
        self.flash.broken = False
        self.flash.writeblocks = lambda block, data, offset: None
        with self.assertRaises(StoreFailed):
            cell(self.flash).write(b"first")

    def test_a_power_cut_leaves_the_old_or_nothing_or_the_new(self):
        for number in range(1, 6):
            for torn in (False, True):
                flash = self.written(number, torn)
                try:
                    self.assertIn(cell(flash).read(), (b"old" * 200, b"new" * 200))
                except OSError:
                    pass
                cell(flash).write(b"newest")
                self.assertEqual(cell(flash).read(), b"newest")

    def written(self, fails_at, torn):
        """Return flash on which the power failed while new took the place of old."""
        old = NorFlash(1)
        cell(old).write(b"old" * 200)
        flash = old.copy(fails_at, torn)
        try:
            cell(flash).write(b"new" * 200)
        except PowerCut:
            flash.on()
        return flash


class TestKeyringCells(unittest.TestCase):
    def setUp(self):
        self.flash = NorFlash(2)
        for block in (0, 1):
            cell(self.flash, block).write(keyring_file.write(RING))

    def start(self, flash, state="damaged"):
        return self.begin(flash, MemoryStore(state))

    def begin(self, flash, store):
        return Keyring((cell(flash, 0), cell(flash, 1)), store, ccm, UNIQUE_ID)

    def test_a_rise_of_the_epoch_is_in_both_copies(self):
        self.assertEqual(self.start(self.flash).epoch, 4)
        for block in (0, 1):
            self.assertEqual(keyring_file.read(cell(self.flash, block).read()).epoch, 4)

    def test_wherever_the_power_is_cut_the_box_still_knows_who_it_is(self):
        whole = self.flash.copy()
        self.start(whole)
        self.assertGreaterEqual(whole.operations, 6)
        for number in range(1, whole.operations + 1):
            for torn in (False, True):
                flash = self.flash.copy(number, torn)
                with self.assertRaises(PowerCut):
                    self.start(flash)
                flash.on()
                ring = self.start(flash)
                self.assertIn(ring.epoch, (4, 5))
                self.assertEqual((ring.address, ring.slots), (4660, SLOTS))

    def test_wherever_the_power_is_cut_while_keys_are_taken_the_file_is_the_old_or_the_new(self):
        """Afterwards both copies are the same again: the old one cannot come back later."""
        store = MemoryStore()
        self.begin(self.flash, store).next_seq()  # from now on the store knows this keyring
        whole = self.flash.copy()
        self.revoke(self.begin(whole, store))
        self.assertGreaterEqual(whole.operations, 6)
        for number in range(1, whole.operations + 1):
            for torn in (False, True):
                flash = self.flash.copy(number, torn)
                with self.assertRaises(PowerCut):
                    self.revoke(self.begin(flash, store))
                flash.on()
                found = self.begin(flash, store)
                self.assertIn(found.version, (2, 3))
                self.assertEqual(found.slot(1).uses, 1 if found.version == 2 else 0)
                copies = [keyring_file.read(cell(flash, block).read()) for block in (0, 1)]
                self.assertEqual(copies[0], copies[1])
                self.revoke(found)
                self.assertEqual(self.begin(flash, store).slot(1).uses, 0)

    def revoke(self, ring):
        keys = messages.make("Keys", slot=0, issued=1, subject=1, revoked=True)
        ring.adopt(ring.rekeyed(77, keys, False))


if __name__ == "__main__":
    unittest.main()
