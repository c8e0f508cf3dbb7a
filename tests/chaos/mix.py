"""What a village has to tell: calls, alarms, playbacks, faults, series; no two are alike."""

import random
from collections.abc import Iterator
from typing import Any

from protocol import messages, series
from protocol.schema import ALARM_LEVEL, CALL_KIND, FAULT, MEASURED, OUTCOME, QUALITY

USUAL, FLOOD = 40, 260  # messages at once, at most; a flood is more than an Outbox holds
A_FLOOD_IN = 25  # how many bursts
_SHARES = {"Call": 15, "Alarm": 15, "Playback": 15, "Fault": 15, "Series": 40}
_LONG_SERIES = 0.03  # part of them
_WILD_VALUES = 200  # two bytes each: too long for one satellite message
_SLOT = 9


def bursts(count: int, dice: random.Random) -> Iterator[list[Any]]:
    """Yield `count` messages in lists; those of a list are posted at once."""
    number = 0
    while number < count:
        flood = number > USUAL and dice.randrange(A_FLOOD_IN) == 0
        size = FLOOD if flood else dice.randint(1, USUAL)
        last = min(number + size, count)
        yield [_message(n, dice) for n in range(number + 1, last + 1)]
        number = last


def _message(number: int, dice: random.Random) -> Any:
    """Return any message; the number makes it one of its kind."""
    (kind,) = dice.choices(list(_SHARES), _SHARES.values())
    return messages.make(kind, **_FIELDS[kind](number, dice))


def _call(number: int, dice: random.Random) -> dict[str, Any]:
    return {"button": dice.randint(1, 8), "kind": dice.choice(CALL_KIND), "minute": number}


def _alarm(number: int, dice: random.Random) -> dict[str, Any]:
    return {
        "gauge": dice.randrange(8), "measured": dice.choice(MEASURED),
        "level": dice.choice(ALARM_LEVEL), "minute": number, "value": dice.randrange(10_000),
    }  # fmt: skip


def _playback(number: int, dice: random.Random) -> dict[str, Any]:
    order = bytes((_SLOT,)) + number.to_bytes(3, "big")
    return {
        "stage": "finished", "order": order, "outcome": dice.choice(OUTCOME), "started": number,
        "seconds": dice.randrange(200), "volts_mv": dice.randrange(100_000),
    }  # fmt: skip


def _fault(number: int, dice: random.Random) -> dict[str, Any]:
    is_open = dice.random() < 0.5
    return {"code": dice.choice(FAULT), "open": is_open, "minute": number, "evidence": number}


def _series(number: int, dice: random.Random) -> dict[str, Any]:
    """Return values of another gauge and hour each, so that no two could be merged."""
    values = [dice.randrange(9) for _ in range(12)]
    if dice.random() < _LONG_SERIES:
        values = [dice.randrange(60_000) for _ in range(_WILD_VALUES)]
    return {
        "gauge": number % 251, "start": 60 * number, "step_min": dice.choice((5, 10, 15)),
        "values": series.encode(values), "quality": dice.choice(QUALITY),
    }  # fmt: skip


_FIELDS = {
    "Call": _call,
    "Alarm": _alarm,
    "Playback": _playback,
    "Fault": _fault,
    "Series": _series,
}
