"""Every row of the county is a frame that the Box sealed and its road brought, told as it is."""

import hashlib
import json
import sqlite3
from typing import Any

from tests.audit import reports
from tests.audit.finding import Finding
from tests.audit.roads import Seen
from tests.audit.run import Run


def check(run: Run) -> Finding:
    came = {(one.road, one.frame.whole) for one in run.sightings if _arrived(one)}
    rows = reports.rows(run.evidence)
    complaints = [f"row {row['id']}: {why}" for row in rows for why in _wrong(run, row, came)]
    return Finding(complaints, f"{len(rows)} rows")


def _wrong(run: Run, row: sqlite3.Row, came: set[tuple[str, bytes]]) -> list[str]:
    report, why = reports.opened(run.evidence, row)
    if report is None:
        return [why]
    shown, whole = json.loads(row["fields"]), report.frame.whole
    name = (row["type"], row["epoch"], row["seq"])
    wrong = {
        f"it did not come by {row['bearer']}": (row["bearer"], whole) not in came,
        "its digest is another frame's": bytes(row["digest"]) != hashlib.sha256(whole).digest(),
        "its type, epoch or SEQ is not the frame's": name != (report.message.name, *report.order),
        "its fields are not the frame's": any(
            shown.get(field) != _shown(value) for field, value in report.fields.items()
        ),
    }
    return [sentence for sentence, so in wrong.items() if so]


def _arrived(one: Seen) -> bool:
    return one.reached and not one.frame.down


def _shown(value: Any) -> Any:
    """Return a value as the county writes it in JSON: bytes as hex."""
    return value.hex() if isinstance(value, bytes) else value
