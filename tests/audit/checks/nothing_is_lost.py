"""Every report ever sent, every press and every Programme is at the county."""

from tests.audit import custody
from tests.audit.finding import Finding
from tests.audit.run import Run


def check(run: Run) -> Finding:
    return Finding(custody.lost(run), f"{len(custody.sent(run))} reports were sent")
