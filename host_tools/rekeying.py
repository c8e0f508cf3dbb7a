"""Compose Keys and let a root sign them: whom the Boxes believe from now on.

The county's public.json is changed with them, so that Boxes provisioned later are told the
same.  Each frame is kept in keys/ of the county before that: a message lost is signed once only.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from host_tools import orders
from host_tools.keys import counter, files, store
from host_tools.keys.public import PublicSlot
from host_tools.keys.store import NEXT, ROOT, Public
from host_tools.problems import REFUSED, USAGE, Problem
from protocol import frame, keyring_file, messages
from protocol.keyring_file import MOST_SLOTS, ROOT_SLOT

KEPT = "keys"  # folder of the county with the frames that were signed
PRIORITY = 1


class Rekeying:
    """One unlocked root of a county; by is store.ROOT or store.NEXT."""

    def __init__(self, county: Path, passphrase: str, by: str = ROOT):
        self._county = county
        self._passphrase = passphrase
        self._public = store.load_public(county)
        self._root = store.load_root(county, by, passphrase)

    def add(
        self, name: str, number: int, ranks: int, targets: int, uses: int, to: int
    ) -> tuple[str, bytes]:
        """Make a signing key and the Keys that name it; return (name of the Keys, frame)."""
        check_uses(uses)
        first = _first_number(self._county, self._public, name, number)
        public_key = store.make_signing_key(self._county, name, self._passphrase, first)
        slot = PublicSlot(number, public_key, ranks, targets, uses, name)
        said = {
            "public_key": public_key, "ranks": ranks, "targets": targets, "uses": uses,
        }  # fmt: skip
        return self._signed(slot, to, said)

    def change(self, name: str, to: int, **scope: int) -> tuple[str, bytes]:
        """Give a key another scope: ranks, targets, uses, or some of them."""
        slot = replace(self._usable(name), **scope)
        check_uses(slot.uses)
        return self._signed(slot, to, scope)

    def revoke(self, name: str, to: int) -> tuple[str, bytes]:
        """Believe this key no longer, ever."""
        return self._signed(replace(self._usable(name), uses=0), to, {"revoked": True})

    def order_epoch(self, epoch: int, to: int) -> tuple[str, bytes]:
        """Let a Box go to this epoch at least."""
        seq, data = self._frame(to, {"epoch": epoch})
        return self._kept(seq, data), data

    def _usable(self, name: str) -> PublicSlot:
        slot = self._public.named(name)
        if slot.revoked:
            raise Problem(f"the key {name} is revoked already", "", REFUSED)
        return slot

    def _signed(self, slot: PublicSlot, to: int, said: dict[str, Any]) -> tuple[str, bytes]:
        seq, data = self._frame(to, {"subject": slot.number, **said})
        name = self._kept(seq, data)
        others = [one for one in self._public.slots if one.number != slot.number]
        slots = sorted([*others, replace(slot, seq=seq)], key=lambda one: one.number)
        self._public = replace(self._public, slots=tuple(slots))
        store.save_public(self._county, self._public)
        return name, data

    def _frame(self, to: int, said: dict[str, Any]) -> tuple[int, bytes]:
        issued = orders.minute(time.time())
        keys = messages.make("Keys", slot=ROOT_SLOT, issued=issued, **said)
        data = orders.signed(self._public, self._root, to, keys, PRIORITY)
        return frame.read(data)[0].seq, data

    def _kept(self, seq: int, data: bytes) -> str:
        folder = self._county / KEPT
        folder.mkdir(exist_ok=True)
        files.write_whole(folder / f"{ROOT_SLOT}-{seq}.hex", data.hex().encode() + b"\n")
        return f"{ROOT_SLOT}:{seq}"


def check_uses(uses: int) -> None:
    """Raise Problem for uses that no Box lets one key have together."""
    if not keyring_file.are_uses(uses):
        why = "a key is for orders, drills or images, one of them; settings may be added"
        raise Problem(why, "make a key of its own for each", USAGE)


def _first_number(county: Path, public: Public, name: str, number: int) -> int:
    """Return where the counter of a new key begins, or Problem if name or number is taken."""
    if not name.isidentifier() or name in (ROOT, NEXT):
        raise Problem(f"{name} is no name for a key", "take one word of letters", USAGE)
    if any(slot.name == name for slot in public.slots):
        raise Problem(f"there is a key {name} already", "choose another name", USAGE)
    before = public.numbered(number)
    if before is None:
        if len(public.slots) == MOST_SLOTS:
            why = f"a Box's keyring holds {MOST_SLOTS} slots, the revoked ones too"
            raise Problem(why, "give the new key the number of a revoked one", USAGE)
        return counter.FIRST
    if not before.revoked:
        why = f"slot {number} is the key {before.name}"
        raise Problem(why, "revoke it first, or choose another number", USAGE)
    return _above(county, before)


def _above(county: Path, before: PublicSlot) -> int:
    """Return a number above all that the old key of this slot used: Boxes remember them."""
    last = counter.read(county / "signing" / f"{before.name}.counter")
    return last + counter.JUMP_AFTER_RESTORE
