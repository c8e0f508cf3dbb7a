"""A fault script, played with real processes to its end, has the auditor's yes."""

import subprocess
import sys
from pathlib import Path

import pytest

LONGEST_S = 200
BOUNDED = ("timeout", "--signal=INT", "--kill-after=30", str(LONGEST_S))
DEMO = (*BOUNDED, sys.executable, "-m", "host_tools", "demo", "--check")
# As `make prove` writes them: a call in the dark, a power cut in it, a county that dies.
SCRIPT = """
cut ip
cut sbd
press 1
wait 1
kill box
mend ip
order danger
wait 1
kill gateway
mend sbd
quiet
"""


@pytest.mark.timeout(LONGEST_S + 60)
def test_a_script_of_faults_ends_with_the_auditors_yes(tmp_path: Path):
    script = tmp_path / "faults.play"
    script.write_text(SCRIPT, encoding="utf-8")
    command = (*DEMO, "--play", str(script), "--keep", str(tmp_path / "stage"))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
