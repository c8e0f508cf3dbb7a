"""What provisioning writes into a Box so that it can prove itself and believe the county.

Stored twice; a copy is a CBOR sequence and the CRC-32 over it.  Nothing in it is secret
to more than this one Box.
"""

import binascii
from collections import namedtuple

from protocol import cbor
from protocol.schema import RANK

_FORMAT = 1
_MOST_BYTES = 1024
_MOST_SLOTS = 8

TO_ONE, TO_GROUP, TO_ALL = 1, 2, 4

# unique_id of the board, address, issue, realm(8), box_root(32), epoch, slots (tuple of Slot)
Keyring = namedtuple(
    "Keyring", ("unique_id", "address", "issue", "realm", "box_root", "epoch", "slots")
)
# number, public_key(32), ranks (bit i: schema.RANK[i]), targets (sum of TO_...), drill
Slot = namedtuple("Slot", ("number", "public_key", "ranks", "targets", "drill"))

_HEAD_KINDS = (bytes, int, int, bytes, bytes, int)
_SLOT_KINDS = (int, bytes, int, int, bool)

ALL_RANKS = (1 << len(RANK)) - 1


class BadKeyring(ValueError):
    """This copy of the keyring cannot be used."""


def write(keyring):
    """Return the bytes of one copy."""
    slots = [part for slot in keyring.slots for part in slot]
    body = cbor.sequence(_FORMAT, *(list(keyring[:-1]) + [len(keyring.slots)] + slots))
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


def _parsed(items):
    if items.value() != _FORMAT:
        raise BadKeyring("of another format")
    head = [items.value() for _ in range(6)]
    count = items.value()
    if type(count) is not int or not 0 <= count <= _MOST_SLOTS:
        raise BadKeyring("too many slots")
    slots = tuple(Slot(*[items.value() for _ in range(5)]) for _ in range(count))
    items.done()
    _check(_HEAD_KINDS, head)
    for slot in slots:
        _check(_SLOT_KINDS, slot)
    return Keyring(*(head + [slots]))


def _check(kinds, values):
    for kind, value in zip(kinds, values):
        if type(value) is not kind:
            raise BadKeyring("a field of the wrong kind")
