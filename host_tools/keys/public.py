"""What anybody may know of a county: its realm and the public keys its Boxes believe."""

from dataclasses import dataclass
from typing import Any

from host_tools.problems import MISMATCH, NOT_FOUND, USAGE, Problem
from protocol import keyring_file
from protocol.keyring_file import FOR_DRILLS, FOR_ORDERS, MOST_SLOTS

FORMAT = 2
TARGETS = ("one", "group", "all")  # bit i of a slot's targets


@dataclass(frozen=True)
class PublicSlot:
    """One signing key as the Boxes know it; all but its name are keyring_file.Slot's fields.

    seq: of the Keys that said so, 0 while a Box learns it from provisioning only.
    """

    number: int
    public_key: bytes
    ranks: int
    targets: int
    uses: int
    name: str
    seq: int = 0

    @property
    def drill(self) -> bool:
        return bool(self.uses & FOR_DRILLS)

    @property
    def revoked(self) -> bool:
        return not self.uses

    @property
    def gives_orders(self) -> bool:
        return bool(self.uses & (FOR_ORDERS | FOR_DRILLS))

    def in_keyring(self) -> Any:
        return keyring_file.Slot(
            self.number, self.public_key, self.ranks, self.targets, self.uses, self.seq
        )

    def in_json(self) -> dict[str, Any]:
        """Return it as public.json has it."""
        return {
            "number": self.number, "name": self.name, "public_key": self.public_key.hex(),
            "ranks": self.ranks, "targets": self.targets, "uses": self.uses, "seq": self.seq,
        }  # fmt: skip


@dataclass(frozen=True)
class Public:
    """realm 8 bytes, the two root keys 32 bytes each."""

    realm: bytes
    root_public_key: bytes
    next_root_public_key: bytes
    slots: tuple[PublicSlot, ...]

    @property
    def roots(self) -> tuple[bytes, bytes]:
        return self.root_public_key, self.next_root_public_key

    def named(self, name: str) -> PublicSlot:
        """Return the slot of this name, or raise Problem."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        known = ", ".join(slot.name for slot in self.slots)
        raise Problem(f"this county has no signing key {name}", f"it has {known}", NOT_FOUND)

    def numbered(self, number: int) -> PublicSlot | None:
        """Return the slot of this number, or None."""
        return next((slot for slot in self.slots if slot.number == number), None)


def parsed(fields: dict[str, Any]) -> Public:
    """Return what public.json says, or raise KeyError, TypeError or ValueError."""
    if fields["format"] != FORMAT:
        why = "public.json was made by another release, whose Boxes knew no next root"
        raise Problem(why, "make new keys with `fengsui keys init` and provision anew", MISMATCH)
    if len(fields["slots"]) > MOST_SLOTS:
        raise ValueError("too many slots")
    slots = tuple(
        PublicSlot(
            slot["number"], bytes.fromhex(slot["public_key"]), slot["ranks"], slot["targets"],
            slot["uses"], slot["name"], slot["seq"],
        )
        for slot in fields["slots"]
    )  # fmt: skip
    names = ("realm", "root_public_key", "next_root_public_key")
    realm, root, successor = (bytes.fromhex(fields[name]) for name in names)
    return Public(realm, root, successor, slots)


def written(public: Public) -> dict[str, Any]:
    """Return what public.json says of this county."""
    return {
        "format": FORMAT,
        "realm": public.realm.hex(),
        "root_public_key": public.root_public_key.hex(),
        "next_root_public_key": public.next_root_public_key.hex(),
        "slots": [slot.in_json() for slot in public.slots],
    }


def words_of(number: int, words: Any) -> list[str]:
    """Return the words of the bits that are set: bit i stands for word i."""
    return [word for i, word in enumerate(words) if number >> i & 1]


def number_of(said: str, words: Any, what: str) -> int:
    """Return the bits of words parted by commas, or raise Problem."""
    named = [word.strip() for word in said.split(",") if word.strip()]
    if not named or any(word not in words for word in named):
        why = f"{said} are no {what}"
        raise Problem(why, f"name some of {', '.join(words)}, parted by commas", USAGE)
    return sum(1 << tuple(words).index(word) for word in set(named))
