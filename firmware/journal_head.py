"""Once a day the county is told how far the Journal has come, and what vouches for it."""

from protocol import messages
from protocol.compat import const

_DAY_MS = const(86_400_000)
_KIND = const("LogHead")


class JournalHead:
    def __init__(self, journal, timekeeper, sentinel, clock):
        self._journal = journal
        self._timekeeper = timekeeper
        self._sentinel = sentinel
        self._clock = clock

    async def run(self):
        await self._timekeeper.became_trusted.wait()
        while True:
            self.tell()
            await self._clock.sleep_ms(_DAY_MS)

    def tell(self):
        """Report the head; a newer one takes the place of one that was not handed over."""
        lines, digest = self._journal.head()
        minute = self._timekeeper.minute()
        head = messages.make(_KIND, lines=lines, digest=digest, minute=minute)
        self._sentinel.post(head, instead_of=(_KIND,))
