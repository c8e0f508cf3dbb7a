"""Which tables a county writes texts by: those that every target told of, and only true ones."""

import httpx
import pytest

from host_tools.gateway_link import Link
from host_tools.problems import Problem
from host_tools.text import known, tables
from protocol import text as wire
from tests.host.conftest import forget_tables
from tests.shared.text_table import HAN, by_hand

FLOOD = "洪水，水"
BOXES = [
    {"address": 1, "groups": [0xF001], "text_tables": [0x10, 0x20]},
    {"address": 2, "groups": [0xF001, 0xF002], "text_tables": [0x10, 0x13]},
    {"address": 3, "groups": [0xF002], "text_tables": []},
]


def told_of(target, boxes=BOXES):
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"boxes": boxes}))
    with Link(transport=transport) as link:
        return set(link.text_tables(target))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for a county's own tables, and none that come with us."""
    monkeypatch.setenv(known.OWN, str(tmp_path))
    monkeypatch.setattr(tables, "FOLDER", tmp_path / "not built yet")
    forget_tables()
    yield tmp_path
    forget_tables()


class TestTargets:
    def test_a_box_is_sent_what_it_told_of(self):
        assert told_of(1) == {0x10, 0x20}
        assert told_of(3) == set()

    def test_a_group_is_sent_what_all_of_it_told_of(self):
        assert told_of(0xF001) == {0x10}
        assert told_of(0xF002) == set()
        assert told_of(0xFFFF) == set()
        assert told_of(0xFFFF, BOXES[:2]) == {0x10}

    def test_nobody_known_is_sent_utf_8(self):
        assert told_of(9) == told_of(0xF003) == told_of(1, []) == set()

    def test_a_gateway_that_does_not_answer_makes_it_utf_8(self):
        def silent(request):
            raise httpx.ConnectError("nobody there", request=request)

        with Link(transport=httpx.MockTransport(silent)) as link:
            assert not link.text_tables(1)


class TestTables:
    def test_those_that_come_with_us_and_the_countys_own(self, tmp_path, monkeypatch):
        (tmp_path / "zh.table").write_bytes(by_hand(0x13))
        monkeypatch.setenv(known.OWN, str(tmp_path))
        forget_tables()
        tables.make_ready()
        try:
            found = [table.first_byte for table in known.tables()]
        finally:
            forget_tables()
        assert found == [0x10, 0x13, 0x20, 0x30, 0x40]

    def test_without_tables_everything_goes_in_utf_8(self, folder):
        assert known.tables() == ()
        assert known.field_of(FLOOD, {0x10}) == b"\0" + FLOOD.encode()

    def test_a_damaged_one_is_not_used(self, folder):
        (folder / "zh.table").write_bytes(by_hand(0x13)[:-1])
        assert known.tables() == ()

    def test_one_that_boxes_know_as_another_is_not_used(self, folder):
        (folder / "zh.table").write_bytes(by_hand(0x10))
        assert known.tables() == ()

    def test_of_two_that_go_by_one_name_neither_is_used(self, folder):
        (folder / "one.table").write_bytes(by_hand(0x13))
        (folder / "same.table").write_bytes(by_hand(0x13))
        (folder / "ug.table").write_bytes(by_hand(0x21))
        assert [table.first_byte for table in known.tables()] == [0x13, 0x21]
        forget_tables()
        (folder / "other.table").write_bytes(by_hand(0x13, ("旱", *HAN[1:])))
        assert [table.first_byte for table in known.tables()] == [0x21]


class TestWords:
    def test_a_text_is_read_by_the_tables_that_are_here(self, own_table):
        assert known.words(bytes((own_table, 0xD3))) == FLOOD
        assert known.words(b"\0" + FLOOD.encode()) == FLOOD
        for field in (b"\x1f\xd3", b"\x13\xfe", b"", b"\0\xff"):
            assert known.words(field) is None

    def test_what_would_be_read_as_another_text_is_never_given_out(self, own_table, monkeypatch):
        assert known.field_of(FLOOD, {own_table}) == bytes((own_table, 0xD3))
        others = wire.Table(by_hand(own_table, ("旱", *HAN[1:])))
        monkeypatch.setattr(known, "tables", lambda: (others,))
        with pytest.raises(Problem, match="would be read as another"):
            known.field_of(FLOOD, {own_table})
        assert known.field_of(FLOOD) == b"\0" + FLOOD.encode()
