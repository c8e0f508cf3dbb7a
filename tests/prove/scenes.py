"""What is explored: how often each deed may happen in a story; everything else is free."""

from typing import NamedTuple


class Scene(NamedTuple):
    name: str
    left: dict[str, int]

    def said(self) -> str:
        """Return the bounds in words."""
        return "(" + ", ".join(f"{deed} {times}" for deed, times in self.left.items()) + ")"


SCENES = {
    scene.name: scene
    for scene in (
        Scene("call_and_report", {"press": 1, "report": 1, "wait": 2}),
        Scene("call_power_fails", {"press": 1, "report": 1, "wait": 2, "cut": 1}),
        Scene("call_county_dies", {"press": 1, "wait": 2, "kill": 1, "drop": 1, "duplicate": 1}),
        Scene("call_no_signal", {"press": 1, "report": 1, "wait": 3, "refuse": 1, "drop": 1}),
        Scene("order_two_roads", {"order": 1, "wait": 5, "duplicate": 1, "kill": 1}),
        Scene("order_power_fails", {"order": 1, "wait": 5, "cut": 1}),
        Scene("order_and_cancel", {"order": 1, "cancel": 1, "wait": 4}),
        Scene("order_and_forgery", {"order": 1, "forge": 1, "wait": 3}),
        Scene("call_and_order", {"press": 1, "order": 1, "wait": 2}),
    )
}
