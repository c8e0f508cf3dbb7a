"""What is put into a template's gaps: a number, a place of the county's list, a time of day.

A slot travels as one unsigned number; its kind is the template's to say, and never changes.
"""

from collections.abc import Sequence

from host_tools.problems import USAGE, Problem

NUMBER, PLACE, TIME = "number", "place", "time"

_MOST = {NUMBER: 0xFFFF, PLACE: 255, TIME: 24 * 60 - 1}
_EXPECTED = {
    NUMBER: "a number from 0 to 65535",
    PLACE: "a place's number in the county's list, 0 to 255",
    TIME: "a time of day like 20:40",
}


def read(template: int, kinds: Sequence[str], typed: Sequence[str]) -> tuple[int, ...]:
    """Return the values of what was typed, or raise Problem where it is not of these kinds."""
    if len(typed) != len(kinds):
        takes = ", ".join(kinds) or "nothing"
        why = f"template {template} takes {takes}; {len(typed)} slots were given"
        raise Problem(why, "give --slot once for each, in this order", USAGE)
    return tuple(
        _value(template, place, kind, words)
        for place, (kind, words) in enumerate(zip(kinds, typed, strict=True), 1)
    )


def check(template: int, kinds: Sequence[str], values: Sequence[int]) -> None:
    """Raise Problem unless these values fit the kinds."""
    if len(values) != len(kinds) or any(
        not 0 <= value <= _MOST[kind] for kind, value in zip(kinds, values, strict=False)
    ):
        why = f"these slots do not fit template {template}: it takes {', '.join(kinds)}"
        raise Problem(why, "", USAGE)


def said(kind: str, value: int) -> tuple[str, str]:
    """Return a slot's value in Chinese and in English."""
    if kind == TIME:
        clock = f"{value // 60:02}:{value % 60:02}"
        return clock, clock
    if kind == PLACE:
        return f"{value}号地点", f"place {value}"
    return str(value), str(value)


def _value(template: int, place: int, kind: str, words: str) -> int:
    value = _minute_of_day(words) if kind == TIME else _whole_number(words)
    if value is None or value > _MOST[kind]:
        why = f"slot {place} of template {template} is {_EXPECTED[kind]}, not {words!r}"
        raise Problem(why, exit_code=USAGE)
    return value


def _whole_number(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else None


def _minute_of_day(words: str) -> int | None:
    hour, colon, minute = words.partition(":")
    hours, minutes = _whole_number(hour), _whole_number(minute)
    if not colon or hours is None or minutes is None or hours > 23 or minutes > 59:
        return None
    return 60 * hours + minutes
