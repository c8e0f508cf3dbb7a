"""Puts the type stubs of MicroPython 1.25 where basedpyright looks for them."""

import shutil

from host_tools.setup.python_environment import PIP
from host_tools.setup.steps import ROOT, TOOLS, fingerprint, is_stamped, run, say

PORTS = ("rp2", "unix")  # device code is checked as on the Pico, boards/ as on Linux


def make_ready():
    for port in PORTS:
        _install(ROOT / f"requirements-typings-{port}.lock", TOOLS / f"typings-{port}")


def _install(lock, folder):
    stamp = folder.with_suffix(".stamp")
    mark = fingerprint(lock)
    if is_stamped(stamp, mark) and folder.is_dir():
        return
    say(f"installing the MicroPython type stubs of {lock.name} into .tools")
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--no-deps", "--target", folder, "--require-hashes", "--requirement", lock)
    run(*PIP, "install", *options, hint="the MicroPython type stubs could not be installed")
    stamp.write_text(mark)
