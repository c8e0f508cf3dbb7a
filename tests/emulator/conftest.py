"""A test on the chip may take its time: a slow machine is no failure."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
MOST_S = 900


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(MOST_S))
