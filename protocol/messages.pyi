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

class More(NamedTuple):
    seq: int
    missing: int

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

class Series(NamedTuple):
    gauge: int
    start: int
    step_min: int
    values: bytes
    quality: str

class Alarm(NamedTuple):
    gauge: int
    measured: str
    level: str
    minute: int
    value: int | None
    threshold: int | None
    window_min: int | None
    sounded: bool | None

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

class Answer(NamedTuple):
    order: bytes
    action: str
    person: int | None
    after_s: int | None

class Evacuation(NamedTuple):
    order: bytes | None
    phase: int
    should: int | None
    moved: int | None
    missing: int | None
    shelter: int | None
    injured: int | None
    minute: int | None

class Disaster(NamedTuple):
    id: int
    kind: str
    minute: int
    latitude_e5: int | None
    longitude_e5: int | None
    scale: int | None
    dead: int | None
    missing: int | None
    injured: int | None
    moved: int | None
    trapped: int | None
    houses: int | None
    animals: int | None
    cuts: int | None
    reporter: int | None

class Hazard(NamedTuple):
    id: int
    kind: str
    change: str
    minute: int
    latitude_e5: int | None
    longitude_e5: int | None
    scale: int | None
    people: int | None
    houses: int | None
    reporter: int | None

class SelfTest(NamedTuple):
    asked_by: str
    minute: int
    tested: int
    passed: int
    volts_mv: int | None
    amps_ma: int | None
    ohms_tenths: int | None
    microphone_db: int | None
    battery_mv: int | None
    id: int | None

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
    tables: bytes | None
    keyring: int | None
    oldest_epoch: int | None

class LogHead(NamedTuple):
    lines: int
    digest: bytes
    minute: int

class HealthDelta(NamedTuple):
    base: int
    changed: int
    fields: bytes

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
    clip: int | None
    siren: str | None

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

class Settings(NamedTuple):
    slot: int
    issued: int
    heartbeat_s: int | None
    area: int | None
    groups: Sequence[int] | None
    volume_normal_pct: int | None
    volume_emergency_pct: int | None
    tone_hz: int | None
    tone_ms: int | None
    volts_mv: int | None
    ohms_tenths_low: int | None
    ohms_tenths_high: int | None
    microphone_db: int | None

class Keys(NamedTuple):
    slot: int
    issued: int
    subject: int | None
    public_key: bytes | None
    ranks: int | None
    targets: int | None
    uses: int | None
    revoked: bool | None
    epoch: int | None

class Time(NamedTuple):
    answers: int
    second: int

class Query(NamedTuple):
    what: str
    since: int | None
    gauge: int | None

class TestCall(NamedTuple):
    button: int
    id: int

class Image(NamedTuple):
    slot: int
    issued: int
    sequence: int
    board: str
    software: int
    schema: bytes
    length_bytes: int
    chunk_bytes: int
    digest: bytes
    base: bytes | None

class ImageChunk(NamedTuple):
    image: bytes
    number: int
    data: bytes

Message = (
    Ack
    | More
    | Call
    | Health
    | Series
    | Alarm
    | Playback
    | Fault
    | Answer
    | Evacuation
    | Disaster
    | Hazard
    | SelfTest
    | Boot
    | LogHead
    | HealthDelta
    | Carry
    | Order
    | Cancel
    | CallTaken
    | CallClosed
    | Settings
    | Keys
    | Time
    | Query
    | TestCall
    | Image
    | ImageChunk
)

def row(direction: int, key: int | str) -> Row: ...
def row_of(direction: int, message: Message) -> Row: ...
def make(name: str, **fields: Any) -> Any: ...
def encode(direction: int, message: Message) -> bytes: ...
def decode(direction: int, number: int, body: bytes | bytearray | memoryview) -> Any: ...
