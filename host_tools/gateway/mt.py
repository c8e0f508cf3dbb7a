"""What goes to modems: it waits here, and a carrier is asked to take it."""

import asyncio
from collections.abc import Callable
from typing import Any

from host_tools.gateway.clock import Clock
from host_tools.gateway.trouble import Trouble

MOST_WAITING = 1_024  # payloads to modems
KEPT_TRYING_S = 60.0  # then a payload is left to whoever retries it
_RETRY_S = 1.0
_SENDERS = 4


class Unreachable(Exception):
    """The carrier could not be asked; the argument says why."""


class MtClient:
    """carrier has name and take(imei, payload); note(line) is called when its answering changes.

    take returns why the payload was refused, or None, and raises Unreachable.
    """

    def __init__(self, carrier: Any, clock: Clock, note: Callable[[str], None]):
        self._carrier = carrier
        self._clock = clock
        self._note = note
        self._trouble = Trouble(note, f"{carrier.name} answers again")
        self._waiting: asyncio.Queue[tuple[str, bytes, float]] = asyncio.Queue(MOST_WAITING)

    def send(self, imei: str, payload: bytes) -> None:
        """Send a payload of at most 270 bytes soon; it is not kept for longer than a minute."""
        if not self._waiting.full():
            self._waiting.put_nowait((imei, payload, self._clock.now()))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as senders:
            for _ in range(_SENDERS):
                senders.create_task(self._send_for_ever())

    async def _send_for_ever(self) -> None:
        while True:
            imei, payload, since = await self._waiting.get()
            while not await self._delivered(imei, payload):
                if self._clock.now() - since > KEPT_TRYING_S:
                    break
                await self._clock.sleep(_RETRY_S)

    async def _delivered(self, imei: str, payload: bytes) -> bool:
        """Return whether the carrier answered, be it with a refusal."""
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
