"""No Ack goes down for a frame that the county does not have."""

from tests.audit import ackings
from tests.audit.finding import Finding
from tests.audit.run import Run


def check(run: Run) -> Finding:
    have = {report.order: report.received_at for report in run.kept}
    given = ackings.given(run)
    complaints = [
        f"at {run.clock(ack.t)} epoch {ack.epoch} SEQ {ack.seq} was acknowledged, and the county"
        " did not have it"
        for ack in given
        if have.get((ack.epoch, ack.seq), float("inf")) > ack.t
    ]
    return Finding(sorted(set(complaints)), f"{len(given)} acknowledgements")
