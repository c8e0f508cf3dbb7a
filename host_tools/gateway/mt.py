"""What goes to modems: it waits here by urgency, and a carrier is asked to take it."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from host_tools.gateway.clock import Clock
from host_tools.gateway.trouble import Trouble
from host_tools.gateway.urgency import ByUrgency, urgency_of

MOST_WAITING = 1_024  # payloads to modems
KEPT_TRYING_S = 60.0  # then a payload is left to whoever retries it
_RETRY_S = 1.0
_SENDERS = 4


class Unreachable(Exception):
    """The carrier could not be asked; the argument says why."""


class Letter(NamedTuple):
    """A payload for the modem with this IMEI, and since when it waits."""

    imei: str
    payload: bytes
    since: float


class MtClient:
    """carrier has name and take(imei, payload); note(line) is called when its answering changes.

    take returns why the payload was refused, or None, and raises Unreachable.
    """

    def __init__(self, carrier: Any, clock: Clock, note: Callable[[str], None]):
        self._carrier = carrier
        self._clock = clock
        self._note = note
        self._trouble = Trouble(note, f"{carrier.name} answers again")
        self._waiting: ByUrgency[Letter] = ByUrgency(MOST_WAITING)
        self._any = asyncio.Event()

    def send(self, imei: str, payload: bytes) -> None:
        """Send a payload of at most 270 bytes soon; it is not kept for longer than a minute.

        One that waits already, from an earlier try, waits once.
        """
        queue = self._waiting[urgency_of(payload)]
        if not any(old.imei == imei and old.payload == payload for old in queue):
            self._waiting.put(urgency_of(payload), Letter(imei, payload, self._clock.now()))
            self._any.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as senders:
            for _ in range(_SENDERS):
                senders.create_task(self._send_for_ever())

    async def _send_for_ever(self) -> None:
        while True:
            letter = await self._next()
            if await self._delivered(letter):
                continue
            if self._clock.now() - letter.since <= KEPT_TRYING_S:
                self._waiting[urgency_of(letter.payload)].appendleft(letter)
                self._any.set()
            await self._clock.sleep(_RETRY_S)

    async def _next(self) -> Letter:
        """Wait for the most urgent; of several, the one that came first."""
        while not self._waiting:
            self._any.clear()
            await self._any.wait()
        return next(queue for queue in self._waiting if queue).popleft()

    async def _delivered(self, letter: Letter) -> bool:
        """Return whether the carrier answered, be it with a refusal."""
        imei, payload, _ = letter
        try:
            refusal = await self._carrier.take(imei, payload)
        except Unreachable as why:
            self._trouble.say(f"{self._carrier.name} cannot be asked: {why}")
            return False
        self._trouble.say(None)
        if refusal:
            name = self._carrier.name
            self._note(f"{name} did not take {len(payload)} bytes for {imei}: {refusal}")
        return True
