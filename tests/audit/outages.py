"""When both roads were cut, and what the Box did in the meantime."""

from tests.audit import spans
from tests.audit.artefacts import Evidence, Line
from tests.audit.spans import Span


def of_both_roads(evidence: Evidence, ends_at: float) -> list[Span]:
    """Return when neither the IP road nor the satellite carried anything."""
    ip = spans.between(_states(evidence.road, {"cut": True, "restore": False}), ends_at)
    words = {f"signal {bars}": bars == 0 for bars in range(6)}
    return spans.both(ip, spans.between(_states(evidence.iridium, words), ends_at))


def _states(lines: list[Line], words: dict[str, bool]) -> list[tuple[float, bool]]:
    return [(line["t"], words[line["event"]]) for line in lines if line.get("event") in words]
