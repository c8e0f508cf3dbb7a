"""What genuine Keys make of a keyring: a decision over values, and nothing else."""

from firmware.authority import Unfit
from protocol import keyring_file
from protocol.keyring_file import MOST_SLOTS, ROOT_SLOT, Slot, changed
from protocol.keys import EPOCHS_AHEAD


def rekeyed(ring, seq, keys, by_next):
    """Return the protocol.keyring_file.Keyring after the Keys of this SEQ, or raise Unfit.

    by_next: the next root signed them.  It becomes the present root, whose successor is then
    to be named anew, and the numbers of the old one mean nothing any more.
    """
    if keys.subject is None and keys.epoch is None:
        raise Unfit("these Keys say nothing")
    after = _promoted(ring) if by_next else ring
    if keys.subject == ROOT_SLOT:
        after = changed(after, roots=_with_next(after.roots, keys))
    elif keys.subject is not None:
        after = changed(after, slots=_with_slot(after, seq, keys))
    if keys.epoch is not None:
        after = changed(after, epoch=_epoch(ring.epoch, keys.epoch))
    return after if after == ring else changed(after, version=ring.version + 1)


def _promoted(ring):
    slots = tuple(Slot(*(list(slot[:5]) + [0])) for slot in ring.slots)
    return changed(ring, roots=(ring.roots[1], b""), slots=slots)


def _with_next(roots, keys):
    """Who holds the present root cannot push its successor aside: the place must be empty."""
    if (
        keys.public_key is None
        or (keys.ranks, keys.targets, keys.uses, keys.revoked) != (None,) * 4
    ):
        raise Unfit("a root is a public key and nothing else")
    if roots[1] not in (b"", keys.public_key) or keys.public_key == roots[0]:
        raise Unfit("there is a next root")
    return (roots[0], keys.public_key)


def _with_slot(ring, seq, keys):
    """Return the slots with the one that these Keys are about; of two Keys the later SEQ wins."""
    was = Slot(keys.subject, None, None, None, 0, -1)
    for slot in ring.slots:
        was = slot if slot.number == keys.subject else was
    if seq < was.seq:
        raise Unfit("later Keys about this slot came before")
    if seq == was.seq:
        return ring.slots
    others = [slot for slot in ring.slots if slot.number != keys.subject]
    if len(others) == MOST_SLOTS:
        raise Unfit("no room: a new key takes the number of a revoked one")
    one = _revoked(was, seq) if keys.revoked else _given(was, seq, keys)
    if one.uses:
        _check_unique(one.public_key, ring.roots, others)
    return tuple(sorted(others + [one]))


def _revoked(was, seq):
    """A revoked slot stays, without uses, so that earlier Keys cannot bring it back."""
    return Slot(was.number, was.public_key or bytes(32), was.ranks or 0, was.targets or 0, 0, seq)


def _given(was, seq, keys):
    """What the Keys leave out stays as it was."""
    said = (keys.public_key, keys.ranks, keys.targets, keys.uses)
    fields = [old if new is None else new for new, old in zip(said, was[1:5])]
    if None in fields or not keyring_file.are_uses(fields[3]):
        raise Unfit("a slot needs a key, ranks, targets and uses that go together")
    return Slot(*([was.number] + fields + [seq]))


def _check_unique(public_key, roots, others):
    """An image key gives no orders, so one key is never in two slots."""
    if public_key in roots or any(o.uses and o.public_key == public_key for o in others):
        raise Unfit("this key has a slot already")


def _epoch(present, ordered):
    if ordered > present + EPOCHS_AHEAD:
        raise Unfit("an epoch further ahead than the county would look")
    return max(present, ordered)
