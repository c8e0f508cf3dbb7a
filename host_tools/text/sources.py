"""Fetches, once, the packages whose word lists the tables are built from, into .tools/text.

Each is pinned by its hash: the same words, and so the same tables, everywhere and every time.
"""

import hashlib
import shutil
from pathlib import Path

from host_tools.problems import MISMATCH, UNREACHABLE, Problem
from host_tools.setup import private_apt
from host_tools.setup.micropython import SUITE
from host_tools.setup.python_environment import PIP
from host_tools.setup.steps import TOOLS, SetupFailed, fingerprint, is_stamped, one_at_a_time, run

LOCK = Path(__file__).with_name("sources.lock")
FOLDER = TOOLS / "text"
DEBIAN = {  # package: SHA-256 of its one version
    "tesseract-ocr-kaz": "75b0a40dbd69c59ea95cc3a263ba72dc696121e1845a546c3f7a860d94b4bbde",
    "tesseract-ocr-uig": "48f894bc0a088ef029c90a4b8aaa4fd8881e163a4ba6fa1da1c4d4bd426255f5",
}

_STAMP = FOLDER / "sources.stamp"


def mark() -> str:
    """Return a text that changes when any source does."""
    return fingerprint(LOCK, *DEBIAN.values())


def make_ready() -> Path:
    """Return the folder of the unpacked sources; Problem where they are not to be had."""
    with one_at_a_time("text-lock"):
        if not is_stamped(_STAMP, mark()):
            _fetch()
    return FOLDER


def _fetch() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        _fetch_python_packages()
        _fetch_debian_packages()
    except SetupFailed as why:
        cause = f"the word lists could not be fetched: {str(why).rstrip('.')}"
        next_step = "connect this machine to its package mirrors once and run this again"
        raise Problem(cause, next_step, UNREACHABLE) from None
    _STAMP.write_text(mark())


def _fetch_python_packages() -> None:
    asked = ("--no-deps", "--no-compile", "--no-build-isolation", "--require-hashes")
    hint = "a Python package could not be installed"
    run(*PIP, "install", *asked, "--target", FOLDER, "--requirement", LOCK, hint=hint)


def _fetch_debian_packages() -> None:
    for file in private_apt.fetch_alone(tuple(DEBIAN), SUITE, FOLDER / "apt"):
        name = file.name.partition("_")[0]
        if hashlib.sha256(file.read_bytes()).hexdigest() != DEBIAN[name]:
            next_step = "pin the new one in host_tools/text/sources.py and raise the generations"
            raise Problem(f"{file.name} is not the version that is pinned", next_step, MISMATCH)
        run("dpkg-deb", "-x", file, FOLDER, hint=f"{file.name} could not be unpacked")
    shutil.rmtree(FOLDER / "apt")
