"""How this Box is, told at every heartbeat: what changed since the county last knew, or all."""

from firmware.reports import SOFTWARE
from protocol import health_delta, messages
from protocol.schema import UP

_KINDS = ("Health", "HealthDelta")


class Health:
    """A delta is against the last report, once that was acknowledged: the county has it too."""

    def __init__(self, hw, settings, outbox, bearers, sentinel):
        self._hw = hw
        self._settings = settings
        self._outbox = outbox
        self._bearers = bearers
        self._sentinel = sentinel
        self._last = None  # (Slip, Health) of the report before this one
        self._base = None  # the same, once it was acknowledged
        outbox.before_forgetting(self._settled)

    async def run(self):
        while True:
            self.tell()
            await self._hw.clock.sleep_ms(self._settings.heartbeat_s * 1_000)

    def tell(self, whole=False):
        """Report how this Box is; whole: the county has no report to build on."""
        now = self._now()
        report = now if whole else self._shortest(now)
        slip = self._sentinel.post(report, instead_of=_KINDS)
        if slip is not None:
            self._last = slip, now

    def _settled(self, slip):
        if self._last is not None and slip is self._last[0]:
            self._base = self._last

    def _shortest(self, now):
        """Return the delta where the county can apply it and it is shorter, else all."""
        if self._base is None or self._in_flight():
            return now
        slip, then = self._base
        if slip.epoch != self._outbox.epochs()[0]:
            return now
        change = health_delta.delta(slip.seq, then, now)
        shorter = len(messages.encode(UP, change)) < len(messages.encode(UP, now))
        return change if shorter else now

    def _in_flight(self):
        """Return whether the county may come to know a report later than the base."""
        return any(slip.row.name in _KINDS and slip.seq is not None for slip in self._outbox)

    def _now(self):
        links = sum(1 << i for i, bearer in enumerate(self._bearers) if bearer.up())
        return messages.make(
            "Health",
            links_up=links,
            queue=len(self._outbox),
            oldest_waiting_min=min(self._outbox.oldest_waiting_s() // 60, 0xFFFF),
            faults=self._sentinel.bits(),
            free_store_percent=self._hw.store.free_pct(),
            uptime_h=min(self._hw.clock.uptime_s() // 3600, 0xFFFF),
            software=SOFTWARE,
            expired=self._outbox.expired or None,
        )
