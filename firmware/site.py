"""The settings this Box goes by: what provisioning wrote, and over it what the county signed.

A Settings message changes what it names and leaves the rest.  What was signed is kept in the
store for this provisioning; a technician's new one begins without it.
"""

from firmware import settings as site_settings
from firmware.settings import BadSettings
from protocol import messages
from protocol.compat import const
from protocol.schema import DOWN

_KEY = b"G"
_HEAD_BYTES = const(5)  # issue, and how many slots have spoken
_ORDER_BYTES = const(4)
_NUMBER = const(8)
# Where each field of a Settings message belongs in the settings file.
_PLACES = (
    ("heartbeat_s", None, "heartbeat_s"),
    ("area", "site", "area"),
    ("groups", "site", "groups"),
    ("volume_normal_pct", "volume_pct", "normal"),
    ("volume_emergency_pct", "volume_pct", "emergency"),
    ("tone_hz", "alert", "tone_hz"),
    ("tone_ms", "alert", "tone_ms"),
    ("volts_mv", "limits", "volts_mv"),
    ("ohms_tenths_low", "limits", "ohms_tenths_low"),
    ("ohms_tenths_high", "limits", "ohms_tenths_high"),
    ("microphone_db", "limits", "microphone_db"),
)


class Site:
    """Has the fields of firmware.settings.Settings, as they are now; raw is the file's dict."""

    def __init__(self, raw, store, issue):
        self._raw = raw
        self._store = store
        self._issue = issue.to_bytes(4, "big")
        self._last = ()  # per slot the order id of its last Settings
        self._given = None
        self._now = site_settings.read(raw)
        self._recover(store.get(_KEY))

    def __getattr__(self, name):
        return getattr(self._now, name)

    def take(self, order_id, given):
        """Go by these genuine Settings from now on, all or nothing; BadSettings and no change."""
        if any(last[:1] == order_id[:1] and last > order_id for last in self._last):
            raise BadSettings("later settings of this key came before")
        merged = _merged(self._given, given)
        now = site_settings.read(_laid_over(self._raw, merged))
        others = [last for last in self._last if last[:1] != order_id[:1]]
        last = tuple(others + [order_id])
        self._keep(last, merged)
        self._last, self._given, self._now = last, merged, now

    def _keep(self, last, given):
        head = self._issue + bytes((len(last),)) + b"".join(last)
        self._store.put(_KEY, head + messages.encode(DOWN, given))

    def _recover(self, record):
        """Take up what was given before a reset, unless it no longer fits this file."""
        if record is None or record[:4] != self._issue:
            return
        end = _HEAD_BYTES + _ORDER_BYTES * record[4]
        ids = range(_HEAD_BYTES, end, _ORDER_BYTES)
        try:
            given = messages.decode(DOWN, _NUMBER, record[end:])
            self._now = site_settings.read(_laid_over(self._raw, given))
        except ValueError:
            return
        self._given = given
        self._last = tuple(record[at : at + _ORDER_BYTES] for at in ids)


def _merged(before, given):
    """Return the Settings with what they leave out as it was given before."""
    if all(getattr(given, name) is None for name, _, _ in _PLACES):
        raise BadSettings("these settings say nothing")
    if before is None:
        return given
    return type(given)(*[old if new is None else new for new, old in zip(given, before)])


def _laid_over(raw, given):
    """Return the settings file with what was given in its place."""
    out = dict(raw)
    for name, table, key in _PLACES:
        value = getattr(given, name)
        if value is None:
            continue
        value = list(value) if name == "groups" else value
        if table is None:
            out[key] = value
        else:
            out[table] = dict(out[table])
            out[table][key] = value
    return out
