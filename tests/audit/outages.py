"""When all roads were cut, and what the Box did in the meantime."""

from tests.audit import spans
from tests.audit.artefacts import Evidence, Line
from tests.audit.spans import Span


def of_all_roads(evidence: Evidence, ends_at: float) -> list[Span]:
    """Return when neither the IP road nor a satellite carried anything."""
    bars = {f"signal {bars}": bars == 0 for bars in range(6)}
    box = {"signal box off": True, "signal box on": False}
    dark = spans.between(_states(evidence.road, {"cut": True, "restore": False}), ends_at)
    for log, words in ((evidence.iridium, bars), (evidence.beidou, box)):
        if log:
            dark = spans.both(dark, spans.between(_states(log, words), ends_at))
    return dark


def _states(lines: list[Line], words: dict[str, bool]) -> list[tuple[float, bool]]:
    return [(line["t"], words[line["event"]]) for line in lines if line.get("event") in words]
