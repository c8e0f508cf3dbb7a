"""What hypothesis may put into any message of the table."""

from hypothesis import strategies as st

from protocol import messages
from protocol.schema import (
    BYTES,
    CHOICE,
    DOWN,
    DOWNWARD,
    FIXED,
    FLAG,
    INT,
    NUMBERS,
    ORDER,
    TEXT,
    UINT,
    UP,
    UPWARD,
)

TABLES = ((UP, UPWARD), (DOWN, DOWNWARD))


def any_message():
    """Strategy of (direction, message)."""
    return st.one_of([_message(direction, row) for direction, table in TABLES for row in table])


def any_of(direction, name):
    """Strategy of the messages of this name."""
    fields = messages.row(direction, name).fields
    return st.builds(getattr(messages, name), *[_field(*field) for field in fields])


def _message(direction, row):
    return st.tuples(st.just(direction), any_of(direction, row[1]))


def _field(name, kind, limit):
    value = _VALUES[kind](limit)
    return st.none() | value if name.endswith("?") else value


_VALUES = {
    UINT: lambda limit: st.integers(0, limit),
    INT: lambda limit: st.integers(-limit, limit),
    BYTES: lambda limit: st.binary(max_size=limit),
    TEXT: lambda limit: st.text(max_size=limit // 4),
    CHOICE: st.sampled_from,
    FLAG: lambda _: st.booleans(),
    NUMBERS: lambda limit: st.lists(st.integers(0, 0xFFFFFFFF), max_size=limit).map(tuple),
    ORDER: lambda _: st.binary(min_size=4, max_size=4),
    FIXED: lambda limit: st.binary(min_size=limit, max_size=limit),
}
