"""No BeiDou card is asked to send before it has rested for as long as it says."""

from tests.audit import sentences
from tests.audit.finding import Finding
from tests.audit.run import Run
from tests.audit.sentences import BOX, COUNTY


def check(run: Run) -> Finding:
    log = run.evidence.beidou
    asked = {name: sentences.askings(log, name) for name in (BOX, COUNTY)}
    hurried = [complaint for name in asked for complaint in _hurried(run, name, asked[name])]
    return Finding(hurried, f"{sum(map(len, asked.values()))} requests")


def _hurried(run: Run, name: str, askings: list[sentences.Asking]) -> list[str]:
    """Return a sentence for each request of the Box, or of the county, that came too early.

    What was surely not sent begins no rest; what was said to wait for is waited for.
    """
    cards, rested_at, complaints = sentences.cards(run.evidence.beidou, name), 0.0, []
    for one in askings:
        intervals_s = [card.interval_s for card in cards if card.t <= one.t]
        if not intervals_s:
            complaints.append(f"at {run.clock(one.t)} the {name} asked a card it did not know")
            continue
        if one.t < rested_at:
            early_s = rested_at - one.t
            complaints.append(f"at {run.clock(one.t)} the {name} asked {early_s:.1f} s too early")
        if one.went is not False:
            rested_at = max(rested_at, one.t + intervals_s[-1])
        rested_at = max(rested_at, (one.answered_at or 0.0) + one.wait_s)
    return complaints
