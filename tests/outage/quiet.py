"""A Box with nothing to say and a satellite alone to say it by: what supervision costs a day."""

from tests.outage.village import DarkVillage, kinds_in

HEARTBEAT_S = 60  # as provisioned
_COARSE_MS = 10_000
_HOUR_MS = 3_600_000


class Quiet:
    def __init__(self, say):
        self._say = say
        self._bytes = self._reports = 0
        self.village = DarkVillage(("sbd",), self._told, HEARTBEAT_S)

    async def live(self, days):
        village = self.village
        village.open("sbd")
        await village.start()
        village.clock.grain_ms = _COARSE_MS
        for day in range(days):
            await village.clock.advance(24 * _HOUR_MS)
            self._say("day %d: %d bytes so far" % (day + 1, self._bytes))
        return {
            "satellite_days": days,
            "supervision_bytes_a_day": -(-self._bytes // days),
            "reports": self._reports,
        }

    def _told(self, _road, payload):
        self._bytes += len(payload)
        self._reports += len(kinds_in(payload))
