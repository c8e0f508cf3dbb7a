"""What lies between a Box and its county: it loses, repeats, delays and overtakes."""

import asyncio
import math
import random
from collections.abc import Callable
from typing import NamedTuple

LATE_S = 8.0  # by how much what is overtaken comes later, at most
_HANDFUL_S = 0.1  # what comes within this comes at once, so that one transaction takes it


class Road(NamedTuple):
    send_ms: int  # how long the modem is busy with one payload
    latency_s: float


ROADS = {"ip": Road(10, 0.05), "sbd": Road(9_000, 6.0)}


class Trouble(NamedTuple):
    """What happens to a payload on its way, in percent."""

    loss: float = 0
    dup: float = 0
    reorder: float = 0


class Link:
    """One direction of one road; the same dice bring the same trouble."""

    def __init__(self, latency_s: float, trouble: Trouble, dice: random.Random):
        self._latency_s = latency_s
        self._trouble = trouble
        self._dice = dice

    def carry(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Call deliver(data) later: once, twice or never."""
        if self._happens(self._trouble.loss):
            return
        loop = asyncio.get_running_loop()
        for _ in range(1 + self._happens(self._trouble.dup)):
            late_s = self._happens(self._trouble.reorder) * self._dice.uniform(0, LATE_S)
            at = loop.time() + self._latency_s + late_s
            loop.call_at(math.ceil(at / _HANDFUL_S) * _HANDFUL_S, deliver, data)

    def _happens(self, percent: float) -> bool:
        return self._dice.random() * 100 < percent
