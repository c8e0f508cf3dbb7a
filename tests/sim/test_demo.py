"""The demo with the usual roads: IP and Iridium."""

from pathlib import Path

import pytest

from tests.sim import unattended


@pytest.mark.timeout(unattended.LONGEST_S + 60)
def test_the_demo_ends_with_the_auditors_yes(tmp_path: Path):
    ended = unattended.demo(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
