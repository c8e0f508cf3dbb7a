"""The demo, as the README shows it: played unattended to its end, then judged by the auditor."""

import subprocess
import sys
from pathlib import Path

import pytest

LONGEST_S = 400
# Interrupted as by a technician's Ctrl-C, it takes its processes along.
BOUNDED = ("timeout", "--signal=INT", "--kill-after=30", str(LONGEST_S))
DEMO = (*BOUNDED, sys.executable, "-m", "host_tools", "demo", "--check", "--keep")


@pytest.mark.timeout(LONGEST_S + 60)
def test_the_demo_ends_with_the_auditors_yes(tmp_path: Path):
    ended = subprocess.run((*DEMO, str(tmp_path)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
