"""The run in numbers: what the last line of the verdict holds."""

import re
from statistics import median
from typing import Any

from tests.audit import attribution, custody, hearing, latency, spans
from tests.audit.checks.lamps_say_what_is_so import is_so
from tests.audit.lamps import TAKEN
from tests.audit.orders import FORGED, LATE, ORDER, TIMELY
from tests.audit.run import Run

REFUSALS = (
    "not signed", "seen before", "late", "not permitted", "for another area", "for another Box",
    "too many proofs",
)  # fmt: skip


def numbers(run: Run) -> dict[str, Any]:
    """Return everything but the verdict."""
    return {
        "micropython": micropython(run),
        "orders": _orders(run),
        "order_to_tone_ms": _order_to_tone(run),
        "calls": _calls(run),
        "outage": _outage(run),
    }


def micropython(run: Run) -> str | None:
    told = [line["version"] for line in run.evidence.stage if line.get("event") == "micropython"]
    return told[0] if told else None


def _orders(run: Run) -> dict[str, Any]:
    orders = [order for order in run.orders if order.frame.type == ORDER]
    timely = [order for order in orders if order.kind == TIMELY]
    blamed = [sounding.blame for sounding in run.soundings]
    return {
        "sent": len(timely),
        "played": sum(
            any(hearing.was_played(run, order, s) for s in run.soundings_of(order))
            for order in timely
        ),
        "forged_sent": sum(order.kind == FORGED for order in orders),
        "forged_played": blamed.count(FORGED),
        "replayed_sent": sum(len(attribution.replays(order, run.soundings)) for order in timely),
        "replayed_played": blamed.count(attribution.REPLAYED),
        "late_sent": sum(order.kind == LATE for order in orders),
        "late_played": blamed.count(LATE),
        "refused_for": _refused_for(run.evidence.journal),
    }


def _refused_for(journal: list[str]) -> dict[str, int]:
    """Return how often the Box's own journal names each reason; it is no witness for more."""
    counts = {
        reason: sum(bool(re.search(rf"\b{reason}\b", line)) for line in journal)
        for reason in REFUSALS
    }
    return {reason: count for reason, count in counts.items() if count}


def _order_to_tone(run: Run) -> dict[str, Any]:
    waits_ms = latency.order_to_tone_ms(run)
    if not waits_ms:
        return {"median": None, "max": None}
    return {"median": round(median(waits_ms)), "max": max(waits_ms)}


def _calls(run: Run) -> dict[str, int]:
    taken = [
        (button, blink)
        for button, blinks in run.lamps.items()
        for blink in blinks
        if blink.pattern == TAKEN and is_so(run, button, blink)
    ]
    return {
        "pressed": sum(bool(one.press.due or one.call) for one in run.calls),
        "at_county": sum(one.call is not None for one in run.calls),
        "lamp_taken": len(taken),
    }


def _outage(run: Run) -> dict[str, Any]:
    kills = [
        line["t"]
        for line in run.evidence.stage
        if line.get("process") == "box" and line.get("event") == "killed"
    ]
    return {
        "seconds": round(sum(to - since for since, to in run.outages), 1),
        "reports_during": len(custody.during_outages(run)),
        "lost": len(custody.lost(run)),
        "duplicated": len(custody.doubled(run)),
        "kill9_during": sum(spans.holds_at(run.outages, t) for t in kills),
    }
