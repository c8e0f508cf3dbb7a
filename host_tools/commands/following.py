"""Tells what the Boxes report about an order, as the gateway learns it and never before."""

import time
from collections.abc import Callable
from typing import Any

from host_tools.commands.screen import Screen
from host_tools.problems import GENERAL, NOT_FOUND, Problem

PAUSE_S = 1.0

_ENDED = {"finished", "refused", "expired"}
_WITHDRAWN = _ENDED | {"verified"}  # a Box reports no more about a Cancel


def follow(
    state: Callable[[], dict[str, Any]],
    name: str,
    screen: Screen,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Print each change until every Box is done; return the exit code.

    state returns the gateway's state.  The code is 0 only when all of them played the order,
    or when all of them took the Cancel.
    """
    shown: dict[int, tuple[str, str | None]] = {}
    while True:
        order = _order(state(), name)
        for stage in order["deliveries"]:
            known = (stage["state"], stage["outcome"])
            if shown.get(stage["box"]) != known:
                shown[stage["box"]] = known
                screen.data({"order": name, **stage}, _said(name, stage))
        if _is_over(order):
            return 0 if all(_went_well(order, stage) for stage in order["deliveries"]) else GENERAL
        pause(PAUSE_S)


def _order(state: dict[str, Any], name: str) -> dict[str, Any]:
    for order in state["orders"]:
        if f"{order['slot']}:{order['seq']}" == name:
            return order
    raise Problem(f"the gateway does not show {name}", exit_code=NOT_FOUND)


def _is_over(order: dict[str, Any]) -> bool:
    """The gateway counts all Boxes and shows some, those that went wrong first."""
    ended = _WITHDRAWN if order["type"] == "Cancel" else _ENDED
    interrupted = any(stage["outcome"] == "interrupted" for stage in order["deliveries"])
    return not interrupted and set(order["counts"]) <= ended


def _went_well(order: dict[str, Any], stage: dict[str, Any]) -> bool:
    if order["type"] == "Cancel":
        return stage["state"] not in ("refused", "expired")
    return stage["outcome"] == "played"


def _said(name: str, stage: dict[str, Any]) -> str:
    outcome = f": {stage['outcome']}" if stage["outcome"] else ""
    cause = f" ({stage['cause']})" if stage.get("cause") else ""
    return f"{name} at Box {stage['box']}: {stage['state']}{outcome}{cause}"
