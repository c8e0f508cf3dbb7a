import unittest

from drivers.cells import FileCell
from drivers.errors import StoreFailed
from drivers.file_area import FileArea
from drivers.lines_file import JournalFile
from drivers.ring_store import RingStore
from tests.shared import scratch


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

    def test_what_a_store_keeps_in_a_file_is_there_after_a_restart(self):
        store = RingStore(self.area(), b"S")
        store.put(b"mark", b"17")
        for number in range(100):
            store.put(b"Slip", bytes((number,)) * 90)
        again = RingStore(self.area(), b"S")
        self.assertEqual(list(again.items()), [(b"Slip", b"\x63" * 90), (b"mark", b"17")])
        self.assertEqual(again.state, "kept")
        self.assertEqual(len(scratch.read(self.path)), 8_192)

    def test_a_sector_is_erased_alone(self):
        area = self.area()
        area.program(1_014, b"before")
        area.program(2_040, bytes(200))
        area.erase(1_024)
        self.assertEqual(area.read(1_014, 1_044), b"before" + b"\xff" * 1_028 + bytes(10))

    def test_a_file_whose_making_was_cut_short_is_made_whole(self):
        scratch.write(self.path, b"\xff" * 17)
        self.assertEqual(self.area().read(0, 9_999), b"\xff" * 8_192)

    def test_a_file_that_cannot_be_made_is_named(self):
        for path in (self.folder + "/none/a", self.folder, "/dev/full"):
            with self.subTest(path=path):
                with self.assertRaises(OSError) as caught:
                    FileArea(path, 8_192, 1_024)
                self.assertIn(path, caught.exception.args[-1])

    def area(self):
        self.opened.append(FileArea(self.path, 8_192, 1_024))
        return self.opened[-1]


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


if __name__ == "__main__":
    unittest.main()
