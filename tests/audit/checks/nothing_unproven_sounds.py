"""Everything that sounded was a genuine, timely order of the county, in its proper shape."""

from tests.audit.finding import Finding
from tests.audit.hearing import was_recorded
from tests.audit.run import Run


def check(run: Run) -> Finding:
    unexplained = [
        f"at {run.clock(s.programme.start)} something sounded that no genuine order in time"
        f" explains; most likely: {s.blame}"
        for s in run.soundings
        if s.order is None
    ]
    strange = [
        f"what sounded at {run.clock(s.programme.start)} is no Programme: {s.programme.strange}"
        for s in run.soundings
        if s.programme.strange and was_recorded(run, s.programme)
    ]
    return Finding(unexplained + strange, f"{len(run.soundings)} Programmes in the sound")
