"""What anybody may know of a county: its realm and the public keys its Boxes believe."""

from dataclasses import dataclass
from typing import Any

from host_tools.problems import NOT_FOUND, Problem
from protocol import keyring_file

FORMAT = 1
MOST_SLOTS = 8  # a Box's keyring holds no more


@dataclass(frozen=True)
class PublicSlot:
    """One signing key as the Boxes know it; the first five fields are keyring_file.Slot's."""

    number: int
    public_key: bytes
    ranks: int
    targets: int
    drill: bool
    name: str

    def in_keyring(self) -> Any:
        return keyring_file.Slot(
            self.number, self.public_key, self.ranks, self.targets, self.drill
        )


@dataclass(frozen=True)
class Public:
    """realm 8 bytes, root_public_key 32 bytes."""

    realm: bytes
    root_public_key: bytes
    slots: tuple[PublicSlot, ...]

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
    if fields["format"] != FORMAT or len(fields["slots"]) > MOST_SLOTS:
        raise ValueError("of another format")
    slots = tuple(
        PublicSlot(
            slot["number"], bytes.fromhex(slot["public_key"]), slot["ranks"], slot["targets"],
            slot["drill"], slot["name"],
        )
        for slot in fields["slots"]
    )  # fmt: skip
    return Public(bytes.fromhex(fields["realm"]), bytes.fromhex(fields["root_public_key"]), slots)
