"""Which compilers a build needs, and the one line that installs those that are missing."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from host_tools.problems import NOT_FOUND, Problem

COMMON = ("make", "gcc")
CHIP = (*COMMON, "cmake", "gcc-arm-none-eabi", "libnewlib-arm-none-eabi",
        "libstdc++-arm-none-eabi-newlib")  # fmt: skip
PICOTOOL = ("g++",)
UNIX32 = (*COMMON, "libc6-dev-i386", "lib32gcc-dev")

# What shows that a package is there: a program on PATH, or a file that its compiler finds.
_PROGRAMS = {
    "make": "make",
    "gcc": "gcc",
    "g++": "g++",
    "cmake": "cmake",
    "gcc-arm-none-eabi": "arm-none-eabi-gcc",
}
_FILES = {
    "libnewlib-arm-none-eabi": ("arm-none-eabi-gcc", "libc.a"),
    "libstdc++-arm-none-eabi-newlib": ("arm-none-eabi-gcc", "libstdc++.a"),
    "libc6-dev-i386": ("gcc", "-m32", "libc.a"),
    "lib32gcc-dev": ("gcc", "-m32", "libgcc.a"),
}


def need(packages: Iterable[str]) -> None:
    """Raise Problem with the apt-get line for exactly those packages that are missing."""
    missing = [_named(package) for package in packages if not _found(package)]
    if missing:
        line = f"apt-get install {' '.join(missing)}"
        what = "a compiler this build needs is" if len(missing) == 1 else "compilers are"
        raise Problem(f"{what} missing on this machine", f"as root, run `{line}`", NOT_FOUND)


def answer_of(*command: str) -> str:
    """Return what a program prints, nothing where it does not exist."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _found(package: str) -> bool:
    if package in _PROGRAMS:
        return shutil.which(_PROGRAMS[package]) is not None
    *compiler, file = _FILES[package]
    # A compiler that does not know a file answers with the bare name.
    return Path(answer_of(*compiler, f"-print-file-name={file}")).is_absolute()


def _named(package: str) -> str:
    """Debian names the 32-bit runtime after the compiler's release: lib32gcc-12-dev."""
    if package != "lib32gcc-dev":
        return package
    release = answer_of("gcc", "-dumpversion").split(".")[0] or "12"
    return f"lib32gcc-{release}-dev"
