"""The county's database file: how it is opened and written, and who is entered in it.

There is one writer at a time, and what was committed survives a power cut (SQLite: WAL,
synchronous FULL).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError

from host_tools.gateway.tables import (
    boxes,
    deliveries,
    downlink,
    faults,
    metadata,
    operators,
    sessions,
)
from host_tools.gateway.upgrade import upgrade
from host_tools.problems import MISMATCH, UNREACHABLE, USAGE, Problem

LEAST_PASSWORD = 8  # characters
MOST_NAME, MOST_PASSWORD = 32, 256
_UNHEARD = {"epoch": 0, "least_epoch": 0, "oldest_epoch": None, "keys_taken": None,
            "text_tables": None, "boot_mark": 0, "health": None, "health_mark": 0}  # fmt: skip
NOT_PEOPLE = ("gateway", "roads")  # who else writes in the journal
_PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def open_engine(path: Path | str) -> Engine:
    """Return the engine of this file, made with its tables if new, or raise Problem.

    A database of an earlier release is brought to this one's first.
    """
    engine = create_engine(f"sqlite:///{path}", json_serializer=_json)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        _create(engine, path)
    except DBAPIError as why:
        raise Problem(f"the database {path} cannot be used: {why.orig}", exit_code=UNREACHABLE)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that keeps other writers out from its start: all of it or nothing."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


def register_box(engine: Engine, record: dict[str, Any]) -> None:
    """Take a provisioned Box into the county, or its new issue; raise Problem.

    record: {"address", "issue", "name", "unique_id", "imei", "beidou_card", "groups"}.  A new
    issue has new keys, so what was sealed under the old ones is no longer sent.
    """
    with writing(engine) as connection:
        _check_carriers(connection, record)
        address = record["address"]
        known = connection.execute(select(boxes).where(boxes.c.address == address)).first()
        if known is None:
            connection.execute(boxes.insert().values(epoch=0, **record))
        elif record["issue"] < known.issue:
            why = f"Box {address} is already known with issue {known.issue}"
            raise Problem(why, "provision it again", MISMATCH)
        else:
            connection.execute(boxes.update().where(boxes.c.address == address).values(**record))
        if known is not None and record["issue"] > known.issue:
            _forget_old_keys(connection, address)


def add_operator(engine: Engine, name: str, password: str) -> None:
    """Let a person sign in under this name, or change their password; raise Problem."""
    if not name.isprintable() or not 0 < len(name) <= MOST_NAME or name in NOT_PEOPLE:
        why = f"an operator's name has 1 to {MOST_NAME} characters on one line"
        raise Problem(f"{why} and is none of {', '.join(NOT_PEOPLE)}", exit_code=USAGE)
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        why = f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters"
        raise Problem(why, exit_code=USAGE)
    row = {"name": name, "password_hash": PasswordHasher().hash(password)}
    with writing(engine) as connection:
        connection.execute(operators.insert().prefix_with("OR REPLACE"), row)
        connection.execute(sessions.delete().where(sessions.c.operator == name))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin says
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _create(engine: Engine, path: Path | str) -> None:
    with writing(engine) as connection:
        upgrade(connection, path)
        metadata.create_all(connection)


def _check_carriers(connection: Connection, record: dict[str, Any]) -> None:
    """Raise Problem for a modem or a card that another Box has."""
    for column, carrier in (("imei", "modem"), ("beidou_card", "BeiDou card")):
        number = record.get(column)
        other = select(boxes.c.name).where(
            boxes.c[column] == number, boxes.c.address != record["address"]
        )
        name = connection.execute(other).scalar() if number else None
        if name is not None:
            raise Problem(f"the {carrier} {number} already belongs to {name}", exit_code=USAGE)


def _forget_old_keys(connection: Connection, address: int) -> None:
    of_box = boxes.c.address == address
    connection.execute(boxes.update().where(of_box).values(_UNHEARD))
    connection.execute(faults.delete().where(faults.c.box == address))
    waiting = (downlink.c.box == address) & (downlink.c.state == "waiting")
    connection.execute(downlink.update().where(waiting).values(state="expired"))
    unsealed = deliveries.update().where(deliveries.c.box == address)
    connection.execute(unsealed.values(carry=None, carry_epoch=None))
