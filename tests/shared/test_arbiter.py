import unittest

from firmware.arbiter import Turn, cuts_in, first, last
from protocol.schema import RANK


def turn(name, rank, drill=False, arrival=1):
    return Turn(name, rank, drill, arrival, None)


NOTICE = turn("market", "notice", arrival=1)
DANGER = turn("flood", "danger", arrival=2)
DANGER_DRILL = turn("flood drill", "danger", drill=True, arrival=3)
ROUTINE = turn("radio", "routine", arrival=4)


class TestArbiter(unittest.TestCase):
    def test_nothing_waiting_is_nobodys_turn(self):
        self.assertIsNone(first([]))

    def test_the_highest_rank_sounds_first(self):
        self.assertIs(first([NOTICE, ROUTINE, DANGER]), DANGER)

    def test_among_equals_who_came_first_sounds_first(self):
        earlier, later = turn("a", "warning", arrival=1), turn("b", "warning", arrival=2)
        self.assertIs(first([later, earlier]), earlier)

    def test_anything_live_sounds_before_any_drill(self):
        self.assertIs(first([DANGER_DRILL, ROUTINE]), ROUTINE)

    def test_a_drill_gives_up_its_place_before_anything_live(self):
        self.assertIs(last([DANGER_DRILL, ROUTINE, DANGER]), DANGER_DRILL)

    def test_the_lowest_rank_that_came_last_gives_up_its_place(self):
        later = turn("b", "routine", arrival=5)
        self.assertIs(last([later, DANGER, ROUTINE, NOTICE]), later)

    def test_only_a_higher_rank_cuts_in(self):
        for i, on_air in enumerate(RANK):
            for j, offered in enumerate(RANK):
                with self.subTest(on_air=on_air, offered=offered):
                    cuts = cuts_in(turn("a", on_air), turn("b", offered, arrival=2))
                    self.assertEqual(cuts, j > i)

    def test_a_drill_yields_to_the_lowest_live_rank(self):
        self.assertTrue(cuts_in(DANGER_DRILL, ROUTINE))

    def test_a_drill_of_danger_does_not_cut_into_a_live_notice(self):
        self.assertFalse(cuts_in(ROUTINE, DANGER_DRILL))


if __name__ == "__main__":
    unittest.main()
