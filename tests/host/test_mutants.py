"""The mutants still fit the code they break: a refactoring takes them along."""

from pathlib import Path

import pytest

from tests.mutants.patches import MUTANTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_mutant_breaks_is_there_once_and_so_is_its_test(mutant):
    source = (ROOT / mutant.file).read_text()
    assert source.count(mutant.old) == 1
    file, *_, test = mutant.test.split("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text()


def test_no_two_mutants_have_the_same_name():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
