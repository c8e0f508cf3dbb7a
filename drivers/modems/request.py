"""One send and its fate: it ends exactly once, whoever gives up first."""

import asyncio

from drivers.errors import LineLost, NoReply
from drivers.outcomes import REFUSED, UNKNOWN, Outcome


class Request:
    """Waits in a modem's driver; gone is set just before the bytes may reach the carrier."""

    def __init__(self, data):
        self.data = data
        self.gone = False
        self.outcome = None
        self._ended = asyncio.Event()

    def end(self, outcome):
        """The first outcome is the one; later ones change nothing."""
        if self.outcome is None:
            self.outcome = outcome
            self._ended.set()

    def give_up(self, why):
        """No more will be known of it: it surely did not go, or it may have."""
        if self.gone:
            self.end(Outcome(UNKNOWN, str(why)))
            return
        missing = isinstance(why, (NoReply, LineLost))
        self.end(Outcome(REFUSED, "no modem: " + str(why) if missing else str(why)))

    async def wait(self):
        await self._ended.wait()
