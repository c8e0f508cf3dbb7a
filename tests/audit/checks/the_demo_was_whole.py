"""The whole script was played: each attack often enough, each trouble at least once."""

from tests.audit import reports, summary
from tests.audit.finding import Finding
from tests.audit.orders import FORGED, Order
from tests.audit.run import Run

LEAST = {
    "orders": {"played": 1, "forged_sent": 5, "replayed_sent": 5, "late_sent": 5},
    "calls": {"pressed": 1, "at_county": 1, "lamp_taken": 1},
    "outage": {"seconds": 20, "reports_during": 1, "kill9_during": 1},
}
OUTCOMES = ("played", "cut", "failed")
MICROPYTHON = (1, 25)


def check(run: Run) -> Finding:
    seen = summary.numbers(run)
    few = [
        f"{part}: {name} is {seen[part][name]}, at least {least} is wanted"
        for part, wanted in LEAST.items()
        for name, least in wanted.items()
        if seen[part][name] < least
    ]
    told = {playback.fields.get("outcome") for playback in reports.named(run.kept, "Playback")}
    missing = [f"no order came to the end {word!r}" for word in OUTCOMES if word not in told]
    strangers = [
        f"the forged order {order.said} differs by more than a byte from all that sounded"
        for order in run.orders
        if order.kind == FORGED and not _has_neighbour(run, order)
    ]
    return Finding(few + missing + strangers + _interpreter(seen["micropython"]), "the script")


def _has_neighbour(run: Run, forged: Order) -> bool:
    """Is it one byte away from a frame that did sound?"""
    sounded = (s.order.frame.whole for s in run.soundings if s.order)
    mine = forged.frame.whole
    return any(
        len(mine) == len(other) and sum(a != b for a, b in zip(mine, other, strict=True)) == 1
        for other in sounded
    )


def _interpreter(version: str | None) -> list[str]:
    numbers = tuple(int(part) for part in (version or "0").split(".") if part.isdecimal())
    return [] if numbers >= MICROPYTHON else [f"the Box ran on MicroPython {version}"]
