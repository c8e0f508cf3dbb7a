"""Every message of the system, declared once.

This table is the definition: the codec reads it on the Box and at the county, and
messages.cddl and messages.pyi are printed from it (`make schema`); a test fails when
they are stale.

A row is (type number, name, priority, fields); numbers count per direction, 31 is
reserved, priority 0 is life.  A field is (name, kind, limit) and is known by its
position: fields are only ever appended and numbers never used again.  A "?" at the
end of a name means the field may be absent.

Kinds: UINT up to the limit, INT within the limit of zero, BYTES and TEXT up to the
limit in octets, FIXED exactly so many octets, CHOICE one of the limit's words, FLAG,
NUMBERS at most `limit` unsigned 32-bit integers, ORDER the four bytes that name an
order (slot, SEQ).  Where a number is a set, bit i stands for word i of its list.
Minutes count from 2025-01-01T00:00Z; from a clock nobody set they are
-1 - minutes since the start.
"""

from protocol.compat import const

UINT = const("uint")
INT = const("int")
BYTES = const("bytes")
FIXED = const("fixed")
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
SIREN = const(("steady", "pulsed", "two_tone"))
TEXT_TABLE = const(("utf_8", "zh", "ug", "kk_arabic", "kk_cyrillic"))
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
        "key_revoked",
        "does_not_fit",
        "cannot_read",
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
QUALITY = const(("good", "doubtful", "gauge_dirty", "gauge_faulty", "filled_in"))
ALARM_LEVEL = const(("clear", "watch", "prepare", "evacuate"))
MEASURED = const(
    (
        "rain_mm",
        "water_level_mm",
        "water_rise_mm",
        "snow_mm",
        "gust_dm_s",
        "shaking_mm_s2",
        "tilt_mdeg",
    )
)
ACTION = const(("understood", "calling", "moving", "done", "cannot", "need_help"))
DISASTER = const(
    (
        "flood",
        "debris_flow",
        "landslide",
        "earthquake",
        "snow",
        "wind",
        "hail",
        "drought",
        "fire",
        "accident",
        "epidemic",
        "other",
    )
)
CUT_OFF = const(("power", "road", "mobile", "water", "gas", "internet"))
HAZARD = const(
    (
        "slope",
        "rockfall",
        "gully",
        "dam",
        "embankment",
        "river_blocked",
        "snow_slab",
        "building",
        "power_line",
        "other",
    )
)
CHANGE = const(("seen", "unchanged", "worse", "gone"))
ASKED_BY = const(("schedule", "county", "technician"))
PART = const(
    (
        "amplifier",
        "line",
        "microphone",
        "player",
        "battery",
        "store",
        "clock",
        "first_road",
        "second_road",
        "third_road",
        "buttons",
        "gauges",
    )
)
USE = const(("orders", "drills", "settings", "images"))
QUESTION = const(("health", "boot", "series", "log_head", "self_test"))
RESET = const(("power", "watchdog", "software", "unknown"))
STORE_STATE = const(("kept", "formatted", "damaged"))

# fmt: off
UPWARD = (
    (1, "Ack", 0, (
        ("acknowledged", BYTES, 11),
    )),
    (2, "More", 0, (
        ("seq", UINT, U24),
        ("missing", UINT, 16),
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
    (5, "Series", 3, (
        ("gauge", UINT, 255),
        ("start", INT, U32),
        ("step_min", UINT, 1440),
        ("values", BYTES, 512),  # protocol.series
        ("quality", CHOICE, QUALITY),
    )),
    (6, "Alarm", 0, (
        ("gauge", UINT, 255),
        ("measured", CHOICE, MEASURED),
        ("level", CHOICE, ALARM_LEVEL),
        ("minute", INT, U32),
        ("value?", INT, U32),
        ("threshold?", INT, U32),
        ("window_min?", UINT, 10080),
        ("sounded?", FLAG, None),
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
    (9, "Answer", 1, (
        ("order", ORDER, None),
        ("action", CHOICE, ACTION),
        ("person?", UINT, U16),
        ("after_s?", UINT, U32),
    )),
    (10, "Evacuation", 1, (
        ("order?", ORDER, None),
        ("phase", UINT, 15),  # of the county's plan
        ("should?", UINT, U24),
        ("moved?", UINT, U24),
        ("missing?", UINT, U24),
        ("shelter?", UINT, U24),
        ("injured?", UINT, U24),
        ("minute?", INT, U32),
    )),
    (11, "Disaster", 1, (
        ("id", UINT, U16),  # a later report of one id takes the place of the earlier
        ("kind", CHOICE, DISASTER),
        ("minute", INT, U32),
        ("latitude_e5?", INT, 9000000),
        ("longitude_e5?", INT, 18000000),
        ("scale?", UINT, 15),
        ("dead?", UINT, U24),
        ("missing?", UINT, U24),
        ("injured?", UINT, U24),
        ("moved?", UINT, U24),
        ("trapped?", UINT, U24),
        ("houses?", UINT, U24),
        ("animals?", UINT, U24),
        ("cuts?", UINT, 255),  # CUT_OFF
        ("reporter?", UINT, U16),
    )),
    (12, "Hazard", 2, (
        ("id", UINT, U16),
        ("kind", CHOICE, HAZARD),
        ("change", CHOICE, CHANGE),
        ("minute", INT, U32),
        ("latitude_e5?", INT, 9000000),
        ("longitude_e5?", INT, 18000000),
        ("scale?", UINT, 15),
        ("people?", UINT, U24),  # whom it threatens
        ("houses?", UINT, U24),
        ("reporter?", UINT, U16),
    )),
    (13, "SelfTest", 3, (
        ("asked_by", CHOICE, ASKED_BY),
        ("minute", INT, U32),
        ("tested", UINT, U16),  # PART
        ("passed", UINT, U16),  # PART
        ("volts_mv?", UINT, U32),
        ("amps_ma?", UINT, U32),
        ("ohms_tenths?", UINT, U32),
        ("microphone_db?", UINT, 255),
        ("battery_mv?", UINT, U16),
        ("id?", UINT, U16),  # of the TestCall it answers
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
        ("tables?", BYTES, 8),  # a byte each: TEXT_TABLE in the high nibble, generation below
        ("keyring?", UINT, U32),  # how many Keys changed it
        ("oldest_epoch?", UINT, U16),  # of what still waits here
    )),
    (15, "LogHead", 5, (
        ("lines", UINT, U32),  # of the journal, since it was begun
        ("digest", FIXED, 8),
        ("minute", INT, U32),
    )),
    (16, "HealthDelta", 4, (
        ("base", UINT, 255),  # the low byte of a SEQ
        ("changed", UINT, U16),  # bit i: field i of Health
        ("fields", BYTES, 64),  # protocol.health_delta
    )),
)

DOWNWARD = (
    (1, "Ack", 0, (
        ("acknowledged", BYTES, 11),
    )),
    (2, "More", 0, (
        ("seq", UINT, U24),
        ("missing", UINT, 16),
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
        ("clip?", UINT, U16),
        ("siren?", CHOICE, SIREN),
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
    (8, "Settings", 3, (
        ("slot", UINT, 255),
        ("issued", UINT, U32),
        ("heartbeat_s?", UINT, 86400),
        ("area?", UINT, 255),
        ("groups?", NUMBERS, 16),
        ("volume_normal_pct?", UINT, 100),
        ("volume_emergency_pct?", UINT, 100),
        ("tone_hz?", UINT, 3500),
        ("tone_ms?", UINT, 10000),
        ("volts_mv?", UINT, 200000),
        ("ohms_tenths_low?", UINT, 100000),
        ("ohms_tenths_high?", UINT, 100000),
        ("microphone_db?", UINT, 140),
    )),
    (9, "Keys", 1, (
        ("slot", UINT, 255),
        ("issued", UINT, U32),
        ("subject?", UINT, 255),  # the slot that this is about
        ("public_key?", FIXED, 32),
        ("ranks?", UINT, 15),  # RANK
        ("targets?", UINT, 7),  # keyring_file.TO_...
        ("uses?", UINT, 15),  # USE
        ("revoked?", FLAG, None),
        ("epoch?", UINT, U16),  # the Box goes to this one at least
    )),
    (10, "Time", 2, (
        ("answers", UINT, U24),
        ("second", UINT, U32),
    )),
    (11, "Query", 3, (
        ("what", CHOICE, QUESTION),
        ("since?", UINT, U32),
        ("gauge?", UINT, 255),
    )),
    (12, "TestCall", 3, (
        ("button", UINT, 255),
        ("id", UINT, U16),
    )),
    (13, "Image", 6, (
        ("slot", UINT, 255),
        ("issued", UINT, U32),
        ("sequence", UINT, U32),
        ("board", TEXT, 16),
        ("software", UINT, U16),
        ("schema", FIXED, 4),
        ("length_bytes", UINT, U32),
        ("chunk_bytes", UINT, 512),
        ("digest", FIXED, 32),
        ("base?", FIXED, 32),  # the digest of the image that this one is a difference from
    )),
    (14, "ImageChunk", 6, (
        ("image", FIXED, 8),  # the first bytes of its digest
        ("number", UINT, U16),
        ("data", BYTES, 512),
    )),
)
# fmt: on
