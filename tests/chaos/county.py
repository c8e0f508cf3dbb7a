"""The county of a chaotic village: its gateway dies at a commit, and starts again."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools.gateway import database
from host_tools.gateway.arrivals import Arrival
from tests.chaos.ear import Ear
from tests.chaos.log import Log
from tests.chaos.process import AFTER, BEFORE, REFUSED, Process
from tests.chaos.virtual import CountyClock
from tests.host.gateway_county import HOME, IMEI, record

SENDERS = {"ip": HOME, "sbd": IMEI}
DOOMS = (BEFORE, AFTER, REFUSED)
_SOON = 40  # commits, within which something happens to the gateway
_LONGEST_DARK_S = 30.0
_LONGEST_AFTER_REFUSAL_S = 1.0


class County:
    """send(road, payload) takes what it says to its Box."""

    def __init__(
        self, folder: Path, address: int, send: Callable[[str, bytes], None], log: Log,
        dice: random.Random,
    ):  # fmt: skip
        self.deaths = self._deaths_to_come = 0
        self._path = folder / "county.db"
        self._log = log
        self._dice = dice
        self._clock = CountyClock()
        self._roads = {name: _Road(name, send, Ear(address, log)) for name in SENDERS}
        self._process: Process | None = None
        self._died = asyncio.Event()
        engine = database.open_engine(self._path)
        database.register_box(engine, record(address))
        engine.dispose()

    async def run(self) -> None:
        """Start, and after each death start again."""
        try:
            while True:
                self._process = Process(self._path, self._roads, self._clock, self._note)
                self._arm()
                self._died.clear()
                await self._died.wait()
                await asyncio.sleep(self._dice.uniform(1, _LONGEST_DARK_S))
        finally:
            if self._process is not None:
                self._process.end()

    def hear(self, road: str, data: bytes) -> None:
        """A payload comes by this road; without a gateway nobody hears it."""
        if self._process is not None:
            arrival = Arrival(data, road, SENDERS[road], self._clock.now())
            self._process.gateway.offer(arrival)

    def die_soon(self) -> None:
        """The gateway dies before, after or soon after the refusal of one of its next commits."""
        self._deaths_to_come += 1
        if self._deaths_to_come == 1:
            self._arm()

    def _arm(self) -> None:
        if self._deaths_to_come and self._process is not None:
            doom = self._dice.choice(DOOMS)
            self._process.doom(self._dice.randint(1, _SOON), doom)

    def _note(self, what: str) -> None:
        self._log.note(gateway=what)
        if what == "died":
            self.deaths += 1
            self._deaths_to_come -= 1
            self._process = None
            self._died.set()
        elif self._process is not None:
            soon = self._dice.uniform(0, _LONGEST_AFTER_REFUSAL_S)
            asyncio.get_running_loop().call_later(soon, self._process.die)


class _Road:
    """What the gateway sends on; the ear hears all of it."""

    def __init__(self, name: str, send: Callable[[str, bytes], None], ear: Ear):
        self._name = name
        self._send = send
        self._ear = ear

    def send(self, _to: str, payload: bytes) -> Any:
        self._ear.hear(self._name, payload)
        self._send(self._name, payload)
