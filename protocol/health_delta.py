"""What changed since the last Health that the county has: the fields that changed, and no others.

A HealthDelta names its base by the low byte of that report's SEQ; `changed` has bit i for
field i of Health, and `fields` is a CBOR sequence of just those, null for one that is gone.
"""

from protocol import cbor, messages
from protocol.schema import UP

_HEALTH = messages.row(UP, "Health")


def delta(base_seq, old, new):
    """Return the HealthDelta that makes `new` of `old`, which went under base_seq."""
    changed, values = 0, []
    for i, (before, now) in enumerate(zip(_items(old), _items(new))):
        if before != now:
            changed |= 1 << i
            values.append(now)
    fields = cbor.sequence(*values)
    return messages.make("HealthDelta", base=base_seq & 0xFF, changed=changed, fields=fields)


def applied(old, change):
    """Return the Health that this HealthDelta makes of its base, or raise a ValueError.

    Fields of a later release are stepped over, as in a whole Health.
    """
    items, values = _items(old), cbor.Reader(change.fields)
    for i in range(16):
        if change.changed >> i & 1:
            value = values.value()
            if i < len(items):
                items[i] = value
    values.done()
    while items and items[-1] is None:
        items.pop()
    return messages.decode(UP, _HEALTH.number, cbor.sequence(*items))


def _items(health):
    """Return the fields as they are written, absent ones as None."""
    most = len(_HEALTH.fields)
    items = cbor.Reader(messages.encode(UP, health)).values(most)
    return items + [None] * (most - len(items))
