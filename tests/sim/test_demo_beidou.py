"""The demo with BeiDou in the place of Iridium; a file of its own, so that both play at once."""

from pathlib import Path

import pytest

from tests.sim import unattended
from tests.sim.logs import entries


@pytest.mark.timeout(unattended.LONGEST_S + 60)
def test_the_demo_by_beidou_ends_with_the_auditors_yes(tmp_path: Path):
    ended = unattended.demo(tmp_path, "--roads", "udp,beidou")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    log = entries(tmp_path / "beidou.jsonl")
    assert any(entry.get("dir") == "mo" for entry in log)
    assert not [entry for entry in log if entry.get("event") == "early"]
