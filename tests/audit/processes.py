"""Which process of the stage lived when."""

from tests.audit import spans
from tests.audit.artefacts import Evidence
from tests.audit.spans import Span

WORDS = {"started": True, "killed": False, "exited": False}


def alive(evidence: Evidence, name: str, ends_at: float) -> list[Span]:
    """Return when this process lived; one that the stage never started lived elsewhere."""
    states = [
        (line["t"], WORDS[line["event"]])
        for line in evidence.stage
        if line.get("process") == name and line.get("event") in WORDS
    ]
    return spans.between(states, ends_at) if states else [(0.0, ends_at)]


def deaths(evidence: Evidence, name: str, ends_at: float) -> list[float]:
    """Return when it died before the end of the run."""
    return [to for _, to in alive(evidence, name, ends_at) if to < ends_at]
