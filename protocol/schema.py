"""Every message of the system, declared once.

This table is the definition: the codec reads it on the Box and at the county, and
messages.cddl and messages.pyi are printed from it (`make schema`); a test fails when
they are stale.

A row is (type number, name, priority, fields); numbers count per direction, 31 is
reserved, priority 0 is life.  A field is (name, kind, limit) and is known by its
position: fields are only ever appended and numbers never used again.  A "?" at the
end of a name means the field may be absent.

Kinds: UINT up to the limit, INT within the limit of zero, BYTES and TEXT up to the
limit in octets, CHOICE one of the limit's words, FLAG, NUMBERS at most `limit`
unsigned 32-bit integers, ORDER the four bytes that name an order (slot, SEQ).
Minutes count from 2025-01-01T00:00Z; from a clock nobody set they are
-1 - minutes since the start.
"""

from protocol.compat import const

UINT = const("uint")
INT = const("int")
BYTES = const("bytes")
TEXT = const("text")
CHOICE = const("choice")
FLAG = const("flag")
NUMBERS = const("numbers")
ORDER = const("order")

UP = const(0)
DOWN = const(1)

U16 = const(0xFFFF)
U24 = const(0xFFFFFF)
U32 = const(0xFFFFFFFF)

RANK = const(("routine", "notice", "warning", "danger"))
EVENT = const(
    (
        "none",
        "test",
        "flash_flood",
        "river_flood",
        "debris_flow",
        "landslide",
        "rainstorm",
        "snowstorm",
        "gale",
        "sandstorm",
        "hail",
        "earthquake",
        "fire",
        "hazardous_material",
        "dam_break",
        "epidemic",
        "missing_person",
        "public_notice",
    )
)
VOLUME = const(("normal", "emergency"))
CALL_KIND = const(("help", "fire", "flood", "medical"))
WITHDRAWN = const(("false_alarm", "over", "corrected"))
CLOSED = const(("helped", "false_alarm", "duplicate", "cancelled_by_caller"))
STAGE = const(("received", "verified", "queued", "playing", "finished"))
OUTCOME = const(("played", "failed", "cut", "cancelled", "refused", "interrupted"))
SOURCE = const(("clips", "siren", "speech", "microphone"))
CAUSE = const(
    (
        "amplifier_silent",
        "no_output",
        "line_open",
        "line_short",
        "microphone_silent",
        "player_failed",
        "too_late",
        "higher_rank",
        "withdrawn",
        "cannot_speak",
        "too_many_tries",
        "queue_full",
    )
)
FAULT = const(
    (
        "amplifier_silent",
        "no_output",
        "line_open",
        "line_short",
        "microphone_silent",
        "player_failed",
        "service_crashed",
        "store_formatted",
        "store_damaged",
        "store_full",
        "reports_expired",
        "button_stuck",
    )
)
SEVERITY = const(("low", "high"))
RESET = const(("power", "watchdog", "software", "unknown"))
STORE_STATE = const(("kept", "formatted", "damaged"))

# fmt: off
UPWARD = (
    (1, "Ack", 0, (
        ("acknowledged", BYTES, 11),
    )),
    (3, "Call", 0, (
        ("button", UINT, 255),
        ("kind", CHOICE, CALL_KIND),
        ("minute", INT, U32),
    )),
    (4, "Health", 4, (
        ("mains?", FLAG, None),
        ("battery_percent?", UINT, 100),
        ("battery_mv?", UINT, U16),
        ("temperature_c?", INT, 127),
        ("links_up", UINT, 255),
        ("link_quality?", UINT, 5),
        ("queue", UINT, U16),
        ("oldest_waiting_min", UINT, U16),
        ("faults", UINT, U32),
        ("free_store_percent", UINT, 100),
        ("uptime_h", UINT, U16),
        ("software", UINT, U16),
        ("expired?", UINT, U32),
    )),
    (7, "Playback", 1, (
        ("stage", CHOICE, STAGE),
        ("order", ORDER, None),
        ("outcome?", CHOICE, OUTCOME),
        ("started?", INT, U32),
        ("seconds?", UINT, U16),
        ("times?", UINT, 255),
        ("volts_mv?", UINT, U32),
        ("amps_ma?", UINT, U32),
        ("ohms_tenths?", UINT, U32),
        ("microphone_db?", UINT, 255),
        ("source?", CHOICE, SOURCE),
        ("cause?", CHOICE, CAUSE),
    )),
    (8, "Fault", 2, (
        ("code", CHOICE, FAULT),
        ("open", FLAG, None),
        ("minute", INT, U32),
        ("severity?", CHOICE, SEVERITY),
        ("evidence?", UINT, U32),
    )),
    (14, "Boot", 2, (
        ("boot", UINT, U32),
        ("cause", CHOICE, RESET),
        ("started?", UINT, U32),
        ("software", UINT, U16),
        ("schema", BYTES, 4),
        ("store", CHOICE, STORE_STATE),
        ("counters", BYTES, 64),
        ("roads", NUMBERS, 8),
        ("templates", UINT, U16),
        ("languages", UINT, 255),
    )),
)

DOWNWARD = (
    (1, "Ack", 0, (
        ("acknowledged", BYTES, 11),
    )),
    (3, "Carry", 0, (
        ("frame", BYTES, 400),
    )),
    (4, "Order", 0, (
        ("slot", UINT, 255),
        ("issued", UINT, U32),
        ("valid_10min", UINT, 1008),
        ("event", CHOICE, EVENT),
        ("rank", CHOICE, RANK),
        ("repeats", UINT, 20),
        ("volume", CHOICE, VOLUME),
        ("text?", BYTES, 240),
        ("template?", UINT, U16),
        ("slots?", NUMBERS, 8),
        ("areas?", BYTES, 16),
        ("languages?", UINT, 255),
        ("replaces?", ORDER, None),
    )),
    (5, "Cancel", 0, (
        ("slot", UINT, 255),
        ("order", ORDER, None),
        ("reason", CHOICE, WITHDRAWN),
    )),
    (6, "CallTaken", 1, (
        ("epoch", UINT, U16),
        ("seq", UINT, U24),
    )),
    (7, "CallClosed", 1, (
        ("epoch", UINT, U16),
        ("seq", UINT, U24),
        ("reason", CHOICE, CLOSED),
    )),
    (10, "Time", 2, (
        ("answers", UINT, U24),
        ("second", UINT, U32),
    )),
)
# fmt: on
