"""What provisioning writes into a Box so that it can prove itself and believe the county.

Stored twice; a copy is a CBOR sequence and the CRC-32 over it.  Nothing in it is secret
to more than this one Box.
"""

import binascii
from collections import namedtuple

from protocol import cbor, frame
from protocol.compat import const
from protocol.schema import RANK

_FORMAT = const(2)
_MOST_BYTES = const(1024)
MOST_SLOTS = const(8)
ROOT_SLOT = const(0)  # Keys name it as who signs; no Slot has this number

TO_ONE, TO_GROUP, TO_ALL = 1, 2, 4
FOR_ORDERS, FOR_DRILLS, FOR_SETTINGS, FOR_IMAGES = 1, 2, 4, 8  # bit i: schema.USE[i]

_FIELDS = (
    "unique_id",
    "address",
    "issue",
    "realm",
    "box_root",
    "epoch",
    "version",
    "roots",
    "slots",
)
# unique_id of the board, address, issue, realm(8), box_root(32), epoch; version: how many Keys
# changed it; roots: the public keys of the present and of the next root, the next one b"" while
# there is none; slots (tuple of Slot).  The realm is that of the county's first root, for ever.
Keyring = namedtuple("Keyring", _FIELDS)
# number, public_key(32), ranks (bit i: schema.RANK[i]), targets (sum of TO_...), uses (sum of
# FOR_..., 0: revoked), seq: of the Keys that said so last, 0 from provisioning
Slot = namedtuple("Slot", ("number", "public_key", "ranks", "targets", "uses", "seq"))

_HEAD_KINDS = (bytes, int, int, bytes, bytes, int, int, bytes, bytes)
_SLOT_KINDS = (int, bytes, int, int, int, int)

ALL_RANKS = (1 << len(RANK)) - 1


class BadKeyring(ValueError):
    """This copy of the keyring cannot be used."""


def write(keyring):
    """Return the bytes of one copy."""
    head = list(keyring[:7]) + list(keyring.roots) + [len(keyring.slots)]
    slots = [part for slot in keyring.slots for part in slot]
    body = cbor.sequence(_FORMAT, *(head + slots))
    return body + binascii.crc32(body).to_bytes(4, "big")


def read(data):
    """Return the Keyring in one copy, or raise BadKeyring."""
    body, check = data[:-4], data[-4:]
    if not 5 < len(data) <= _MOST_BYTES or binascii.crc32(body).to_bytes(4, "big") != check:
        raise BadKeyring("empty, cut short or damaged")
    try:
        return _parsed(cbor.Reader(body))
    except cbor.Malformed as why:
        raise BadKeyring(str(why))


def changed(keyring, **fields):
    """Return this Keyring with these fields in the place of its own."""
    return Keyring(*[fields.get(name, value) for name, value in zip(_FIELDS, keyring)])


def are_uses(uses):
    """Return whether one key may have these uses together.

    A drill is what no live key can give, and an image key gives no orders.
    """
    orders = [use for use in (FOR_ORDERS, FOR_DRILLS, FOR_IMAGES) if uses & use]
    return 0 < uses <= FOR_ORDERS | FOR_DRILLS | FOR_SETTINGS | FOR_IMAGES and len(orders) < 2


def covers(slot, other):
    """Return whether whatever one slot could order the other could have ordered too."""
    kinds = FOR_ORDERS | FOR_DRILLS
    return (
        bool(slot.uses & kinds)
        and slot.uses & kinds == other.uses & kinds
        and slot.ranks | other.ranks == slot.ranks
        and slot.targets | other.targets == slot.targets
    )


def target_kind(address):
    """Return which of TO_ONE, TO_GROUP and TO_ALL a downward address is."""
    if address == frame.EVERYBODY:
        return TO_ALL
    return TO_GROUP if frame.FIRST_GROUP <= address <= frame.LAST_GROUP else TO_ONE


def _parsed(items):
    if items.value() != _FORMAT:
        raise BadKeyring("of another release: provision this Box again")
    head = [items.value() for _ in _HEAD_KINDS]
    count = items.value()
    if type(count) is not int or not 0 <= count <= MOST_SLOTS:
        raise BadKeyring("too many slots")
    slots = tuple(Slot(*[items.value() for _ in _SLOT_KINDS]) for _ in range(count))
    items.done()
    _check(_HEAD_KINDS, head)
    for slot in slots:
        _check(_SLOT_KINDS, slot)
    return Keyring(*(head[:7] + [tuple(head[7:]), slots]))


def _check(kinds, values):
    for kind, value in zip(kinds, values):
        if type(value) is not kind:
            raise BadKeyring("a field of the wrong kind")
