"""A person calls while all that a Box can hold waits already: for how many slots does the call?

A slot is the sending of one payload; the one under way when the button is pressed counts.
"""

from tests.outage.village import DarkVillage, kinds_in

_HEARTBEAT_S = 3_600
_LONGEST_S = 3_600
_SILENT_S = 40  # without an Ack, so that the satellite carries as well
_PAUSE_MS = 770  # later by that each time, so that a call meets another moment of a send


class Urgent:
    def __init__(self, say):
        self._say = say
        self._rows = self._calls = 0
        self._waited = {}  # {road: slots so far}, until the call goes
        self._went = []
        self._most = {"ip": 0, "sbd": 0}
        self.village = DarkVillage(("ip", "sbd"), self._told, _HEARTBEAT_S)

    async def live(self, rows):
        """Let so many rows wait, as many at once as there is room for; call behind each lot."""
        self.village.open("ip", "sbd")
        await self.village.start()
        while self._rows < rows:
            await self._one_lot()
            self._say("%d rows, slots waited at most: %s" % (self._rows, self._most))
        return {"rows": self._rows, "calls": self._calls, "most_slots_waited": self._most}

    async def _one_lot(self):
        village = self.village
        village.county.acknowledges = False
        self._fill()
        await village.clock.advance(1_000 * _SILENT_S + _PAUSE_MS * self._calls)
        self._calls += 1
        self._waited = {road.name: int(road.busy) for road in village.roads}
        self._went = []
        village.post("Call", button=1, kind="help", minute=self._calls)
        await self._until(lambda: len(self._went) == len(village.roads))
        village.county.acknowledges = True
        await self._until(lambda: not len(village.outbox))
        village.county.forget()

    def _fill(self):
        """Post until something expires: then there is no more room."""
        expired = self.village.outbox.expired
        while self.village.outbox.expired == expired:
            self._rows += 1
            fields = {"code": "line_open", "open": True, "evidence": self._rows}
            self.village.post("Fault", minute=self._rows, **fields)

    async def _until(self, reached):
        for _ in range(_LONGEST_S):
            if reached():
                return
            await self.village.clock.advance(1_000)
        raise AssertionError("it does not go")

    def _told(self, road, payload):
        if road in self._went or not self._waited:
            return
        if "Call" in kinds_in(payload):
            self._went.append(road)
            self._most[road] = max(self._most[road], self._waited[road])
        else:
            self._waited[road] += 1
