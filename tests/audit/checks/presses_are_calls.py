"""Each press of an idle button is one call at the county, and each call was pressed."""

from tests.audit import custody, reports
from tests.audit.finding import Finding
from tests.audit.run import Run


def check(run: Run) -> Finding:
    nobodys = [
        f"the call of row {call.row}, button {call.fields.get('button')}, was pressed by nobody"
        for call in run.calls_of_nobody
    ]
    shown = [row["message_id"] for row in run.evidence.tables["calls"]]
    hidden = [
        f"the call of row {call.row} is shown {shown.count(call.row)} times to the county"
        for call in reports.named(run.kept, "Call")
        if shown.count(call.row) != 1
    ]
    return Finding(custody.lost_presses(run) + nobodys + hidden, f"{len(run.calls)} presses")
