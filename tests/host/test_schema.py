"""The printed schema is fresh, the table keeps its own rules, and strangers agree with us."""

import ast
import functools
import io
from pathlib import Path

import cbor2
import pycddl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools import print_schema
from protocol import fingerprint, messages, schema
from tests.host.wire_values import TABLES, any_message, any_of

PROTOCOL = Path(__file__).parents[2] / "protocol"
DIRECTIONS = ("up", "down")
ROWS = [(direction, row[1]) for direction, table in TABLES for row in table]
KINDS = {"uint", "int", "bytes", "fixed", "text", "choice", "flag", "numbers", "order"}

# What this release has promised: a number never changes its meaning.
NUMBERS = {
    "up": {
        1: "Ack",
        2: "More",
        3: "Call",
        4: "Health",
        5: "Series",
        6: "Alarm",
        7: "Playback",
        8: "Fault",
        9: "Answer",
        10: "Evacuation",
        11: "Disaster",
        12: "Hazard",
        13: "SelfTest",
        14: "Boot",
        15: "LogHead",
        16: "HealthDelta",
    },
    "down": {
        1: "Ack",
        2: "More",
        3: "Carry",
        4: "Order",
        5: "Cancel",
        6: "CallTaken",
        7: "CallClosed",
        8: "Settings",
        9: "Keys",
        10: "Time",
        11: "Query",
        12: "TestCall",
        13: "Image",
        14: "ImageChunk",
    },
}


def items_of(body):
    """Return the values of a CBOR sequence, read by a stranger."""
    stream, values = io.BytesIO(body), []
    while stream.tell() < len(body):
        values.append(cbor2.load(stream))
    return values


@functools.cache
def judge_of(rule):
    return pycddl.Schema(f"start = {rule}\n{print_schema.cddl()}")


@pytest.mark.parametrize("name", print_schema.PRINTED)
def test_the_printed_schema_is_fresh(name):
    printed = print_schema.PRINTED[name]()
    assert (PROTOCOL / name).read_text() == printed, "run `make schema`"


def test_numbers_keep_their_meaning():
    for way, table in TABLES:
        assert {row[0]: row[1] for row in table} == NUMBERS[DIRECTIONS[way]]


def test_every_row_keeps_the_rules_of_the_table():
    for _, table in TABLES:
        for number, name, priority, fields in table:
            assert 0 < number < 31, name
            assert 0 <= priority <= 7, name
            names = [field.rstrip("?") for field, _, _ in fields]
            assert len(set(names)) == len(names), name
            assert {kind for _, kind, _ in fields} <= KINDS, name


def test_a_word_list_has_no_word_twice():
    for name in dir(schema):
        words = getattr(schema, name)
        if name.isupper() and isinstance(words, tuple) and isinstance(words[0], str):
            assert len(set(words)) == len(words), name


def test_a_message_of_both_directions_has_the_same_fields():
    up = {row[1]: row[3] for row in schema.UPWARD}
    for _, name, _, fields in schema.DOWNWARD:
        assert up.get(name, fields) == fields


def test_life_goes_first():
    priorities = {row[1]: row[2] for _, table in TABLES for row in table}
    assert {name for name, priority in priorities.items() if priority == 0} == {
        "Ack",
        "More",
        "Call",
        "Alarm",
        "Carry",
        "Order",
        "Cancel",
    }


def test_another_table_has_another_fingerprint():
    longer = schema.DOWNWARD + ((15, "Poem", 7, (("line", schema.UINT, 7),)),)
    found = print_schema.schema_digest((("up", schema.UPWARD), ("down", longer)))
    assert found[:4] != fingerprint.SCHEMA
    assert print_schema.schema_digest(print_schema.TABLES)[:4] == fingerprint.SCHEMA


def test_the_stub_names_everything_public_in_the_module():
    def public(path):
        tree = ast.parse(path.read_text())
        found = {node.name for node in tree.body if hasattr(node, "name")}
        assigned = (node.targets[0] for node in tree.body if isinstance(node, ast.Assign))
        found |= {target.id for target in assigned if isinstance(target, ast.Name)}
        return {name for name in found if not name.startswith("_")}

    records = {row[1] for _, table in TABLES for row in table}  # made when they are asked for
    stub = public(PROTOCOL / "messages.pyi") - {"Message"}
    assert stub == public(PROTOCOL / "messages.py") | records
    assert all(getattr(messages, name).__name__ == name for name in records)


@given(any_message())
def test_any_message_survives(one):
    direction, message = one
    number = messages.row_of(direction, message).number
    assert messages.decode(direction, number, messages.encode(direction, message)) == message


@given(any_message())
def test_a_stranger_reads_and_writes_the_same_bytes(one):
    """cbor2 knows nothing of us: it reads each value and writes it back, canonically."""
    body = messages.encode(*one)
    assert b"".join(cbor2.dumps(item, canonical=True) for item in items_of(body)) == body


@pytest.mark.parametrize(("direction", "name"), ROWS)
@settings(max_examples=20)
@given(data=st.data())
def test_every_message_is_what_the_cddl_says(direction, name, data):
    body = messages.encode(direction, data.draw(any_of(direction, name)))
    assert passes_the_cddl(direction, name, items_of(body))


# By kind: the least value that is right, and one just beyond what its limit lets through.
ENDS = {
    schema.UINT: lambda limit: (0, limit + 1),
    schema.INT: lambda _: (0, b""),  # the limit is a comment in the CDDL
    schema.BYTES: lambda limit: (b"", bytes(limit + 1)),
    schema.FIXED: lambda limit: (bytes(limit), bytes(limit - 1)),
    schema.TEXT: lambda limit: ("", "x" * (limit + 1)),
    schema.CHOICE: lambda words: (0, len(words)),
    schema.FLAG: lambda _: (False, 0),
    schema.NUMBERS: lambda limit: ((), (0,) * (limit + 1)),
    schema.ORDER: lambda _: (bytes(4), bytes(5)),
}


@pytest.mark.parametrize(("direction", "name"), ROWS)
def test_what_the_table_refuses_the_cddl_refuses(direction, name):
    fields = messages.row(direction, name).fields
    right, beyond = zip(*[ENDS[kind](limit) for _, kind, limit in fields], strict=True)
    assert takes(direction, name, right)
    assert passes_the_cddl(direction, name, right)
    for i, (field, _, _) in enumerate(fields):
        for wrong in (beyond[i],) if field.endswith("?") else (beyond[i], None):
            changed = (*right[:i], wrong, *right[i + 1 :])
            assert not takes(direction, name, changed), field
            assert not passes_the_cddl(direction, name, changed), field


def takes(direction, name, values):
    number = messages.row(direction, name).number
    try:
        messages.decode(direction, number, b"".join(map(cbor2.dumps, values)))
    except messages.BadMessage:
        return False
    return True


def passes_the_cddl(direction, name, values):
    absent = len(messages.row(direction, name).fields) - len(values)
    try:
        whole = cbor2.dumps([*values, *[None] * absent])
        judge_of(f"{DIRECTIONS[direction]}-{name}").validate_cbor(whole)
    except pycddl.ValidationError:
        return False
    return True


def test_the_judge_is_awake():
    for values in ([2, 4, 996480], [256, 3, 996480], [2, 3], [2, 3, 996480, 1], [2, None, 996480]):
        with pytest.raises(pycddl.ValidationError):
            judge_of("up-Call").validate_cbor(cbor2.dumps(values))
    judge_of("up-Call").validate_cbor(cbor2.dumps([2, 3, 996480]))
