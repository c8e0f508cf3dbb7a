"""What a Verifier is given to reckon with, the plain and the board's own, against school."""

import unittest

from protocol.edwards25519 import BASE, ZERO
from protocol.steps import finished
from tests.shared import school25519 as school
from tests.shared.arithmetics import ARITHMETICS, field25519

P = school.P
EDGES = (0, 1, 18, 19, 38, P - 1, P, P + 1, 2**255 - 1, 2**256 - 39, 2**256 - 38, 2**256 - 1)
BROKEN_LIMBS = (0xFFFF << 240, 0xFFFF << 16, (2**256 - 1) // 0xFFFFFFFF * 0xFFFF)
SOME_NUMBERS = EDGES + BROKEN_LIMBS + tuple([pow(3, n * n + 200, 2**256) for n in range(9)])


class TestSquares(unittest.TestCase):
    def test_a_number_is_squared_as_often_as_said(self):
        for arithmetic in ARITHMETICS:
            for number in SOME_NUMBERS:
                for times in (1, 2, 50):
                    squared = arithmetic.squared(number, times)
                    self.assertEqual(squared % P, pow(number, 2**times, P), (number, times))


class TestSums(unittest.TestCase):
    def test_what_is_summed_is_what_school_says(self):
        digits = [-1, 0, 15, -15, 0, 7]
        scalar = sum([digit << place for place, digit in enumerate(digits)])
        for arithmetic in ARITHMETICS:
            multiples = finished(arithmetic.multiples_steps(BASE))
            terms = ((written(digits), multiples), (written(digits[1:] + [3]), multiples))
            point = arithmetic.summed(ZERO, terms, range(5, 2, -1))
            point = arithmetic.summed(point, terms, range(2, -1, -1))
            expected = school.times(scalar + (scalar + 1) // 2 + 3 * 32, school.BASE)
            self.assertEqual(school.of_factors(point), expected)

    def test_each_multiple_of_a_point_is_the_right_one_either_way(self):
        for arithmetic in ARITHMETICS:
            multiples = finished(arithmetic.multiples_steps(BASE))
            for digit in range(-15, 16, 2):
                point = arithmetic.summed(ZERO, ((written([digit]), multiples),), range(1))
                expected = school.times(digit, school.BASE)
                self.assertEqual(school.of_factors(point), expected, digit)

    def test_the_multiples_of_the_base_point_are_there_and_right(self):
        high = school.times(2**128, school.BASE)
        for arithmetic in ARITHMETICS:
            for multiples, of in zip(arithmetic.base_multiples(), (school.BASE, high)):
                for digit in range(-15, 16, 2):
                    point = arithmetic.summed(ZERO, ((written([digit]), multiples),), range(1))
                    self.assertEqual(school.of_factors(point), school.times(digit, of), digit)

    def test_points_of_small_order_and_the_neutral_one_are_points_as_any_other(self):
        for x, y in ((0, 1), (0, P - 1), (pow(2, (P - 1) // 4, P), 0)):
            for arithmetic in ARITHMETICS:
                multiples = finished(arithmetic.multiples_steps((x, 1, 1, y)))
                point = arithmetic.summed(BASE, ((written([5]), multiples),), range(1))
                expected = school.total(school.times(2, school.BASE), school.times(5, (x, y)))
                self.assertEqual(school.of_factors(point), expected)

    def test_one_sum_leaves_nothing_behind_for_the_next(self):
        for arithmetic in ARITHMETICS:
            of_base = finished(arithmetic.multiples_steps(BASE))
            begun = arithmetic.multiples_steps((0, 1, 1, P - 1))
            next(begun)
            first = arithmetic.summed(ZERO, ((written([1]), of_base),), range(1))
            finished(begun)
            arithmetic.squared(7, 3)
            again = arithmetic.summed(ZERO, ((written([1]), of_base),), range(1))
            self.assertEqual(first, again)
            self.assertEqual(school.of_factors(again), school.BASE)


if field25519:
    PROGRAMS = [field25519._program("c=a" + sign + "b") for sign in "*+-"]
    ALIASED = [field25519._program(formula) for formula in ("a=a+a", "a=a-a", "b=a+b")]


class TestRegisters(unittest.TestCase):
    """Of the chip alone: no limb and no carry is lost, whatever stands in a register."""

    def test_products_sums_and_differences_of_all_edges_are_right(self):
        if field25519 is None:
            return
        for one in SOME_NUMBERS:
            for other in SOME_NUMBERS:
                answers = [self.answer(program, "c", one, other) for program in PROGRAMS]
                expected = [one * other % P, (one + other) % P, (one - other) % P]
                self.assertEqual([answer % P for answer in answers], expected, (one, other))

    def test_a_register_may_be_added_to_itself(self):
        if field25519 is None:
            return
        for one in SOME_NUMBERS:
            doubled, nothing = [self.answer(program, "a", one, 7) for program in ALIASED[:2]]
            more = self.answer(ALIASED[2], "b", one, 7)
            self.assertEqual((doubled % P, nothing % P, more % P), (2 * one % P, 0, (one + 7) % P))

    def answer(self, program, result, one, other):
        """Return what stands in a register after one and other stood in a and b."""
        places = [32 * field25519._NAMES.index(name) for name in ("a", "b", result)]
        registers = bytearray(32 * len(field25519._NAMES))
        for place, number in zip(places, (one, other)):
            registers[place : place + 32] = number.to_bytes(32, "little")
        field25519._run(program, registers)
        return int.from_bytes(registers[places[2] : places[2] + 32], "little")


def written(digits):
    return bytes([digit % 32 for digit in digits])


if __name__ == "__main__":
    unittest.main()
