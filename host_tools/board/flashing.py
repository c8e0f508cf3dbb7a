"""Put an image onto one board over USB, and believe only what the board says afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.board import bootloader, identity, session
from host_tools.board.usb import NEW_PORT_S, Usb, back, only_board, wait
from host_tools.build import uf2
from host_tools.build.release import Release, found_in
from host_tools.problems import MISMATCH, UNREACHABLE, USAGE, Problem

BACK_S = 30.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """An image that says which release it is."""

    name: str
    data: bytes
    image: uf2.Image
    release: Release


@dataclass(frozen=True)
class Place:
    """Where the board is looked for once it has the image; what is unknown is empty.

    before: the ports that other boards had.
    """

    port: str = ""
    serial: str = ""
    before: tuple[str, ...] = ()


def wanted(path: Path) -> Wanted:
    """Read an image; Problem unless it says which release it is."""
    image = uf2.load(path)
    release = found_in(image.content)
    if release is None:
        why = f"{path.name} does not say which release of Fengsui it is"
        raise Problem(why, "take one that `make firmware` built", MISMATCH)
    return Wanted(path.name, path.read_bytes(), image, release)


def flash(
    usb: Usb,
    port: str | None,
    wish: Wanted,
    drive: Path | None,
    tell: Tell,
    progress: bootloader.Progress,
) -> dict[str, Any]:
    """Flash the board at port, or the one there is; return what was found before and after.

    drive: the folder where its drive is mounted, None to look where systems usually do.
    """
    begun_s = usb.now_s()
    before, place = _drive_shown(usb, port, wish, drive)
    shown = bootloader.awaited(usb, drive)
    bootloader.refuse_other_chip(shown, wish.image, wish.name)
    tell(f"copying {wish.name} to {shown}")
    bootloader.copy(wish.data, shown, progress)
    tell("waiting until the board is back")
    port = _back(usb, place)
    with session.opened(usb, port, NEW_PORT_S) as board:
        after = identity.of(board)
    _compare(wish, after, port)
    port = _back(usb, Place(port, after.unique_id))
    return {
        "port": port,
        **after.told(),
        "before": before and before.told(),
        "took_s": round(usb.now_s() - begun_s, 1),
    }


def _drive_shown(
    usb: Usb, port: str | None, wish: Wanted, folder: Path | None
) -> tuple[identity.Identity | None, Place]:
    """See to it that one board shows its drive; return who it was, and where it will be."""
    drive = bootloader.waiting(usb, folder)
    others = tuple(one.port for one in usb.boards())
    if drive is not None:
        if port is not None and usb.has(port):
            why = f"{drive} waits for an image, and a board runs on {port}"
            raise Problem(why, "unplug the one you do not mean", USAGE)
        return None, Place(port or "", "", others)
    port = port or only_board(usb)
    with session.opened(usb, port) as board:
        who = identity.of(board)
        refuse(wish, who, port)
        board.leave(session.TAKE_IMAGE)
    return who, Place(port, who.unique_id)


def refuse(wish: Wanted, who: identity.Identity, port: str) -> None:
    """Raise Problem where this image is for another chip, or another board, than who answers."""
    uf2.refuse_other_chip(wish.image, who.chip, wish.name)
    if who.release is not None and who.release.board != wish.release.board:
        why = f"{wish.name} is for a {wish.release.board}, and {port} is a {who.release.board}"
        raise Problem(why, "take the image that was built for it", MISMATCH)


def _back(usb: Usb, place: Place) -> str:
    """Return the port of the board that restarted; Problem if it stays away."""

    def found() -> str:
        if place.port:
            return back(usb, place.port, place.serial)
        new = [one.port for one in usb.boards() if one.port not in place.before]
        return new[0] if len(new) == 1 else ""

    port = wait(usb, found, BACK_S)
    if not port:
        where = f"on {place.port}" if place.port else "on any port"
        next_step = "unplug it, plug it in with BOOTSEL held and flash it again"
        raise Problem(f"the board did not come back {where}", next_step, UNREACHABLE)
    return port


def _compare(wish: Wanted, after: identity.Identity, port: str) -> None:
    if after.release != wish.release:
        why = f"{port} has {after.shown}, and {wish.name} is {identity.shown(wish.release)}"
        raise Problem(why, "flash it again", MISMATCH)
