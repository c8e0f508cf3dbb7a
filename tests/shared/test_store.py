import unittest

from drivers import records
from drivers.cells import FileCell
from drivers.errors import StoreFailed, StoreFull
from drivers.file_area import FileArea
from drivers.lines_file import JournalFile
from drivers.store import LogStore
from tests.fakes import MemoryArea
from tests.shared import scratch

BYTES = 320


class TapedArea(MemoryArea):
    """Flash that writes down what was done to it: (which area, where, data or None to erase)."""

    # It is erased in one step; flash of several blocks is in test_flash_store.py.

    def __init__(self, which, tape):
        super().__init__(BYTES)
        self._which = which
        self._tape = tape

    def program(self, at, data):
        super().program(at, data)
        self._tape.append((self._which, at, bytes(data)))

    def erase(self, at):
        super().erase(at)
        self._tape.append((self._which, 0, None))


def a_busy_day():
    """Yield what a Box does to its store: (key, value or None to remove)."""
    for day in range(15):
        yield b"mark", bytes((day,)) * 5
        yield b"slip" + bytes((day,)), b"call from the gate \xff\xff" + bytes((day,))
        if day > 1:
            yield b"slip" + bytes((day - 2,)), None
        yield b"fault", b"" if day % 2 else b"\xff" * 9


def contents(store):
    return list(store.items())


def opened(images):
    return LogStore(MemoryArea(BYTES, images[0]), MemoryArea(BYTES, images[1]))


class TestPowerCuts(unittest.TestCase):
    def setUp(self):
        """Live a busy day, keeping the tape and what the store held after each change."""
        self.tape = []
        self.changes = []  # (events on the tape so far, contents)
        store = LogStore(TapedArea(0, self.tape), TapedArea(1, self.tape))
        self.changes.append((0, []))
        for key, value in a_busy_day():
            if value is None:
                store.remove(key)
            else:
                store.put(key, value)
            self.changes.append((len(self.tape), contents(store)))

    def test_the_day_is_busy_enough(self):
        erased = sum(1 for event in self.tape if event[2] is None)
        self.assertGreaterEqual(erased, 4)

    def test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns(self):
        for event, before, after, images in self.moments():
            for torn in tears(event, images):
                self.check(torn, before, after, ("kept", "formatted"))

    def test_a_page_that_was_written_in_no_order_loses_nothing_either(self):
        for number, (event, before, after, images) in enumerate(self.moments()):
            for torn in scrambled(event, images, number):
                self.check(torn, before, after, ("kept", "formatted", "damaged"))

    def moments(self):
        """Yield (event, contents before, contents after, the two images before it)."""
        images = [bytearray(b"\xff" * BYTES), bytearray(b"\xff" * BYTES)]
        change = 0
        for done, event in enumerate(self.tape):
            while self.changes[change + 1][0] <= done:
                change += 1
            yield event, self.changes[change][1], self.changes[change + 1][1], images
            happen(event, images)

    def check(self, images, before, after, states):
        store = opened(images)
        found = contents(store)
        if found not in (before, after):
            self.fail("%r is neither %r nor %r" % (found, before, after))
        self.assertIn(store.state, states)
        if store.state == "formatted":
            self.assertEqual(before, [])
        areas = store._areas
        store.put(b"next", b"morning")
        again = LogStore(*areas)
        self.assertEqual(contents(again), sorted(found + [(b"next", b"morning")]))
        self.assertEqual(again.state, "kept")


def happen(event, images, count=None):
    """Do what the tape says to the images, or only its first count bytes."""
    which, at, data = event
    data = b"\xff" * BYTES if data is None else data
    data = data[:count] if count is not None else data
    images[which][at : at + len(data)] = data


def tears(event, images):
    """Yield the images as a power cut during this event may leave them."""
    for count in cuts(event):
        torn = [bytearray(image) for image in images]
        happen(event, torn, count)
        yield torn
    if event[2] is None:  # an erase may also have begun at the other end
        for count in cuts(event):
            torn = [bytearray(image) for image in images]
            torn[event[0]][BYTES - count :] = b"\xff" * count
            yield torn


def cuts(event):
    if event[2] is None:
        return range(0, BYTES + 1, 40)
    if len(event[2]) > 60:  # a copy under way: no record ends anywhere special
        return range(0, len(event[2]) + 1, 9)
    return range(len(event[2]) + 1)


def scrambled(event, images, seed):
    """Yield images where some bits of this event were programmed and others not yet."""
    which, at, data = event
    if data is None:
        return
    for _ in range(3):
        torn = [bytearray(image) for image in images]
        for i, byte in enumerate(data):
            seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            torn[which][at + i] = byte | (seed >> 16 & 0xFF)
        yield torn


class TestStore(unittest.TestCase):
    def setUp(self):
        self.areas = MemoryArea(BYTES), MemoryArea(BYTES)

    def test_a_new_box_begins_with_nothing(self):
        store = LogStore(*self.areas)
        self.assertEqual((store.state, contents(store), store.free_pct()), ("formatted", [], 100))
        self.assertIsNone(store.get(b"mark"))

    def test_what_was_put_is_found_after_a_restart_in_order_of_key(self):
        store = LogStore(*self.areas)
        for key in (b"b", b"c", b"a"):
            store.put(key, key * 3)
        store.remove(b"c")
        store.remove(b"never there")
        again = LogStore(*self.areas)
        self.assertEqual(again.state, "kept")
        self.assertEqual(contents(again), [(b"a", b"aaa"), (b"b", b"bbb")])
        self.assertEqual((again.get(b"a"), again.get(b"c")), (b"aaa", None))

    def test_putting_the_same_again_wears_no_flash(self):
        store = LogStore(*self.areas)
        store.put(b"mark", b"17")
        image = bytes(self.areas[0].image)
        store.put(b"mark", b"17")
        self.assertEqual(bytes(self.areas[0].image), image)

    def test_what_no_record_can_hold_is_refused(self):
        store = LogStore(*self.areas)
        for key, value in ((b"", b"1"), (b"k" * 17, b"1"), (b"k", b"1" * 513)):
            with self.assertRaises(ValueError):
                store.put(key, value)
        self.assertEqual(contents(store), [])

    def test_foreign_flash_is_formatted_when_it_is_first_written_and_not_before(self):
        foreign = MemoryArea(BYTES, b"somebody else's data" * 16)
        store = LogStore(foreign, MemoryArea(BYTES))
        self.assertEqual(store.state, "formatted")
        self.assertEqual(bytes(foreign.image[:8]), b"somebody")
        store.put(b"mark", b"1")
        self.assertEqual(contents(LogStore(*store._areas)), [(b"mark", b"1")])

    def test_a_full_store_says_so_and_changes_nothing(self):
        store = LogStore(*self.areas)
        kept = []
        with self.assertRaises(StoreFull):
            for number in range(100):
                store.put(b"slip" + bytes((number,)), bytes(20))
                kept.append((b"slip" + bytes((number,)), bytes(20)))
        self.assertGreater(len(kept), 5)
        self.assertLess(store.free_pct(), 15)
        self.assertEqual(contents(store), kept)
        self.assertEqual(contents(LogStore(*self.areas)), kept)

    def test_in_a_full_store_there_is_room_to_remove_and_then_to_put(self):
        store = LogStore(*self.areas)
        fill(store)
        for number in range(20):
            store.remove(contents(store)[0][0])
            store.put(b"new" + bytes((number,)), bytes(20))
        self.assertEqual(contents(LogStore(*self.areas)), contents(store))

    def test_the_index_is_bounded(self):
        store = LogStore(*self.areas, most_keys=3)
        for key in (b"a", b"b", b"c"):
            store.put(key, b"1")
        with self.assertRaises(StoreFull):
            store.put(b"d", b"1")
        store.put(b"a", b"2")
        store.remove(b"b")
        store.put(b"d", b"1")
        self.assertEqual([key for key, _ in contents(store)], [b"a", b"c", b"d"])


class TestDamage(unittest.TestCase):
    def setUp(self):
        self.areas = MemoryArea(BYTES), MemoryArea(BYTES)
        store = LogStore(*self.areas)
        self.known = []
        for number in range(6):
            self.known.append((bytes((65 + number,)), bytes((number,)) * 9))
            store.put(*self.known[-1])
        self.record_bytes = 5 + 1 + 9 + 5
        self.image = bytes(self.areas[0].image)

    def test_no_flipped_bit_is_ever_taken_for_a_value(self):
        for at in range(16 + 6 * self.record_bytes):
            for bit in range(8):
                store = self.opened_with(at, self.image[at] ^ 1 << bit)
                for item in contents(store):
                    self.assertIn(item, self.known)

    def test_a_damaged_record_is_told_and_all_before_it_are_kept(self):
        for number in range(6):
            begin = 16 + number * self.record_bytes
            end_mark = begin + self.record_bytes - 1
            # The last record without its end mark is a torn one, as after any power cut.
            for at in range(begin, end_mark + (number < 5)):
                store = self.opened_with(at, self.image[at] ^ 0x10)
                self.assertEqual(store.state, "damaged")
                self.assertEqual(contents(store), self.known[:number])

    def test_a_hole_in_the_middle_is_damage_and_not_the_end(self):
        image = bytearray(self.image)
        begin = 16 + 2 * self.record_bytes
        image[begin : begin + self.record_bytes] = b"\xff" * self.record_bytes
        store = LogStore(MemoryArea(BYTES, image), MemoryArea(BYTES))
        self.assertEqual((store.state, contents(store)), ("damaged", self.known[:2]))

    def test_a_record_that_claims_to_go_beyond_the_end_is_damage(self):
        area = MemoryArea(BYTES)
        records.write_header(area, 1)
        area.program(16, records.build(1, b"k", bytes(400))[:5])
        self.assertEqual(LogStore(area, MemoryArea(BYTES)).state, "damaged")

    def test_a_damaged_store_says_so_at_every_start_until_it_was_written(self):
        store = self.opened_with(40, 0x55)
        self.assertEqual(LogStore(*store._areas).state, "damaged")
        store.put(b"mark", b"1")
        again = LogStore(*store._areas)
        self.assertEqual(again.state, "kept")
        self.assertEqual(contents(again), [self.known[0], (b"mark", b"1")])

    def test_a_damaged_header_is_not_mistaken_for_blank_flash(self):
        for at in (5, 9, 13):
            store = self.opened_with(at, self.image[at] ^ 1)
            self.assertEqual((store.state, contents(store)), ("damaged", []))

    def test_records_of_an_older_copy_are_not_believed(self):
        area = MemoryArea(BYTES)
        records.write_header(area, 2)
        area.image[16:] = self.image[16:]  # records of generation 1
        store = LogStore(MemoryArea(BYTES), area)
        self.assertEqual((store.state, contents(store)), ("damaged", []))

    def test_an_old_copy_never_comes_back(self):
        store = LogStore(*self.areas)
        for number in range(40):
            store.put(b"mark", bytes((number,)) * 20)
        live = store._turn
        self.areas[live].image[9] ^= 1
        again = LogStore(*self.areas)
        self.assertEqual((again.state, contents(again)), ("damaged", []))

    def test_a_value_that_rots_while_the_box_runs_is_not_handed_out(self):
        store = LogStore(*self.areas)
        self.areas[0].image[16 + 8] ^= 1
        with self.assertRaises(StoreFailed):
            store.get(b"A")
        for number in range(20):
            store.put(b"mark", bytes((number,)) * 20)
        self.assertEqual(store.state, "damaged")
        self.assertEqual(contents(store)[:5], self.known[1:])

    def opened_with(self, at, byte):
        image = bytearray(self.image)
        image[at] = byte
        return LogStore(MemoryArea(BYTES, image), MemoryArea(BYTES))


class FailingArea(MemoryArea):
    """Flash that refuses, half-way, what is programmed while broken is set."""

    broken = False

    def program(self, at, data):
        if self.broken:
            super().program(at, data[: len(data) // 2])
            raise StoreFailed("the flash does not answer")
        super().program(at, data)


class TestFailingFlash(unittest.TestCase):
    def test_what_could_not_be_written_is_told_and_the_next_change_mends_it(self):
        areas = FailingArea(BYTES), FailingArea(BYTES)
        store = LogStore(*areas)
        store.put(b"a", b"1")
        areas[0].broken = areas[1].broken = True
        for change in (lambda: store.put(b"b", b"2"), lambda: store.remove(b"a")):
            with self.assertRaises(StoreFailed):
                change()
        self.assertEqual(contents(store), [(b"a", b"1")])
        areas[0].broken = areas[1].broken = False
        store.put(b"c", b"3")
        self.assertEqual(contents(store), [(b"a", b"1"), (b"c", b"3")])
        self.assertEqual(contents(LogStore(*areas)), contents(store))


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.make()
        self.path = self.folder + "/a"

    def tearDown(self):
        scratch.remove(self.folder)


class TestFileArea(InAFolder):
    def setUp(self):
        super().setUp()
        self.opened = []

    def tearDown(self):
        for area in self.opened:
            area.close()
        super().tearDown()

    def test_two_areas_share_a_file_and_are_there_after_a_restart(self):
        store = LogStore(*self.areas())
        store.put(b"mark", b"17")
        for number in range(100):
            store.put(b"slip", bytes((number,)) * 90)
        again = LogStore(*self.areas())
        self.assertEqual(contents(again), [(b"mark", b"17"), (b"slip", b"\x63" * 90)])
        self.assertEqual(again.state, "kept")
        self.assertEqual(len(scratch.read(self.path)), 2 * 5_000)

    def test_a_file_whose_making_was_cut_short_is_made_whole(self):
        scratch.write(self.path, b"\xff" * 17)
        self.assertEqual(self.areas()[1].read(0, 9_999), b"\xff" * 5_000)

    def test_a_file_that_cannot_be_made_is_named(self):
        for path in (self.folder + "/none/a", self.folder, "/dev/full"):
            with self.subTest(path=path):
                with self.assertRaises(OSError) as caught:
                    FileArea(path, 0, 5_000)
                self.assertIn(path, caught.exception.args[-1])

    def areas(self):
        areas = FileArea(self.path, 0, 5_000), FileArea(self.path, 5_000, 5_000)
        self.opened.extend(areas)
        return areas


class TestFileCell(InAFolder):
    def test_what_was_written_is_read_whole(self):
        FileCell(self.path).write(b"first")
        FileCell(self.path).write(b"2")
        self.assertEqual(FileCell(self.path).read(), b"2")

    def test_a_cell_nobody_wrote_cannot_be_read(self):
        with self.assertRaises(OSError):
            FileCell(self.path).read()

    def test_a_write_that_was_cut_short_leaves_the_old(self):
        FileCell(self.path).write(b"first")
        scratch.write(self.path + ".new", b"sec")
        self.assertEqual(FileCell(self.path).read(), b"first")
        FileCell(self.path).write(b"third")
        self.assertEqual(FileCell(self.path).read(), b"third")

    def test_a_cell_that_cannot_be_written_is_named(self):
        with self.assertRaises(StoreFailed) as caught:
            FileCell(self.folder + "/none/a").write(b"1")
        self.assertIn("/none/a", str(caught.exception))


class TestJournalFile(InAFolder):
    def test_lines_follow_one_another_across_restarts(self):
        JournalFile(self.path, 1_000).append("one")
        lines = JournalFile(self.path, 1_000)
        lines.append("two\nand a half")
        self.assertEqual(lines.last(), "two and a half")
        self.assertEqual(scratch.read(self.path), b"one\ntwo and a half\n")

    def test_a_new_journal_has_no_last_line(self):
        self.assertEqual(JournalFile(self.path, 1_000).last(), "")

    def test_it_never_outgrows_its_bounds_and_the_oldest_fall_off(self):
        lines = JournalFile(self.path, 200)
        for number in range(100):
            lines.append("line %d" % number)
            self.assertEqual(lines.last(), "line %d" % number)
        kept = scratch.read(self.path + ".old") + scratch.read(self.path)
        self.assertLessEqual(len(kept), 200)
        self.assertEqual(kept.split(b"\n")[-4:], [b"line 97", b"line 98", b"line 99", b""])

    def test_right_after_the_turn_the_last_line_is_still_known(self):
        scratch.write(self.path + ".old", b"one\ntwo\n")
        self.assertEqual(JournalFile(self.path, 200).last(), "two")

    def test_a_line_torn_by_a_power_cut_spoils_no_other(self):
        scratch.write(self.path, b"one\ntw")
        lines = JournalFile(self.path, 1_000)
        self.assertEqual(lines.last(), "one")
        lines.append("three")
        self.assertEqual(scratch.read(self.path), b"one\ntw\nthree\n")

    def test_a_disk_that_takes_nothing_loses_lines_and_stops_nobody(self):
        lines = JournalFile(self.folder + "/none/a", 1_000)
        lines.append("one")
        self.assertEqual((lines.lost, lines.last()), (1, ""))
        self.assertIn("/none/a", lines.trouble)

    def test_a_very_long_line_is_cut(self):
        lines = JournalFile(self.path, 100_000)
        lines.append("\u6d2a" * 9_999)
        self.assertEqual(lines.last(), "\u6d2a" * 400)


def fill(store):
    try:
        for number in range(1_000):
            store.put(b"slip" + bytes((number,)), bytes(20))
    except StoreFull:
        pass


if __name__ == "__main__":
    unittest.main()
