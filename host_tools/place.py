"""Who a Box is told it is: address, name, carriers, groups; checked before anything changes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.problems import USAGE, Problem
from protocol import frame

UNIQUE_ID_BYTES = 8
MOST_NAME_BYTES = 64
MOST_GROUPS = 16
PLACE = ("address", "name", "imei", "beidou_card", "groups")


@dataclass(frozen=True)
class Site:
    """What people say of a place.  given: the settings in a file; said: PLACE, as typed."""

    county: Path
    given: dict[str, Any]
    said: dict[str, Any]

    def place(self) -> dict[str, Any]:
        """Return PLACE: each as typed, else as the table "site" of the file has it."""
        expect_tables(self.given)
        site = self.given.get("site", {})
        found = {"imei": None, "beidou_card": None, "groups": []}
        found.update({key: site[key] for key in PLACE if key in site})
        found.update({key: value for key, value in self.said.items() if value not in (None, [])})
        for key in ("address", "name"):
            if key not in found:
                next_step = f"give --{key}, or site.{key} in the file"
                raise Problem(f"a Box needs its {key}", next_step, USAGE)
        return found


def described(
    address: int,
    name: str,
    unique_id: str,
    imei: str | None = None,
    groups: tuple[int, ...] | list[int] = (),
    beidou_card: str | None = None,
) -> dict[str, Any]:
    """Return the record of a Box that has no issue yet; Problem where it cannot be one."""
    record = {
        "address": address, "name": name, "unique_id": unique_id.lower(), "imei": imei,
        "beidou_card": beidou_card, "groups": groups,
    }  # fmt: skip
    _check(record)
    return {**record, "groups": sorted(set(groups))}


def _check(record: dict[str, Any]) -> None:
    for is_right, expected in (
        (_is_address(record["address"]), "an address is 1 to 61439"),
        (_is_name(record["name"]), f"a name has 1 to {MOST_NAME_BYTES} bytes on one line"),
        (_is_unique_id(record["unique_id"]), "a unique id is 16 hexadecimal digits"),
        (_is_imei(record["imei"]), "an IMEI is 15 digits"),
        (_is_card(record["beidou_card"]), "a BeiDou card has a number of 7 or 8 digits"),
        (_is_short_list(record["groups"]), f"a Box is in at most {MOST_GROUPS} groups"),
        (_are_groups(record["groups"]), "a group is 61440 to 65279 (0xF000 to 0xFEFF)"),
    ):
        if not is_right:
            raise Problem(expected, "nothing was changed", USAGE)


def expect_tables(given: dict[str, Any]) -> None:
    for name in ("site", "board"):
        if not isinstance(given.get(name, {}), dict):
            raise Problem(f"{name} in the settings is no table", "nothing was changed", USAGE)


def _is_address(address: Any) -> bool:
    return type(address) is int and 0 < address < frame.FIRST_GROUP


def _is_name(name: Any) -> bool:
    if not isinstance(name, str) or not name.isprintable():
        return False
    return 0 < len(name.encode()) <= MOST_NAME_BYTES


def _is_unique_id(digits: str) -> bool:
    return len(digits) == 2 * UNIQUE_ID_BYTES and all(d in "0123456789abcdef" for d in digits)


def _is_imei(imei: Any) -> bool:
    return imei is None or _are_digits(imei, 15)


def _is_card(number: Any) -> bool:
    """Return whether it is as the road names a card: 7 digits, more only where they need it."""
    eight = _are_digits(number, 8) and number[0] != "0"
    return number is None or _are_digits(number, 7) or eight


def _are_digits(words: Any, count: int) -> bool:
    return isinstance(words, str) and len(words) == count and words.isascii() and words.isdigit()


def _is_short_list(groups: Any) -> bool:
    return isinstance(groups, list | tuple) and len(groups) <= MOST_GROUPS


def _are_groups(groups: Any) -> bool:
    first, last = frame.FIRST_GROUP, frame.LAST_GROUP
    return isinstance(groups, list | tuple) and all(
        type(group) is int and first <= group <= last for group in groups
    )
