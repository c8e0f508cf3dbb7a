"""Between the modem and the gateway: signal, the time a session takes, and its mishaps."""

from collections.abc import Callable
from typing import NamedTuple

from host_tools.sim.artefacts import Log
from host_tools.sim.iridium_at import Later
from host_tools.sim.iridium_gateway import Gateway
from host_tools.sim.iridium_kept import Kept

MO_QUEUE_FULL, RF_DROP, NO_NETWORK = 11, 18, 32
NO_MT, MT_RECEIVED, MT_ERROR = 0, 1, 2
FIRST_FAILURE = 5  # MO statuses 0 to 4 are successes


class Session(NamedTuple):
    """How an SBD session ended, as the modem learns it."""

    mo_status: int
    momsn: int
    mt_status: int = NO_MT
    mtmsn: int = 0
    mt: bytes = b""
    queued: int = 0
    told: bool = True  # False: the answer breaks off on the way to the Box


class Sky:
    """Runs sessions.  Each mishap is a number of sessions that will still have it."""

    def __init__(self, gateway: Gateway, kept: Kept, log: Log, session_s: float, later: Later):
        self._gateway = gateway
        self._kept = kept
        self._log = log
        self._session_s = session_s
        self._later = later
        self.signal = 5  # bars
        self.failing = 0
        self.failure = 0
        self.losing = 0
        self.untold = 0

    def session(self, payload: bytes | None, done: Callable[[Session], None]) -> None:
        """Run a session with this MO message, or a mailbox check; done(Session) comes later."""
        reachable = self.signal > 0
        self._later(self._session_s, lambda: done(self._ended(payload, reachable)))

    def _ended(self, payload: bytes | None, began: bool) -> Session:
        if not (began and self.signal):
            return self._failed(RF_DROP if began else NO_NETWORK)
        if self.failing:
            self.failing -= 1
            return self._failed(self.failure)
        if self.losing:
            self.losing -= 1
            return self._lost(payload)
        if payload is not None and self._gateway.is_full:
            return self._failed(MO_QUEUE_FULL)
        return self._carried(payload)

    def _failed(self, status: int) -> Session:
        mt_status = NO_MT if status < FIRST_FAILURE else MT_ERROR
        return Session(status, self._kept.momsn, mt_status)

    def _lost(self, payload: bytes | None) -> Session:
        momsn = self._kept.end_session()
        self._kept.save()
        if payload is not None:
            self._log.write(event="mo lost", momsn=momsn, hex=payload.hex())
        return Session(0, momsn, queued=self._gateway.waiting)

    def _carried(self, payload: bytes | None) -> Session:
        momsn = self._kept.end_session()
        self._kept.ringing = False
        mtmsn, mt = self._gateway.collect() or (0, b"")
        if payload is not None:
            self._log.write(dir="mo", hex=payload.hex(), momsn=momsn)
            self._gateway.accept(payload, momsn, mtmsn)
        if mt:
            self._log.write(dir="mt", hex=mt.hex(), mtmsn=mtmsn)
        self._kept.save()
        told = not self.untold
        self.untold = max(0, self.untold - 1)
        mt_status = MT_RECEIVED if mt else NO_MT
        return Session(0, momsn, mt_status, mtmsn, mt, self._gateway.waiting, told)
