import unittest

from drivers import records
from drivers.errors import StoreFailed, StoreFull
from drivers.ring_store import RingStore
from tests.fakes import MemoryArea

SECTOR = 256
BYTES = 8 * SECTOR
FIRST = 24  # where the first record of a sector begins


class TapedArea(MemoryArea):
    """Flash that writes down what was done to it: (where, data or None to erase)."""

    def __init__(self, tape):
        super().__init__(BYTES, sector_bytes=SECTOR)
        self._tape = tape

    def program(self, at, data):
        super().program(at, data)
        self._tape.append((at, bytes(data)))

    def erase(self, at):
        super().erase(at)
        self._tape.append((at, None))


def a_busy_day():
    """Yield what a Box does to its store: (key, value or None to remove)."""
    for hour in range(28):
        yield b"mark", bytes((hour,)) * 5
        yield b"Slip" + bytes((hour,)), b"call from the gate \xff\xff" + bytes((hour,))
        if hour > 1:
            yield b"Slip" + bytes((hour - 2,)), None
        yield b"fault", b"" if hour % 2 else b"\xff" * 9
        if hour % 5 == 4:
            yield b"fault", None


def opened(image=None):
    return RingStore(area_of(image), b"S")


def area_of(image=None):
    return MemoryArea(BYTES, image, sector_bytes=SECTOR)


def contents(store):
    return list(store.items())


class TestPowerCuts(unittest.TestCase):
    def setUp(self):
        """Live a busy day, keeping the tape and what the store held after each change."""
        self.tape = []
        self.changes = []  # (events on the tape so far, contents)
        store = RingStore(TapedArea(self.tape), b"S")
        self.changes.append((0, []))
        for key, value in a_busy_day():
            if value is None:
                store.remove(key)
            else:
                store.put(key, value)
            self.changes.append((len(self.tape), contents(store)))

    def test_the_day_is_busy_enough(self):
        erased = sum(1 for event in self.tape if event[1] is None)
        self.assertGreaterEqual(erased, 4)

    def test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns(self):
        for event, before, after, image in self.moments():
            for torn in tears(event, image):
                self.check(torn, before, after, ("kept", "formatted"))

    def test_a_page_that_was_written_in_no_order_loses_nothing_either(self):
        for number, (event, before, after, image) in enumerate(self.moments()):
            for torn in scrambled(event, image, number):
                self.check(torn, before, after, ("kept", "formatted", "damaged"))

    def moments(self):
        """Yield (event, contents before, contents after, the image before it)."""
        image = bytearray(b"\xff" * BYTES)
        change = 0
        for done, event in enumerate(self.tape):
            while self.changes[change + 1][0] <= done:
                change += 1
            yield event, self.changes[change][1], self.changes[change + 1][1], image
            happen(event, image)

    def check(self, image, before, after, states):
        area = area_of(image)
        store = RingStore(area, b"S")
        found = contents(store)
        if found not in (before, after):
            self.fail("%r is neither %r nor %r" % (found, before, after))
        self.assertIn(store.state, states)
        if store.state == "formatted":
            self.assertEqual(before, [])
        for key, _ in found[:1]:
            store.remove(key)
        store.put(b"next", b"morning")
        again = RingStore(area, b"S")
        self.assertEqual(contents(again), sorted(found[1:] + [(b"next", b"morning")]))
        self.assertEqual(again.state, "kept")


def happen(event, image, count=None):
    """Do what the tape says to the image, or only its first count bytes."""
    at, data = event
    data = b"\xff" * SECTOR if data is None else data
    data = data[:count] if count is not None else data
    image[at : at + len(data)] = data


def tears(event, image):
    """Yield the image as a power cut during this event may leave it."""
    for count in cuts(event):
        torn = bytearray(image)
        happen(event, torn, count)
        yield torn
    at, data = event
    if data is None:  # an erase may also have begun at the other end
        for count in cuts(event):
            torn = bytearray(image)
            torn[at + SECTOR - count : at + SECTOR] = b"\xff" * count
            yield torn


def cuts(event):
    if event[1] is None:
        return range(0, SECTOR + 1, 32)
    if len(event[1]) > 60:  # records are copied: none ends anywhere special
        return range(0, len(event[1]) + 1, 9)
    return range(0, len(event[1]) + 1, 2)


def scrambled(event, image, seed):
    """Yield images where some bits of this event were programmed and others not yet."""
    at, data = event
    if data is None:
        return
    for _ in range(3):
        torn = bytearray(image)
        for i, byte in enumerate(data):
            seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            torn[at + i] = byte | (seed >> 16 & 0xFF)
        yield torn


class TestStore(unittest.TestCase):
    def setUp(self):
        self.area = area_of()

    def opened(self, **more):
        return RingStore(self.area, b"S", **more)

    def test_a_new_box_begins_with_nothing(self):
        store = self.opened()
        self.assertEqual((store.state, contents(store), store.free_pct()), ("formatted", [], 100))
        self.assertIsNone(store.get(b"mark"))

    def test_what_was_put_is_found_after_a_restart_in_order_of_key(self):
        store = self.opened()
        for key in (b"b", b"c", b"a"):
            store.put(key, key * 3)
        store.remove(b"c")
        store.remove(b"never there")
        again = self.opened()
        self.assertEqual(again.state, "kept")
        self.assertEqual(contents(again), [(b"a", b"aaa"), (b"b", b"bbb")])
        self.assertEqual((again.get(b"a"), again.get(b"c")), (b"aaa", None))

    def test_opening_writes_nothing_and_an_acknowledgement_is_one_byte(self):
        store = self.opened()
        store.put(b"Slip", b"help")
        image = bytes(self.area.image)
        self.opened().remove(b"Slip")
        changed = [at for at in range(BYTES) if image[at] != self.area.image[at]]
        self.assertEqual(changed, [FIRST + 5 + 4 + 4 + 5])
        self.assertEqual(contents(self.opened()), [])

    def test_putting_the_same_again_wears_no_flash(self):
        store = self.opened()
        store.put(b"mark", b"17")
        image = bytes(self.area.image)
        store.put(b"mark", b"17")
        self.assertEqual(bytes(self.area.image), image)

    def test_what_no_record_can_hold_is_refused(self):
        store = self.opened()
        for key, value in ((b"", b"1"), (b"k" * 17, b"1"), (b"k", b"1" * 105)):
            with self.assertRaises(ValueError):
                store.put(key, value)
        self.assertEqual(contents(store), [])

    def test_a_record_has_at_most_1024_bytes_where_sectors_are_long(self):
        area = MemoryArea(8 * 4_096, sector_bytes=4_096)
        store = RingStore(area, b"S")
        store.put(b"Slip", bytes(1_024))
        with self.assertRaises(ValueError):
            store.put(b"Slip", bytes(1_025))
        self.assertEqual(RingStore(area, b"S").get(b"Slip"), bytes(1_024))

    def test_foreign_flash_is_formatted_when_it_is_first_written_and_not_before(self):
        self.area = area_of(b"somebody else's data" * 102 + bytes(8))
        store = self.opened()
        self.assertEqual((store.state, store.untidy()), ("formatted", False))
        self.assertEqual(bytes(self.area.image[:8]), b"somebody")
        store.put(b"mark", b"1")
        self.assertEqual(contents(self.opened()), [(b"mark", b"1")])
        self.assertEqual(self.opened().state, "kept")

    def test_a_full_store_says_so_and_changes_nothing(self):
        store = self.opened()
        kept = []
        with self.assertRaises(StoreFull):
            for number in range(100):
                store.put(b"Slip" + bytes((number,)), bytes(20))
                kept.append((b"Slip" + bytes((number,)), bytes(20)))
        self.assertGreater(len(kept), 5)
        self.assertLess(store.free_pct(), 15)
        self.assertEqual(contents(store), kept)
        self.assertEqual(contents(self.opened()), kept)

    def test_in_a_full_store_there_is_room_to_remove_and_then_to_put(self):
        store = self.opened()
        fill(store)
        for number in range(40):
            store.remove(contents(store)[0][0])
            store.put(b"Snew" + bytes((number,)), bytes(19))
        self.assertEqual(contents(self.opened()), contents(store))

    def test_in_a_full_store_what_is_there_can_change_for_ever(self):
        store = self.opened()
        store.put(b"mark", bytes(20))
        fill(store)
        known = contents(store)[:-1]
        for number in range(100):
            store.put(b"mark", bytes((number,)) * 20)
            self.assertEqual(contents(store), known + [(b"mark", bytes((number,)) * 20)])
        self.assertEqual(contents(self.opened()), contents(store))

    def test_what_is_carried_along_leaves_room_for_a_record(self):
        store = self.opened()
        with self.assertRaises(StoreFull):
            for number in range(20):
                store.put(b"count" + bytes((number,)), bytes(9))
        fill(store)
        self.assertGreater(len(contents(store)), 4)
        for number in range(100):
            store.put(b"count\0", bytes((number,)) * 9)
        self.assertEqual(contents(self.opened()), contents(store))

    def test_every_sector_begins_with_all_that_is_carried_along(self):
        store = self.opened()
        for number in range(60):
            store.put(b"mark", bytes((number,)) * 5)
            store.put(b"Slip", bytes((number,)) * 30)
        for at in range(0, BYTES, SECTOR):
            if self.area.image[at : at + 4] == b"FSR1":
                first = bytes(self.area.image[at + FIRST : at + FIRST + 9])
                self.assertEqual(first[5:], b"mark")

    def test_the_index_is_bounded(self):
        store = self.opened(most_keys=3)
        for key in (b"a", b"b", b"c"):
            store.put(key, b"1")
        with self.assertRaises(StoreFull):
            store.put(b"d", b"1")
        store.put(b"a", b"2")
        store.remove(b"b")
        store.put(b"d", b"1")
        self.assertEqual([key for key, _ in contents(store)], [b"a", b"c", b"d"])


class TestResurrection(unittest.TestCase):
    """Of two records with one key the later counts, also when it is done."""

    def setUp(self):
        self.area = area_of()
        store = RingStore(self.area, b"S")
        store.put(b"Slip", b"first")
        self.first_done_at = FIRST + 5 + 4 + 5 + 5
        store.put(b"Slip", b"second")
        self.area.image[self.first_done_at] = 0xFF  # the power was cut before this byte

    def test_after_a_cut_between_the_new_and_the_end_of_the_old_the_new_counts(self):
        self.assertEqual(contents(RingStore(self.area, b"S")), [(b"Slip", b"second")])

    def test_the_old_does_not_come_back_when_the_new_is_removed(self):
        RingStore(self.area, b"S").remove(b"Slip")
        self.assertEqual(self.area.image[self.first_done_at], 0xFF)
        self.assertEqual(contents(RingStore(self.area, b"S")), [])

    def test_nor_in_all_the_rounds_to_come(self):
        store = RingStore(self.area, b"S")
        store.remove(b"Slip")
        for number in range(80):
            store.put(b"mark", bytes((number,)) * 20)
            self.assertEqual(len(contents(RingStore(self.area, b"S"))), 1)

    def test_a_done_record_whose_key_has_rotted_ends_no_other(self):
        area = area_of()
        store = RingStore(area, b"S")
        store.put(b"S4", b"kept")
        store.put(b"S5", b"gone")
        store.remove(b"S5")
        area.image[FIRST + 17 + 6] = ord("4")
        again = RingStore(area, b"S")
        self.assertEqual((again.state, contents(again)), ("damaged", [(b"S4", b"kept")]))


class TestDamage(unittest.TestCase):
    def setUp(self):
        self.area = area_of()
        store = RingStore(self.area, b"ABCDEF")
        self.known = []
        for number in range(6):
            self.known.append((bytes((65 + number,)), bytes((number,)) * 9))
            store.put(*self.known[-1])
        self.record_bytes = 5 + 1 + 9 + 6
        self.image = bytes(self.area.image)

    def opened_with(self, at, byte, image=None):
        self.area = area_of(image or self.image)
        self.area.image[at] = byte
        return RingStore(self.area, b"ABCDEF")

    def without(self, number):
        return self.known[:number] + self.known[number + 1 :]

    def test_no_flipped_bit_is_ever_taken_for_a_value(self):
        for at in range(FIRST + 6 * self.record_bytes):
            for bit in range(8):
                for item in contents(self.opened_with(at, self.image[at] ^ 1 << bit)):
                    self.assertIn(item, self.known)

    def test_a_damaged_record_is_told_and_costs_no_other(self):
        for number in range(6):
            begin = FIRST + number * self.record_bytes
            end_mark = begin + self.record_bytes - 2
            # The last record without its end mark is a torn one, as after any power cut.
            for at in range(begin, end_mark + (number < 5)):
                store = self.opened_with(at, self.image[at] ^ 0x10)
                self.assertEqual(store.state, "damaged")
                self.assertEqual(contents(store), self.without(number))

    def test_a_hole_in_the_middle_is_damage_and_not_the_end(self):
        image = bytearray(self.image)
        begin = FIRST + 2 * self.record_bytes
        image[begin : begin + self.record_bytes] = b"\xff" * self.record_bytes
        store = self.opened_with(0, image[0], image)
        self.assertEqual((store.state, contents(store)), ("damaged", self.without(2)))

    def test_a_record_that_claims_to_go_beyond_the_end_is_damage(self):
        begin = FIRST + 5 * self.record_bytes
        image = bytearray(self.image)
        image[begin : begin + 5] = records.build(1, b"k", bytes(200))[:5]
        store = self.opened_with(0, image[0], image)
        self.assertEqual((store.state, contents(store)), ("damaged", self.without(5)))

    def test_a_damaged_store_says_so_at_every_start_until_something_was_put(self):
        store = self.opened_with(60, 0x55)
        store.remove(b"F")
        self.assertEqual(RingStore(self.area, b"ABCDEF").state, "damaged")
        store = RingStore(self.area, b"ABCDEF")
        store.put(b"mark", b"1")
        again = RingStore(self.area, b"ABCDEF")
        self.assertEqual(again.state, "kept")
        self.assertEqual(contents(again), self.without(1)[:-1] + [(b"mark", b"1")])

    def test_damage_that_comes_later_is_told_again(self):
        store = self.opened_with(60, 0x55)
        store.put(b"mark", b"1")
        self.area.image[SECTOR + 60] ^= 1
        self.assertEqual(RingStore(self.area, b"ABCDEF").state, "damaged")

    def test_a_damaged_header_costs_no_record_and_is_not_mistaken_for_blank_flash(self):
        store = RingStore(self.area, b"ABCDEF")
        for number in range(8):
            store.put(b"mark", bytes((number,)) * 20)
        image = bytes(self.area.image)
        for header in range(0, image.count(b"FSR1") * SECTOR, SECTOR):
            for at in (1, 5, 9, 13, 17, 20):
                store = self.opened_with(header + at, image[header + at] ^ 1, image)
                self.assertEqual(store.state, "damaged")
                self.assertEqual(contents(store), self.known + [(b"mark", b"\7" * 20)])
                store.put(b"mark", b"next")
                again = RingStore(self.area, b"ABCDEF")
                self.assertEqual(again.state, "kept")
                self.assertEqual(contents(again), self.known + [(b"mark", b"next")])

    def test_where_the_only_header_is_damaged_the_store_begins_anew(self):
        for at in (5, 9, 17):
            store = self.opened_with(at, self.image[at] ^ 1)
            self.assertEqual((store.state, contents(store)), ("damaged", []))
            store.put(b"mark", b"1")
            self.assertEqual(contents(RingStore(self.area, b"ABCDEF")), [(b"mark", b"1")])

    def test_records_of_an_earlier_round_are_not_believed(self):
        store = RingStore(self.area, b"ABCDEF")
        store.remove(b"A")
        for number in range(40):
            store.put(b"mark", bytes((number,)) * 20)
        at = next(at for at in range(0, BYTES, SECTOR) if self.area.image[at] == ord("F"))
        self.area.image[at + FIRST : at + SECTOR] = self.image[FIRST:SECTOR]
        again = RingStore(self.area, b"ABCDEF")
        self.assertEqual(again.state, "damaged")
        self.assertNotIn(self.known[0], contents(again))

    def test_a_sector_that_became_zeros_costs_that_sector(self):
        area = area_of()
        store = RingStore(area, b"S")
        store.put(b"mark", b"17")
        for number in range(8):
            store.put(b"S" + bytes((number,)), bytes((number,)) * 20)
        kept = contents(store)
        area.image[:SECTOR] = bytes(SECTOR)
        again = RingStore(area, b"S")
        self.assertEqual(again.state, "damaged")
        self.assertEqual(contents(again), kept[6:])
        again.put(b"mark", b"18")
        self.assertEqual(RingStore(area, b"S").state, "kept")

    def test_a_value_that_rots_while_the_box_runs_is_not_handed_out(self):
        store = RingStore(self.area, b"ABCDEF")
        self.area.image[FIRST + 8] ^= 1
        with self.assertRaises(StoreFailed):
            store.get(b"A")
        for number in range(20):
            store.put(b"mark", bytes((number,)) * 20)
        self.assertEqual(store.state, "damaged")
        self.assertEqual(contents(store)[:5], self.known[1:])


class FailingArea(MemoryArea):
    """Flash that refuses, half-way, what is programmed while broken is set."""

    broken = False

    def program(self, at, data):
        if self.broken:
            super().program(at, data[: len(data) // 2])
            raise StoreFailed("the flash does not answer")
        super().program(at, data)


class TestFailingFlash(unittest.TestCase):
    def test_what_could_not_be_written_is_told_and_the_next_change_goes_on_elsewhere(self):
        area = FailingArea(BYTES, sector_bytes=SECTOR)
        store = RingStore(area, b"S")
        store.put(b"a", b"1")
        for _ in range(3):
            area.broken = True
            for change in (lambda: store.put(b"b", b"2"), lambda: store.remove(b"a")):
                with self.assertRaises(StoreFailed):
                    change()
            self.assertEqual(contents(store), [(b"a", b"1")])
        area.broken = False
        store.put(b"c", b"3")
        self.assertEqual(contents(store), [(b"a", b"1"), (b"c", b"3")])
        again = RingStore(area, b"S")
        self.assertEqual((again.state, contents(again)), ("kept", contents(store)))


def fill(store):
    try:
        for number in range(1_000):
            store.put(b"Slip" + bytes((number,)), bytes(20))
    except StoreFull:
        pass


if __name__ == "__main__":
    unittest.main()
