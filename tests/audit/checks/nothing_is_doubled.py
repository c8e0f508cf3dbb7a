"""No report, press or end of an order is at the county twice."""

from tests.audit import custody
from tests.audit.finding import Finding
from tests.audit.run import Run


def check(run: Run) -> Finding:
    return Finding(custody.doubled(run), f"{len(run.kept)} reports at the county")
