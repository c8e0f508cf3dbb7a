"""The messages of the wire that a judge needs: number, name and fields by position.

Facts from the message table of the project (protocol/schema.py), written down once more.
"""

from io import BytesIO
from typing import Any, NamedTuple

import cbor2

UNIX_OF_MINUTE_0 = 1_735_689_600  # 2025-01-01T00:00Z

RANKS = ("routine", "notice", "warning", "danger")
STAGES = ("received", "verified", "queued", "playing", "finished")
OUTCOMES = ("played", "failed", "cut", "cancelled", "refused", "interrupted")
CAUSES = (
    "amplifier_silent", "no_output", "line_open", "line_short", "microphone_silent",
    "player_failed", "too_late", "higher_rank", "withdrawn", "cannot_speak", "too_many_tries",
    "queue_full", "key_revoked", "does_not_fit", "cannot_read",
)  # fmt: skip
SOURCES = ("clips", "siren", "speech", "microphone")
CALL_KINDS = ("help", "fire", "flood", "medical")
FAULTS = (
    "amplifier_silent", "no_output", "line_open", "line_short", "microphone_silent",
    "player_failed", "service_crashed", "store_formatted", "store_damaged", "store_full",
    "reports_expired", "button_stuck",
)  # fmt: skip
SEVERITIES = ("low", "high")
RESETS = ("power", "watchdog", "software", "unknown")
STORES = ("kept", "formatted", "damaged")

MOST_FIELDS = 32
MOST_DEPTH = 4

# A field is its name, or (name, words): then the wire has the word's index.
UPWARD: dict[int, tuple[str, tuple[Any, ...]]] = {
    1: ("Ack", ("acknowledged",)),
    2: ("More", ("seq", "missing")),
    3: ("Call", ("button", ("kind", CALL_KINDS), "minute")),
    4: ("Health", ("mains", "battery_percent", "battery_mv", "temperature_c", "links_up",
                   "link_quality", "queue", "oldest_waiting_min", "faults",
                   "free_store_percent", "uptime_h", "software", "expired")),
    5: ("Series", ("gauge", "start", "step_min", "values", "quality")),
    6: ("Alarm", ("gauge", "measured", "level", "minute", "value", "threshold", "window_min",
                  "sounded")),
    7: ("Playback", (("stage", STAGES), "order", ("outcome", OUTCOMES), "started", "seconds",
                     "times", "volts_mv", "amps_ma", "ohms_tenths", "microphone_db",
                     ("source", SOURCES), ("cause", CAUSES))),
    8: ("Fault", (("code", FAULTS), "open", "minute", ("severity", SEVERITIES), "evidence")),
    9: ("Answer", ("order", "action", "person", "after_s")),
    10: ("Evacuation", ("order", "phase", "should", "moved", "missing", "shelter", "injured",
                        "minute")),
    11: ("Disaster", ("id", "kind", "minute", "latitude_e5", "longitude_e5", "scale", "dead",
                      "missing", "injured", "moved", "trapped", "houses", "animals", "cuts",
                      "reporter")),
    12: ("Hazard", ("id", "kind", "change", "minute", "latitude_e5", "longitude_e5", "scale",
                    "people", "houses", "reporter")),
    13: ("SelfTest", ("asked_by", "minute", "tested", "passed", "volts_mv", "amps_ma",
                      "ohms_tenths", "microphone_db", "battery_mv", "id")),
    14: ("Boot", ("boot", ("cause", RESETS), "started", "software", "schema", ("store", STORES),
                  "counters", "roads", "templates", "languages", "tables", "keyring",
                  "oldest_epoch")),
    15: ("LogHead", ("lines", "digest", "minute")),
    16: ("HealthDelta", ("base", "changed", "fields")),
}  # fmt: skip
DOWNWARD: dict[int, tuple[str, tuple[Any, ...]]] = {
    1: ("Ack", ("acknowledged",)),
    2: ("More", ("seq", "missing")),
    3: ("Carry", ("frame",)),
    4: ("Order", ("slot", "issued", "valid_10min", "event", ("rank", RANKS), "repeats", "volume",
                  "text", "template", "slots", "areas", "languages", "replaces", "clip", "siren")),
    5: ("Cancel", ("slot", "order", "reason")),
    6: ("CallTaken", ("epoch", "seq")),
    7: ("CallClosed", ("epoch", "seq", "reason")),
    8: ("Settings", ("slot", "issued")),
    9: ("Keys", ("slot", "issued")),
    10: ("Time", ("answers", "second")),
    11: ("Query", ("what", "since", "gauge")),
    12: ("TestCall", ("button", "id")),
    13: ("Image", ("slot", "issued")),
    14: ("ImageChunk", ("image", "number", "data")),
}  # fmt: skip


class Unreadable(ValueError):
    """These bytes are nothing the wire knows."""


class Message(NamedTuple):
    """name is a word of the tables; fields has the values that are there."""

    name: str
    fields: dict[str, Any]


def read(down: bool, number: int, body: bytes) -> Message:
    """Return the message in a body (a CBOR sequence, RFC 8742), or raise Unreadable."""
    table = DOWNWARD if down else UPWARD
    if number not in table:
        raise Unreadable(f"no message has the number {number}")
    name, declared = table[number]
    fields = {}
    for field, value in zip(declared, _values(body), strict=False):
        if value is not None:
            label, words = field if isinstance(field, tuple) else (field, None)
            fields[label] = value if words is None else _word(words, value)
    return Message(name, fields)


def _values(body: bytes) -> list[Any]:
    source = BytesIO(body)
    decoder = cbor2.CBORDecoder(source, max_depth=MOST_DEPTH)
    values: list[Any] = []
    while source.tell() < len(body) and len(values) < MOST_FIELDS:
        try:
            values.append(decoder.decode())
        except (cbor2.CBORError, ValueError) as why:
            raise Unreadable(str(why)) from None
    return values


def _word(words: tuple[str, ...], value: Any) -> str:
    if not isinstance(value, int) or not 0 <= value < len(words):
        raise Unreadable(f"no word has the number {value!r}")
    return words[value]
