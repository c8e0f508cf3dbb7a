"""No lamp says delivered before the county has the call, nor taken before a person took it."""

from tests.audit import lamps, presses
from tests.audit.finding import Finding
from tests.audit.lamps import DELIVERED, SURE_AFTER_S, TAKEN
from tests.audit.reports import Report
from tests.audit.run import Run


def check(run: Run) -> Finding:
    told = [(button, blink) for button, blinks in run.lamps.items() for blink in blinks]
    complaints = [
        f"at {run.clock(blink.lit)} lamp {button} says {blink.pattern}, and it is not so"
        for button, blink in told
        if blink.pattern in (DELIVERED, TAKEN) and not is_so(run, button, blink)
    ]
    return Finding(complaints, f"{len(told)} blinks of {len(run.lamps)} lamps")


def is_so(run: Run, button: int, blink: lamps.Blink) -> bool:
    """Is it true what this blink says of the button's latest call?"""
    pattern = blink.pattern or ""
    t = blink.lit + SURE_AFTER_S[pattern]
    last = presses.latest(run.calls, button, t)
    if last is None or last.call is None:
        return False
    since = taken_at(run, last.call) if pattern == TAKEN else last.call.received_at
    return since is not None and since <= t


def taken_at(run: Run, call: Report) -> float | None:
    """Return when word came to the Box that a named person took this call, or None."""
    rows = [row for row in run.evidence.tables["calls"] if row["message_id"] == call.row]
    if not any(row["by"] and row["state"] != "open" for row in rows):
        return None
    named = {"epoch": call.epoch, "seq": call.frame.seq}
    for one in run.sightings:
        if one.reached and one.frame.down and one.message == ("CallTaken", named):
            return one.t
    return None
