"""Puts into .tools what only judges us or is compared with us: nothing of it is the product."""

from host_tools.setup.python_environment import install_into, make_environment
from host_tools.setup.steps import ROOT, TOOLS, SetupFailed, say

COSE = TOOLS / "cose"  # an environment: its cbor2 is older than ours
BENCH = TOOLS / "bench"
UNISHOX = TOOLS / "unishox"


def make_ready():
    make_environment(COSE, ROOT / "requirements-cose.lock")
    install_into(BENCH, ROOT / "requirements-bench.lock", "what the wire is compared with")


def make_unishox_ready():
    """Build Unishox2, which comes as C source; a machine without a compiler does without it."""
    try:
        install_into(UNISHOX, ROOT / "requirements-unishox.lock", "Unishox2")
    except SetupFailed as why:
        say(f"Unishox2 is left out of the comparison: {why}")
