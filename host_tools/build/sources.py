"""The foreign sources of a firmware, fetched once from Debian's archive into .tools/rp2."""

import json
import re
import shutil
from pathlib import Path

from host_tools.build.work import RP2, refuse_spaces, say
from host_tools.problems import UNREACHABLE, Problem
from host_tools.setup import private_apt
from host_tools.setup.micropython import SUITE
from host_tools.setup.steps import SetupFailed, is_stamped
from host_tools.setup.steps import run as quietly

SOURCES = ("micropython", "mbedtls", "picotool")  # as their authors released them
PACKAGES = ("pico-sdk-source", "tinyusb-source")

MICROPYTHON = RP2 / "micropython"
PICOTOOL = RP2 / "picotool"
PICO_SDK = RP2 / "packages/usr/src/pico-sdk"
LIBRARIES = RP2 / "libraries"  # stands for micropython-lib, of which nothing is used

_STAMP = RP2 / "sources.stamp"
_VERSIONS = RP2 / "versions.json"
_DOWNLOADS = RP2 / "apt"
_LINKS = {
    "pico-sdk": "../../packages/usr/src/pico-sdk",
    "tinyusb": "../../packages/usr/src/tinyusb",
    "mbedtls": "../../mbedtls",
}
_PLAINLY = ("--strip-components=1", "--no-same-owner")
_FILE = re.compile(r"(?P<name>[a-z0-9-]+?)(-source)?_(?P<version>\d[\d.]*)")


def make_ready() -> None:
    """Fetch and unpack what is not here yet.  Raises Problem when it is not to be had."""
    refuse_spaces()
    if is_stamped(_STAMP, SUITE):
        return
    say(f"fetching MicroPython, Mbed TLS, pico-sdk, TinyUSB and picotool of Debian's {SUITE}")
    shutil.rmtree(RP2, ignore_errors=True)
    try:
        files = private_apt.fetch_sources(SOURCES, PACKAGES, SUITE, _DOWNLOADS)
        _unpack(files)
    except SetupFailed as why:
        next_step = "connect this machine to its package mirror once and run this again"
        cause = f"the firmware's sources could not be fetched: {str(why).rstrip('.')}"
        raise Problem(cause, next_step, UNREACHABLE) from None
    finally:
        shutil.rmtree(_DOWNLOADS, ignore_errors=True)
    _link()
    _STAMP.write_text(SUITE)


def versions() -> dict[str, str]:
    """Return {name: version} of what was fetched."""
    return json.loads(_VERSIONS.read_text())


def named() -> str:
    """Return the versions of all of them in one line: another one makes another image."""
    return ", ".join(f"{name} {version}" for name, version in versions().items())


def _unpack(files: list[Path]) -> None:
    found = {}
    for path in files:
        name, version = _name_and_version(path)
        found[name] = version
        if path.suffix == ".deb":
            command = ("dpkg-deb", "-x", path, RP2 / "packages")
        else:
            (RP2 / name).mkdir()
            command = ("tar", "-xf", path, "-C", RP2 / name, *_PLAINLY)
        quietly(*command, hint=f"{path.name} could not be unpacked")
    _VERSIONS.write_text(json.dumps(found, indent=1, sort_keys=True))


def _name_and_version(path: Path) -> tuple[str, str]:
    """Read `pico-sdk-source_2.1.1-1_all.deb` as ("pico-sdk", "2.1.1")."""
    found = _FILE.match(path.name)
    if not found:
        raise SetupFailed(f"{path.name} is not named as Debian names its files.")
    return found["name"], found["version"].rstrip(".")


def _link() -> None:
    """Put the libraries where MicroPython's port looks; relative, so that the copy may move."""
    for name, target in _LINKS.items():
        place = MICROPYTHON / "lib" / name
        if place.is_dir():
            place.rmdir()  # the place of a git submodule, empty in a release
        place.symlink_to(target)
    LIBRARIES.mkdir()
    # The port's build stops unless its library folder has one.
    (LIBRARIES / "README.md").write_text("No package of micropython-lib is used.\n")
