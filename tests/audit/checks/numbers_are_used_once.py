"""No key sealed or signed two different frames under one number."""

from collections import defaultdict

from tests.audit.finding import Finding
from tests.audit.orders import FORGED
from tests.audit.run import Run


def check(run: Run) -> Finding:
    frames: dict[str, set[bytes]] = defaultdict(set)
    for one in run.sightings:
        if one.epoch is not None:
            way = "down" if one.frame.down else "up"
            frames[f"{way}, epoch {one.epoch}, SEQ {one.frame.seq}"].add(one.frame.whole)
    for order in run.orders:
        if order.kind != FORGED:
            frames[f"order {order.said}"].add(order.frame.whole)
    twice = [
        f"{name}: {len(found)} different frames"
        for name, found in frames.items()
        if len(found) > 1
    ]
    return Finding(twice + _conflicts(run), f"{len(frames)} numbers")


def _conflicts(run: Run) -> list[str]:
    """Return what the county itself found."""
    mine = [r for r in run.evidence.tables["conflicts"] if r["box"] == run.evidence.keys.address]
    return [f"the county notes a conflict: epoch {r['epoch']}, SEQ {r['seq']}" for r in mine]
