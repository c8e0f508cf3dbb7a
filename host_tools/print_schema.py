"""Print the message table as CDDL (for readers) and as .pyi (for editors), and its fingerprint.

`make schema` does it.
"""

import hashlib
from pathlib import Path
from typing import Any

from protocol import cbor
from protocol.schema import (
    BYTES,
    CHOICE,
    DOWNWARD,
    FIXED,
    FLAG,
    INT,
    NUMBERS,
    ORDER,
    TEXT,
    UINT,
    UPWARD,
)

PROTOCOL = Path(__file__).parents[1] / "protocol"

TABLES = (("up", UPWARD), ("down", DOWNWARD))
_PYTHON = {
    UINT: "int", INT: "int", BYTES: "bytes", TEXT: "str", CHOICE: "str", FLAG: "bool",
    NUMBERS: "Sequence[int]", ORDER: "bytes", FIXED: "bytes",
}  # fmt: skip

_CDDL_HEAD = """\
; Printed from protocol/schema.py by `make schema`; do not edit.
;
; A body is the CBOR sequence (RFC 8742) of one of these arrays, without the array's head and
; without the nulls at its end.  An upward body may go on with up to 16 fields of a later
; release; a downward one may not.
"""

_PYI_HEAD = '''\
"""Printed from protocol/schema.py by `make schema`; do not edit."""

from collections.abc import Sequence
from typing import Any, NamedTuple

class BadMessage(ValueError): ...

class Row(NamedTuple):
    number: int
    name: str
    priority: int
    fields: tuple[tuple[str, str, Any], ...]
    record: type[Message]
'''

_FINGERPRINT = '''\
"""Four bytes that tell this release's message table from another's.  Printed by `make schema`."""

SCHEMA = b"{}"
'''

_PYI_TAIL = """\
def row(direction: int, key: int | str) -> Row: ...
def row_of(direction: int, message: Message) -> Row: ...
def make(name: str, **fields: Any) -> Any: ...
def encode(direction: int, message: Message) -> bytes: ...
def decode(direction: int, number: int, body: bytes | bytearray | memoryview) -> Any: ...
"""


def main() -> None:
    for name, printed in PRINTED.items():
        (PROTOCOL / name).write_text(printed())


def cddl() -> str:
    """Return the table in CDDL (RFC 8610): a rule for each direction and message."""
    blocks = [_CDDL_HEAD]
    for direction, table in TABLES:
        for number, name, priority, fields in table:
            blocks.append(f"; {direction} {number}, priority {priority}")
            blocks.append(_cddl_rules(f"{direction}-{name}", fields))
    return "\n".join(blocks)


def pyi() -> str:
    """Return the record types for type checkers."""
    records = {name: fields for _, table in TABLES for _, name, _, fields in table}
    blocks = [_PYI_HEAD]
    for name, fields in records.items():
        lines = "\n".join(_pyi_field(*one) for one in fields)
        blocks.append(f"class {name}(NamedTuple):\n{lines}\n")
    union = "\n    | ".join(records)
    return "\n".join(blocks + [f"Message = (\n    {union}\n)\n", _PYI_TAIL])


def fingerprint() -> str:
    """Return the module that has the first 4 bytes of schema_digest(), for a Box to tell."""
    return _FINGERPRINT.format("".join(f"\\x{byte:02x}" for byte in schema_digest(TABLES)[:4]))


def schema_digest(tables: Any) -> bytes:
    """Return the SHA-256 over the whole table in its written order."""
    digest = hashlib.sha256()
    for _, table in tables:
        for number, name, priority, fields in table:
            digest.update(cbor.sequence(number, name, priority))
            for field, kind, limit in fields:
                words = ",".join(limit) if isinstance(limit, tuple) else limit
                digest.update(cbor.sequence(field, kind, words))
    return digest.digest()


def _cddl_rules(rule: str, fields: Any) -> str:
    """Return the array, then a rule for each field that may be null.

    One rule for each and null first, because that is how pycddl reads a choice in an array.
    """
    lines, choices = [], []
    for name, kind, limit in fields:
        type_is = _cddl_type(kind, limit)
        if name.endswith("?"):
            own_rule = f"{rule}-{name.rstrip('?')}"
            choices.append(f"{own_rule} = null / {type_is}{_legend(kind, limit)}")
            lines.append(f"  {name.rstrip('?')}: {own_rule},")
        else:
            lines.append(f"  {name}: {type_is},{_legend(kind, limit)}")
    return "\n".join([f"{rule} = [", *lines, "]", *choices, ""])


def _cddl_type(kind: str, limit: Any) -> str:
    return {
        UINT: lambda: f"0..{limit}",
        INT: lambda: "int",  # pycddl refuses ranges below zero; the legend has the limit
        BYTES: lambda: f"bstr .size (0..{limit})",
        TEXT: lambda: f"tstr .size (0..{limit})",
        CHOICE: lambda: f"0..{len(limit) - 1}",
        FLAG: lambda: "bool",
        NUMBERS: lambda: f"[0*{limit} 0..4294967295]",
        ORDER: lambda: "bstr .size 4",
        FIXED: lambda: f"bstr .size {limit}",
    }[kind]()


def _legend(kind: str, limit: Any) -> str:
    if kind == INT:
        return f" ; within {limit} of zero"
    if kind == ORDER:
        return " ; slot, SEQ"
    if kind == CHOICE:
        return " ; " + ", ".join(f"{i} {word}" for i, word in enumerate(limit))
    return ""


def _pyi_field(name: str, kind: str, _limit: Any) -> str:
    absent = " | None" if name.endswith("?") else ""
    return f"    {name.rstrip('?')}: {_PYTHON[kind]}{absent}"


PRINTED = {"messages.cddl": cddl, "messages.pyi": pyi, "fingerprint.py": fingerprint}

if __name__ == "__main__":
    main()
