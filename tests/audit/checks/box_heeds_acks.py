"""The Box lets a report rest within 10 s once its Ack has come (a warning only)."""

from tests.audit import ackings
from tests.audit.finding import Finding
from tests.audit.run import Run

REST_WITHIN_S = 10.0


def check(run: Run) -> Finding:
    settled: dict[tuple[int, int], float] = {}
    for ack in ackings.given(run):
        if ack.reached:
            settled.setdefault((ack.epoch, ack.seq), ack.t)
    restless = [
        f"at {run.clock(one.t)} epoch {one.epoch} SEQ {one.frame.seq} was sent again, long after"
        " its Ack"
        for one in run.sightings
        if one.ours and not one.frame.down and one.epoch is not None
        if one.t > settled.get((one.epoch, one.frame.seq), float("inf")) + REST_WITHIN_S
    ]
    return Finding(restless, f"{len(settled)} reports acknowledged")
