"""`make powercut`, for a few records: its judge sees, and finds nothing to complain of."""

import pytest

from tests.powercut.box import Box
from tests.powercut.faults import PLANTED
from tests.powercut.run import Run

RECORDS = 40


@pytest.mark.parametrize("fault", PLANTED)
def test_the_judge_catches_what_was_planted(fault):
    assert Run(fault, RECORDS).is_caught()


def test_wherever_the_power_is_cut_no_promise_is_broken():
    run = Run(Box, RECORDS)
    run.measured()
    assert run.cut_points > 3 * RECORDS
    assert not run.broken
