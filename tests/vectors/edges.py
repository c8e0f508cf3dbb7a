"""Frames that are taken though something in them is at its end, missing, or of a later release."""

from collections.abc import Iterator

from protocol import cbor, messages, series
from protocol.frame import SEALED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.meanings import fields_of
from tests.shared.test_messages import changed
from tests.vectors.county import SEQ, header
from tests.vectors.taken_frames import STEADY
from tests.vectors.vector import Vector, taken


def vectors() -> Iterator[Vector]:
    yield from _edges()
    yield from _headers()
    yield from _of_a_later_release()


def _edges() -> Iterator[Vector]:
    sealed = header(SEALED, UP, "Call")
    for rule, fields in (
        ("a Call from a clock nobody set has a minute below zero", {"minute": -1 - 17}),
        ("a minute ends at 32 bits", {"minute": 0xFFFFFFFF}),
        ("a minute below zero ends at 32 bits", {"minute": -0xFFFFFFFF}),
        ("a button is one byte", {"button": 255}),
    ):
        yield taken(rule, sealed, changed(reference.CALL, **fields))
    for rule, message in (
        (
            "a Health of nothing but what must be there ends early",
            messages.make(
                "Health",
                links_up=0,
                queue=0,
                oldest_waiting_min=0,
                faults=0,
                free_store_percent=0,
                uptime_h=0,
                software=0,
            ),
        ),
        (
            "each field of a Health at its end",
            messages.make(
                "Health",
                mains=False,
                battery_percent=100,
                battery_mv=65535,
                temperature_c=-127,
                links_up=255,
                link_quality=5,
                queue=65535,
                oldest_waiting_min=65535,
                faults=0xFFFFFFFF,
                free_store_percent=100,
                uptime_h=65535,
                software=65535,
                expired=0xFFFFFFFF,
            ),
        ),
        ("a fault that is over has no evidence", reference.FAULT_CLEAR),
        (
            "a stage of a Playback names its order and no more",
            messages.make("Playback", stage="queued", order=reference.ORDER_ID),
        ),
        (
            "a place may lie south and west",
            changed(reference.DISASTER, latitude_e5=-9000000, longitude_e5=-18000000),
        ),
        (
            "a Boot may tell its text tables, its keyring and what epoch waits",
            changed(
                reference.BOOT,
                tables=b"\x10\x23",
                keyring=4,
                oldest_epoch=2,
                roads=(0xFFFFFFFF,) * 8,
                counters=bytes(64),
            ),
        ),
        (
            "a Boot may have no roads and no counters",
            changed(reference.BOOT, roads=(), counters=b""),
        ),
    ):
        yield taken(rule, header(SEALED, UP, type(message).__name__), message)
    yield from _acks()
    yield from _series()


def _acks() -> Iterator[Vector]:
    for rule, octets, says in (
        ("an Ack without a bitmap acknowledges its base", "013d52", [SEQ]),
        ("an Ack acknowledges nothing below its base", "00000980", [9, 10]),
        ("a bit that is not set is not acknowledged", "00000940", [9, 11]),
        ("the last of 64 bits is the base and 64", "0000000000000000000001", [0, 64]),
        ("the last SEQ can be acknowledged", "fffffe80", [0xFFFFFE, 0xFFFFFF]),
    ):
        message = messages.make("Ack", acknowledged=bytes.fromhex(octets))
        yield taken(rule, header(SEALED, DOWN, "Ack"), message, says)


def _series() -> Iterator[Vector]:
    for rule, values in (
        ("a Series may be written as Exp-Golomb codes", [0] * 20 + [65535] + [0] * 20),
        ("a Series may be written as differences in Rice codes", STEADY),
        ("a Series may be written as differences in Exp-Golomb codes", [1200, 1203, 9000, 9003]),
        ("a dry day is 288 zeros in 37 bytes", [0] * 288),
    ):
        message = changed(reference.STORM, values=series.encode(values))
        yield taken(rule, header(SEALED, UP, "Series"), message, values)


def _headers() -> Iterator[Vector]:
    for rule, changes in (
        ("any message may have any priority", {"priority": 7}),
        ("any message may ask for an Ack", {"ack_wanted": True}),
        ("a SEQ ends at 24 bits", {"seq": 0xFFFFFF}),
        ("a SEQ begins at zero", {"seq": 0}),
    ):
        yield taken(rule, header(SEALED, UP, "Call", **changes), reference.CALL)


def _of_a_later_release() -> Iterator[Vector]:
    rule = "fields of a later release are stepped over in what goes up"
    later = cbor.sequence("new", (1, 2), None, 7)
    yield taken(rule, header(SEALED, UP, "Call"), reference.CALL, later=later)
    rule = "a delta may change fields of a later release"
    later_fields = cbor.sequence(43, "new", None)
    delta = messages.make("HealthDelta", base=81, changed=0xA040, fields=later_fields)
    says = fields_of(changed(reference.HEALTH, queue=43))
    yield taken(rule, header(SEALED, UP, "HealthDelta"), delta, says)
    rule = "sixteen of them are"
    yield taken(rule, header(SEALED, UP, "Call"), reference.CALL, later=bytes(16))
