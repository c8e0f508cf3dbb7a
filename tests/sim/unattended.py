"""The demo, as the README shows it: played unattended to its end, then judged by the auditor."""

import subprocess
import sys
from pathlib import Path

LONGEST_S = 400
# Interrupted as by a technician's Ctrl-C, it takes its processes along.
_BOUNDED = ("timeout", "--signal=INT", "--kill-after=30", str(LONGEST_S))
_DEMO = (*_BOUNDED, sys.executable, "-m", "host_tools", "demo", "--check", "--keep")


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Play it and return how it ended."""
    command = (*_DEMO, str(folder), *options)
    return subprocess.run(command, capture_output=True, text=True, check=False)
