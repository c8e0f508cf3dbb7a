"""Everything the officer may choose from, for the page."""

from pathlib import Path
from typing import Any

from host_tools import orders, provision, templates
from host_tools.keys.store import Public
from protocol.schema import EVENT, RANK, WITHDRAWN


def of(county: Path, public: Public) -> dict[str, Any]:
    """Return keys, ranks, events, templates, targets and limits, fit for JSON."""
    return {
        "keys": [
            {"name": slot.name, "drill": slot.drill} for slot in public.slots if slot.gives_orders
        ],
        "ranks": RANK,
        "events": EVENT,
        "reasons": WITHDRAWN,
        "templates": [
            {
                "number": known.number, "event": known.event, "zh": known.zh, "en": known.en,
                "slots": known.slots,
            }
            for known in templates.BANK
        ],
        "targets": _targets(county),
        "most_valid_min": orders.MOST_VALID_MIN,
        "most_repeats": orders.MOST_REPEATS,
    }  # fmt: skip


def _targets(county: Path) -> list[dict[str, str]]:
    """Everybody, then the groups, then each Box, with the words for them."""
    boxes = provision.boxes(county).values()
    groups = sorted({group for box in boxes for group in box["groups"]})
    return (
        [{"target": orders.EVERYBODY, "name": orders.EVERYBODY}]
        + [{"target": f"0x{group:04X}", "name": orders.said(group)} for group in groups]
        + [{"target": str(box["address"]), "name": box["name"]} for box in boxes]
    )
