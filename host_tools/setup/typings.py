"""Puts the type stubs of MicroPython 1.25 where basedpyright looks for them."""

from host_tools.setup.python_environment import install_into
from host_tools.setup.steps import ROOT, TOOLS

PORTS = ("rp2", "unix")  # device code is checked as on the Pico, boards/ as on Linux


def make_ready():
    for port in PORTS:
        lock = ROOT / f"requirements-typings-{port}.lock"
        install_into(TOOLS / f"typings-{port}", lock, "the MicroPython type stubs")
