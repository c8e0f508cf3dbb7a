import unittest

from tests.shared import vectors_file
from tests.shared.bare_judge import bare_judge, told_of


class TestCorpus(unittest.TestCase):
    def test_every_way_through_the_decoders_ends_alike_on_both_interpreters(self):
        """tests/fuzz/corpus.txt has bytes that a search found, and what CPython says of them."""
        files = [vectors_file.FILE, vectors_file.CORPUS]
        if not all([vectors_file.is_there(file) for file in files]):
            return
        judge, replayed = bare_judge(), 0
        for line in vectors_file.lines_of(vectors_file.CORPUS):
            story, _, said = line.rstrip().partition(" ")
            with self.subTest(story=story):
                self.assertEqual(told_of(judge, bytes.fromhex(story)), said)
            replayed += 1
        self.assertGreater(replayed, 100)


if __name__ == "__main__":
    unittest.main()
