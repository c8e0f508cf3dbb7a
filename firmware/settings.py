"""What provisioning wrote for this Box, checked once before anything starts."""

from collections import namedtuple

from firmware import roads
from protocol.frame import FIRST_GROUP, LAST_GROUP
from protocol.schema import CALL_KIND, VOLUME

_MOST_GROUPS = 16
_MOST_CALL_POINTS = 8
_BUDGET = ("messages", "bytes", "cents", "cents_a_grain")
_MOST_A_DAY = 100_000

# tone_hz, tone_ms: the alert tone before and after the voice; volume_pct by word of
# schema.VOLUME; limits: see Limits; heartbeat_s: between two Health reports; budgets: by the name
# of a road the roads.Limits of a day, where the usual ones of its kind do not count.
Settings = namedtuple(
    "Settings",
    (
        "site",
        "area",
        "groups",
        "heartbeat_s",
        "tone_hz",
        "tone_ms",
        "volume_pct",
        "limits",
        "call_points",
        "budgets",
    ),
)
# What counts as proof while sounding: output at full volume, load, sound at the microphone.
Limits = namedtuple("Limits", ("volts_mv", "ohms_tenths_low", "ohms_tenths_high", "microphone_db"))


class BadSettings(ValueError):
    """A key is missing or holds something else than expected; the sentence says which."""


def read(raw):
    """Return the Settings in this dict (parsed JSON), or raise BadSettings."""
    site = _table(raw, "site")
    alert = _table(raw, "alert")
    return Settings(
        _text(site, "site.name", 64),
        _number(site, "site.area", 0, 255),
        _groups(site),
        _number(raw, "heartbeat_s", 1, 86_400),
        _number(alert, "alert.tone_hz", 200, 3_500),
        _number(alert, "alert.tone_ms", 1_000, 10_000),
        _volumes(_table(raw, "volume_pct")),
        _limits(_table(raw, "limits")),
        _call_points(raw),
        _budgets(raw),
    )


def _limits(raw):
    least_ohms_tenths = _number(raw, "limits.ohms_tenths_low", 1, 100_000)
    return Limits(
        _number(raw, "limits.volts_mv", 1_000, 200_000),
        least_ohms_tenths,
        _number(raw, "limits.ohms_tenths_high", least_ohms_tenths, 100_000),
        _number(raw, "limits.microphone_db", 0, 140),
    )


def _volumes(raw):
    return {word: _number(raw, "volume_pct." + word, 0, 100) for word in VOLUME}


def _groups(site):
    groups = _list(site, "site.groups", _MOST_GROUPS)
    for group in groups:
        if type(group) is not int or not FIRST_GROUP <= group <= LAST_GROUP:
            raise BadSettings("site.groups: expected numbers from 61440 to 65279")
    return tuple(groups)


def _call_points(raw):
    points = []
    for i, point in enumerate(_list(raw, "call_points", _MOST_CALL_POINTS)):
        where = "call_points[" + str(i) + "]."
        number = _number(point, where + "number", 1, 255)
        kind = _value(point, where + "kind")
        if kind not in CALL_KIND:
            raise BadSettings(where + "kind: expected one of " + ", ".join(CALL_KIND))
        if any(number == taken for taken, _ in points):
            raise BadSettings(where + "number: is already taken")
        points.append((number, kind))
    return tuple(points)


def _budgets(raw):
    if "budgets" not in raw:
        return {}
    budgets = _table(raw, "budgets")
    return {road: _budget(_table(budgets, "budgets." + road), road) for road in budgets}


def _budget(raw, road):
    """Return the Limits of one road; what is not named is not counted."""
    values = []
    for name in _BUDGET:
        where = "budgets." + road + "." + name
        values.append(_number(raw, where, 0, _MOST_A_DAY) if name in raw else None)
    values[-1] = values[-1] or 0
    return roads.Limits(*values)


def _table(raw, path):
    value = _value(raw, path)
    if not isinstance(value, dict):
        raise BadSettings(path + ": expected a table")
    return value


def _list(raw, path, most):
    value = _value(raw, path)
    if not isinstance(value, list) or len(value) > most:
        raise BadSettings(path + ": expected a list of at most " + str(most))
    return value


def _number(raw, path, low, high):
    value = _value(raw, path)
    if type(value) is not int or not low <= value <= high:
        raise BadSettings(path + ": expected a number from " + str(low) + " to " + str(high))
    return value


def _text(raw, path, most):
    value = _value(raw, path)
    if not isinstance(value, str) or len(value.encode()) > most:
        raise BadSettings(path + ": expected a text of at most " + str(most) + " bytes")
    return value


def _value(raw, path):
    key = path.split(".")[-1]
    if not isinstance(raw, dict) or key not in raw:
        raise BadSettings(path + ": is missing")
    return raw[key]
