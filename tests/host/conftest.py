"""What all share: hypothesis without a stopwatch (machines are busy), a county, its own table."""

import pytest
from hypothesis import settings

from host_tools.text import known
from tests.host.gateway_county import County
from tests.shared.text_table import by_hand

settings.register_profile("village", deadline=None)
settings.load_profile("village")


@pytest.fixture
def county(tmp_path):
    """A county with its database, and no Box in it yet."""
    with County(tmp_path) as county:
        yield county


@pytest.fixture
def own_table(tmp_path, monkeypatch):
    """A county's own small table of Chinese, generation 3; return its texts' first byte."""
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "zh.table").write_bytes(by_hand(0x13))
    monkeypatch.setenv(known.OWN, str(folder))
    forget_tables()
    yield 0x13
    monkeypatch.undo()
    forget_tables()


def forget_tables():
    """Look for the tables anew when they are asked for next."""
    for cached in (known.tables, known._encoder):
        cached.cache_clear()
