"""Days in which every road is cut: a message a minute, some alarms; then the roads are back."""

from protocol import series
from tests.outage.heap import Heap
from tests.outage.village import CountedOutbox, DarkVillage, kinds_in

HEARTBEAT_S = 900
MOST_ALARMS = 200
_ROUTINE = ("Series", "Series", "Fault")
_COARSE_MS = 10_000
_LONGEST_DRAIN_H = 48
_NO_SLIPS = ("Ack", "More")


class Outage:
    """say(line) is told how far it is."""

    def __init__(self, say, outbox=CountedOutbox):
        self._say = say
        self._minute = 0
        self._alarms = []  # minutes of those that were kept
        self._first = {}  # {road: type of the first frame since it was mended}
        self._heap = Heap()
        self.village = DarkVillage(("ip", "sbd"), self._told, HEARTBEAT_S, outbox)

    async def start(self):
        """The Box starts, and has no road yet."""
        self.village.open()
        await self.village.start()

    async def dark(self, hours, alarms, routine):
        """So many hours without a road, and alarms spread over them; routine: the rest as well."""
        village = self.village
        village.clock.grain_ms = _COARSE_MS
        minutes = 60 * hours
        for minute in range(minutes):
            await village.clock.advance(60_000)
            self._minute += 1
            if routine:
                self._post_routine()
            if minute * alarms // minutes != (minute + 1) * alarms // minutes:
                self._post_alarm()
            if minute % 60 == 59:
                self._end_hour(minute // 60 + 1)

    async def mended(self):
        """The roads are back, the slow one first, until nothing waits and the Box has told so."""
        village = self.village
        village.clock.grain_ms = 1
        self._first = {}
        for names in (("sbd",), ("sbd", "ip")):
            village.open(*names)
            await self._until(lambda: all(name in self._first for name in names))  # noqa: B023
        await self._until(lambda: not len(village.outbox))
        await village.clock.advance(2_000 * HEARTBEAT_S)

    def told(self):
        """Return what came of it, fit for JSON."""
        outbox, county = self.village.outbox, self.village.county
        kinds = [type(row.message).__name__ for row in county.rows]
        stored = sum(kind not in _NO_SLIPS for kind in kinds)
        waiting, expired, replaced = len(outbox), outbox.expired, outbox.replaced
        arrived = [alarm.minute for alarm in county.said("Alarm")]
        return {
            "posted": outbox.posted,
            "refused": outbox.refused,
            "alarms": len(self._alarms),
            "alarms_lost": sum(minute not in arrived for minute in self._alarms),
            "stored": stored,
            "waiting": waiting,
            "expired": expired,
            "told_expired": county.health().expired or 0,
            "replaced": replaced,
            "unaccounted": outbox.posted - stored - waiting - expired - replaced,
            "first_out": ", ".join(sorted(set(self._first.values()))),
            "heap_growth_bytes": self._heap.grown(),
        }

    def _post_routine(self):
        kind = _ROUTINE[self._minute % len(_ROUTINE)]
        self.village.post(kind, **_FIELDS[kind](self._minute))

    def _post_alarm(self):
        fields = {"gauge": 1, "measured": "water_level_mm", "level": "evacuate", "value": 900}
        if self.village.post("Alarm", minute=self._minute, **fields):
            self._alarms.append(self._minute)

    def _end_hour(self, hour):
        waiting, expired = len(self.village.outbox), self.village.outbox.expired
        live = self._heap.measure(waiting)
        self._say("hour %d: %d wait, %d expired, %d bytes live" % (hour, waiting, expired, live))

    async def _until(self, reached):
        for _ in range(3_600 * _LONGEST_DRAIN_H):
            if reached():
                return
            await self.village.clock.advance(1_000)

    def _told(self, road, payload):
        if road not in self._first:
            self._first[road] = kinds_in(payload)[0]


def _series(minute):
    """Return a gauge's five-minute values; no two of them can be merged."""
    values = series.encode([minute % 7, 3, 3, 4])
    usual = {"step_min": 5, "values": values, "quality": "good"}
    return dict(usual, gauge=minute % 200, start=minute)


def _fault(minute):
    return {"code": "line_open", "open": minute % 2 == 1, "minute": minute, "evidence": minute}


_FIELDS = {"Series": _series, "Fault": _fault}
