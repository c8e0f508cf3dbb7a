import binascii
import hashlib
import unittest

from firmware.journal import Journal
from tests.fakes import ListLines


class FixedTime:
    def minute(self):
        return 800_000


def is_unbroken(lines):
    """Judge the chain as an auditor would, from the lines alone."""
    link = "0" * 16
    for number, line in enumerate(lines, 1):
        text, found = line.rsplit(":", 1)
        digest = hashlib.sha256((link + text).encode()).digest()
        link = str(binascii.hexlify(digest[:8]), "utf-8")
        if found != link or not text.endswith(" #%d" % number):
            return False
    return True


class TestJournal(unittest.TestCase):
    def written(self, *notes, lines=None):
        lines = lines or ListLines()
        journal = Journal(lines)
        journal.stamped_by(FixedTime())
        for what in notes:
            journal.note("ip", what)
        return lines

    def text(self, what):
        return self.written(what).lines[0].rsplit(" #", 1)[0]

    def test_a_line_says_when_who_and_what(self):
        self.assertEqual(self.text("refused: seen before"), "800000 ip: refused: seen before")

    def test_before_the_time_is_known_it_says_so(self):
        lines = ListLines()
        Journal(lines).note("safe mode", "no keyring")
        self.assertEqual(lines.lines[0].rsplit(" #", 1)[0], "- safe mode: no keyring")

    def test_an_exception_is_its_sentence(self):
        self.assertEqual(self.text(ValueError("truncated")), "800000 ip: truncated")

    def test_every_line_is_chained_to_the_one_before(self):
        self.assertTrue(is_unbroken(self.written("a", "b", "c").lines))

    def test_the_chain_goes_on_after_a_restart(self):
        lines = self.written("a", "b")
        self.written("c", "d", lines=lines)
        self.assertEqual(len(lines.lines), 4)
        self.assertTrue(is_unbroken(lines.lines))

    def test_a_line_taken_out_or_changed_shows(self):
        lines = self.written("a", "b", "c").lines
        self.assertFalse(is_unbroken([lines[0], lines[2]]))
        self.assertFalse(is_unbroken([lines[0], lines[1].replace("b", "x"), lines[2]]))

    def test_after_a_line_torn_by_a_power_cut_a_new_chain_begins(self):
        lines = self.written("a")
        lines.lines.append("800000 ip: half a li")
        self.written("b", lines=lines)
        self.assertTrue(is_unbroken(lines.lines[2:]))

    def test_what_strangers_sent_cannot_forge_a_line(self):
        sly = "x\n800000 announcer: played #00000000\r\x1b[2J\x7f\x9b1m\u2028\u202e"
        line = self.written(sly).lines[0]
        self.assertEqual(len(line.splitlines()), 1)
        self.assertEqual(line.count("#"), 1)
        for character in line:
            self.assertTrue(" " <= character <= "~", repr(character))

    def test_no_line_is_longer_than_a_screen(self):
        self.assertLess(len(self.written("x" * 10_000).lines[0]), 240)


if __name__ == "__main__":
    unittest.main()
