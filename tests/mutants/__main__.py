"""`python -m tests.mutants [NAME…]`: exit 0 only if every mutant is killed by its test."""

import sys

from tests.mutants import bench
from tests.mutants.patches import MUTANTS, Mutant


def chosen(names: list[str]) -> list[Mutant]:
    """Return the mutants with these names, or parts of their names; all when none is given."""
    found = [m for m in MUTANTS if not names or any(name in m.name for name in names)]
    if not found:
        known = "\n  ".join(mutant.name for mutant in MUTANTS)
        sys.exit(f"no mutant has such a name; there are\n  {known}")
    return found


if __name__ == "__main__":
    sys.exit(bench.run(chosen(sys.argv[1:])))
