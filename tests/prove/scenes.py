"""What is explored: how often each deed may happen in a story; everything else is free.

A story may begin calmly: so many deeds in which all arrives at once, before chance has its way.
"""

from typing import NamedTuple


class Scene(NamedTuple):
    name: str
    left: dict[str, int]
    calm: int = 0

    def said(self) -> str:
        """Return the bounds in words."""
        bounds = [f"{deed} {times}" for deed, times in self.left.items()]
        calm = f" after {self.calm} calm deeds" if self.calm else ""
        return f"({', '.join(bounds)}{calm})"


SCENES = {
    scene.name: scene
    for scene in (
        Scene("call_and_report", {"press": 1, "report": 1, "wait": 2}),
        Scene("call_power_fails", {"press": 1, "report": 1, "wait": 1, "cut": 1}),
        Scene("call_county_dies", {"press": 1, "wait": 2, "kill": 1, "drop": 1, "duplicate": 1}),
        Scene("call_no_signal", {"press": 1, "wait": 2, "refuse": 1, "drop": 1}),
        Scene("call_and_order", {"press": 1, "order": 1, "wait": 1}),
        Scene("order_two_roads", {"order": 1, "wait": 3}),
        Scene("order_comes_twice", {"order": 1, "wait": 2, "duplicate": 1}),
        Scene("order_and_forgery", {"order": 1, "forge": 1, "wait": 2}),
        Scene("order_and_cancel", {"order": 1, "cancel": 1, "wait": 1}),
        Scene("order_power_fails", {"order": 1, "wait": 1, "cut": 1}),
        Scene("sound_power_fails", {"order": 1, "wait": 3, "cut": 1}, calm=6),
        Scene("sound_and_cancel", {"order": 1, "cancel": 1, "wait": 4}, calm=9),
    )
}
