"""Puts a MicroPython for this machine at .tools/bin/micropython."""

import shutil
import subprocess

from host_tools.setup import private_apt
from host_tools.setup.steps import TOOLS, SetupFailed, is_stamped, run, say

OLDEST = (1, 25)
SUITE = "trixie"  # the first Debian release with 1.25
PROGRAM = TOOLS / "bin" / "micropython"
UNPACKED = TOOLS / "micropython"
STAMP = TOOLS / "micropython.stamp"
PROBE = "import sys, cryptolib, ffi, socket, asyncio; print(*sys.implementation[1][:2])"

# `exec`, so that the process id is the interpreter's own; relative, so that the copy can move;
# its own loader, because the machine's C library may be older than this MicroPython.
WRAPPER = """#!/bin/sh
here=${{0%/*}}/../micropython
exec "$here/{loader}" --library-path "$here/{libraries}" "$here/usr/bin/micropython" "$@"
"""


def make_ready():
    """Find or fetch it once.  Raises SetupFailed with what to install when neither works."""
    if is_stamped(STAMP, SUITE) and PROGRAM.exists():
        return
    STAMP.unlink(missing_ok=True)
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    PROGRAM.unlink(missing_ok=True)
    installed = shutil.which("micropython")
    if installed and good_enough(installed):
        say(f"using {installed}")
        PROGRAM.symlink_to(installed)
    else:
        _fetch()
    STAMP.write_text(SUITE)


def good_enough(program):
    """Is this a MicroPython of at least 1.25 with all the modules a Box needs?"""
    try:
        done = subprocess.run(
            [program, "-c", PROBE], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and tuple(map(int, done.stdout.split())) >= OLDEST


def _fetch():
    say(f"fetching MicroPython from Debian's {SUITE} suite into .tools")
    try:
        packages = private_apt.fetch("micropython", SUITE, TOOLS / "apt")
        _unpack(packages)
    except SetupFailed as why:
        raise SetupFailed(
            f"please install MicroPython {'.'.join(map(str, OLDEST))} or newer (unix port) on "
            f"PATH; it could not be fetched: {why}"
        ) from None
    finally:
        shutil.rmtree(TOOLS / "apt", ignore_errors=True)
    if not good_enough(PROGRAM):
        raise SetupFailed(f"the fetched {PROGRAM} does not run here; please install MicroPython.")


def _unpack(packages):
    shutil.rmtree(UNPACKED, ignore_errors=True)
    for package in packages:
        run("dpkg-deb", "-x", package, UNPACKED, hint=f"{package.name} could not be unpacked")
    PROGRAM.write_text(wrapper(_loader()))
    PROGRAM.chmod(0o755)


def wrapper(loader):
    """Return the script that starts MicroPython with the given loader of its own."""
    return WRAPPER.format(loader=loader, libraries=loader.rpartition("/")[0])


def _loader():
    found = sorted(UNPACKED.glob("usr/lib/*/ld-linux*.so.*"))
    if not found:
        raise SetupFailed("the C library has no loader where Debian keeps it")
    return found[0].relative_to(UNPACKED).as_posix()
