"""Iridium's gateway on the ground: queues both ways between the modems and the county."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from host_tools.sim import iridium_directip as directip
from host_tools.sim.artefacts import Log
from host_tools.sim.iridium_directip import Malformed, Mo, Mt
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.words import Address

MOST_MO = 1000
MOST_MT = 50
MT_BYTES = 270  # what a 9603 can take
RETRY_S = 1.0
ANSWER_S = 10.0
NUMBERS = range(1, 65536)
WITHOUT_PAYLOAD = directip.FLUSH_QUEUE | directip.RING_ONLY  # flags that make sense alone


class Gateway:
    """Keeps every message until the other side has it; ring() is called when an MT arrives."""

    def __init__(self, imei: str, county: Address, kept: Kept, log: Log):
        self._imei = imei.encode()
        self._county = county
        self._kept = kept
        self._log = log
        self._arrived = asyncio.Event()
        self.ring: Callable[[], None] = lambda: None

    @property
    def waiting(self) -> int:
        """How many messages wait for the modem."""
        return len(self._kept.mt)

    @property
    def is_full(self) -> bool:
        """Has the county left so much unread that no more is taken from the modem?"""
        return len(self._kept.mo) >= MOST_MO

    def accept(self, payload: bytes, momsn: int, mtmsn: int) -> None:
        """Take a message from the modem for the county; the caller saves what is kept."""
        reference, now = self._kept.next_reference(), int(time.time())
        self._kept.mo.append(Mo(reference, self._imei.decode(), momsn, mtmsn, now, payload))
        self._arrived.set()

    def collect(self) -> tuple[int, bytes] | None:
        """Hand over the oldest message for the modem as (MTMSN, payload), if there is one.

        The caller saves what is kept.
        """
        return self._kept.mt.pop(0) if self._kept.mt else None

    async def deliver(self) -> None:
        """Bring messages to the county for ever, each again until it is confirmed."""
        while True:
            self._arrived.clear()
            with contextlib.suppress(OSError):  # nobody listens there now
                for mo in tuple(self._kept.mo):
                    if await self._is_confirmed(mo):
                        self._kept.mo.remove(mo)
                        self._kept.save()
            with contextlib.suppress(TimeoutError):
                wait_s = RETRY_S if self._kept.mo else None
                await asyncio.wait_for(self._arrived.wait(), wait_s)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one MT message from a county's connection, confirm it and close."""
        try:
            with contextlib.suppress(OSError, EOFError):
                async with asyncio.timeout(ANSWER_S):
                    writer.write(await self._confirmation(reader))
                    await writer.drain()
        finally:
            writer.close()

    async def _is_confirmed(self, mo: Mo) -> bool:
        """Deliver one message on a connection of its own; return whether the county took it.

        Raise OSError if the county does not listen.
        """
        reader, writer = await asyncio.open_connection(*self._county)
        try:
            async with asyncio.timeout(ANSWER_S):
                writer.write(directip.mo_message(mo))
                return directip.is_confirmed(await directip.receive(reader))
        except (TimeoutError, EOFError, Malformed):
            return False
        finally:
            writer.close()

    async def _confirmation(self, reader: asyncio.StreamReader) -> bytes:
        try:
            mt = directip.mt_of(await directip.receive(reader))
        except Malformed:
            return directip.mt_confirmation(directip.NOBODY, 0, directip.VIOLATION)
        if refused := self._refusal(mt):
            return directip.mt_confirmation(mt, 0, refused)
        status = self._obey(mt)
        self._kept.save()
        if mt.payload or mt.flags & directip.RING_ONLY:
            self.ring()
        return directip.mt_confirmation(mt, self._kept.reference, status)

    def _refusal(self, mt: Mt) -> int:
        """Return the status that says why this cannot be done, or 0."""
        flushes = mt.flags & directip.FLUSH_QUEUE
        number = int.from_bytes(mt.client_id, "big")
        refusals = (
            (not mt.imei.isdigit(), directip.BAD_IMEI),
            (mt.imei != self._imei, directip.UNKNOWN_IMEI),
            (len(mt.payload) > MT_BYTES, directip.TOO_LARGE),
            (not mt.payload and not mt.flags & WITHOUT_PAYLOAD, directip.NO_PAYLOAD),
            (mt.payload and not flushes and self.waiting >= MOST_MT, directip.QUEUE_FULL),
            (mt.flags & directip.ASSIGN_MTMSN and number not in NUMBERS, directip.BAD_MTMSN),
        )
        return next((status for wrong, status in refusals if wrong), directip.DONE)

    def _obey(self, mt: Mt) -> int:
        """Do what an MT message asks; return its place in the queue, or 0 without a payload."""
        kept = self._kept
        kept.next_reference()
        if mt.flags & directip.FLUSH_QUEUE:
            kept.mt.clear()
        if not mt.payload:
            return directip.DONE
        assigned = mt.flags & directip.ASSIGN_MTMSN
        number = int.from_bytes(mt.client_id, "big") if assigned else kept.next_mtmsn()
        place = 0 if mt.flags & directip.HIGH_PRIORITY else len(kept.mt)
        kept.mt.insert(place, (number, mt.payload))
        self._log.event(f"mt {number} waits")
        return place + 1
