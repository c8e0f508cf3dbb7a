"""The tables that lie in a Box's flash are the ones that would be computed."""

import pytest

from boards.rp2 import base25519
from host_tools import print_constants
from tests.shared import school25519 as school

P = school.P


@pytest.mark.parametrize("path", print_constants.PRINTED)
def test_the_printed_tables_are_fresh(path):
    printed = print_constants.PRINTED[path]()
    assert (print_constants.ROOT / path).read_text() == printed, "stale: run `make constants`"


@pytest.mark.parametrize(
    ("multiples", "times"),
    [(base25519.MULTIPLES_OF_BASE, 1), (base25519.MULTIPLES_OF_HIGH_BASE, 2**128)],
)
def test_the_multiples_of_the_base_are_what_school_says(multiples, times):
    assert len(multiples) == 8
    for place, addend in enumerate(multiples):
        assert len(addend) == 4 * 32
        x, y = school.times((2 * place + 1) * times, school.BASE)
        minus, plus, twice_dt, twice_z = (
            int.from_bytes(addend[at : at + 32], "little") for at in range(0, 128, 32)
        )
        z = twice_z * pow(2, P - 2, P)
        assert (plus - minus - 2 * x * z) % P == 0
        assert (plus + minus - 2 * y * z) % P == 0
        assert (twice_dt - 2 * school.D * x * y * z) % P == 0
