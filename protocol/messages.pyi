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

class Ack(NamedTuple):
    acknowledged: bytes

class Call(NamedTuple):
    button: int
    kind: str
    minute: int

class Health(NamedTuple):
    mains: bool | None
    battery_percent: int | None
    battery_mv: int | None
    temperature_c: int | None
    links_up: int
    link_quality: int | None
    queue: int
    oldest_waiting_min: int
    faults: int
    free_store_percent: int
    uptime_h: int
    software: int
    expired: int | None

class Playback(NamedTuple):
    stage: str
    order: bytes
    outcome: str | None
    started: int | None
    seconds: int | None
    times: int | None
    volts_mv: int | None
    amps_ma: int | None
    ohms_tenths: int | None
    microphone_db: int | None
    source: str | None
    cause: str | None

class Fault(NamedTuple):
    code: str
    open: bool
    minute: int
    severity: str | None
    evidence: int | None

class Boot(NamedTuple):
    boot: int
    cause: str
    started: int | None
    software: int
    schema: bytes
    store: str
    counters: bytes
    roads: Sequence[int]
    templates: int
    languages: int

class Carry(NamedTuple):
    frame: bytes

class Order(NamedTuple):
    slot: int
    issued: int
    valid_10min: int
    event: str
    rank: str
    repeats: int
    volume: str
    text: bytes | None
    template: int | None
    slots: Sequence[int] | None
    areas: bytes | None
    languages: int | None
    replaces: bytes | None

class Cancel(NamedTuple):
    slot: int
    order: bytes
    reason: str

class CallTaken(NamedTuple):
    epoch: int
    seq: int

class CallClosed(NamedTuple):
    epoch: int
    seq: int
    reason: str

class Time(NamedTuple):
    answers: int
    second: int

Message = (
    Ack
    | Call
    | Health
    | Playback
    | Fault
    | Boot
    | Carry
    | Order
    | Cancel
    | CallTaken
    | CallClosed
    | Time
)

def row(direction: int, key: int | str) -> Row: ...
def row_of(direction: int, message: Message) -> Row: ...
def make(name: str, **fields: Any) -> Any: ...
def encode(direction: int, message: Message) -> bytes: ...
def decode(direction: int, number: int, body: bytes | bytearray | memoryview) -> Any: ...
