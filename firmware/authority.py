"""Who may give what: all that can be told of a signed message before its proof is checked."""

from protocol import frame
from protocol.keyring_file import (
    FOR_DRILLS,
    FOR_IMAGES,
    FOR_ORDERS,
    FOR_SETTINGS,
    ROOT_SLOT,
    covers,
    target_kind,
)
from protocol.schema import RANK

_USES = {
    "Order": FOR_ORDERS | FOR_DRILLS,
    "Cancel": FOR_ORDERS | FOR_DRILLS,
    "Settings": FOR_SETTINGS,
    "Image": FOR_IMAGES,
}


class Refused(Exception):
    """These bytes will not be acted on; the reason is the argument."""


class Unfit(Exception):
    """This is genuine, and this Box cannot do it; the reason is the argument."""


def check(keyring, header, message):
    """Raise Refused unless the slot that this message names may say it to so many."""
    name = type(message).__name__
    if name == "Keys":
        if message.slot != ROOT_SLOT:
            raise Refused("not permitted: only the root signs keys")
        return
    slot = keyring.slot(message.slot)
    _check_slot(slot, _USES[name], header.address)
    if name == "Order":
        _check_order(slot, header.seq, message)
    elif name == "Cancel":
        _check_cancel(keyring, slot, message.order[0])
    elif name == "Settings" and header.address == frame.EVERYBODY:
        raise Refused("not permitted: settings are for one Box or a group")


def _check_slot(slot, uses, address):
    if slot is None or not slot.uses:
        raise Refused("not permitted: no such key slot")
    if not slot.uses & uses:
        raise Refused("not permitted: this slot is for something else")
    if not slot.targets & target_kind(address):
        raise Refused("not permitted: this slot may not speak to so many")


def _check_order(slot, seq, order):
    if not slot.ranks >> RANK.index(order.rank) & 1:
        raise Refused("not permitted: this slot has no such rank")
    if order.replaces is None:
        return
    if order.replaces[0] != slot.number:
        raise Refused("not permitted: a slot replaces only its own orders")
    if int.from_bytes(order.replaces[1:], "big") >= seq:
        raise Refused("not permitted: only an earlier order is replaced")


def _check_cancel(keyring, slot, of):
    """A slot withdraws what it could have given: its own, and of a slot with no wider scope."""
    other = keyring.slot(of)
    if of != slot.number and (other is None or not covers(slot, other)):
        raise Refused("not permitted: this slot could not have given that order")
