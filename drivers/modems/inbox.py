"""What came from the county, until somebody takes it; bounded, so that nobody can fill a Box."""

import asyncio

from drivers.errors import BadReply

_MOST = 8


class Inbox:
    """Payloads in the order they came, and the last trouble that nobody was told of yet."""

    def __init__(self):
        self.dropped = {"damaged": 0, "inbox full": 0}
        self._payloads = []
        self._trouble = None
        self._arrived = asyncio.Event()

    def full(self):
        return len(self._payloads) >= _MOST

    def put(self, payload):
        """Keep a payload, or drop it if nobody took those before."""
        if self.full():
            self.dropped["inbox full"] += 1
            return
        self._payloads.append(payload)
        self._arrived.set()

    def drop(self, why):
        """A payload came damaged beyond repair."""
        self.dropped["damaged"] += 1
        self.tell(BadReply("a message from the county was dropped: " + str(why)))

    def tell(self, trouble):
        """Have the next take() raise this DriverError."""
        self._trouble = trouble
        self._arrived.set()

    async def take(self):
        """Wait for the next payload, or raise the trouble told of."""
        while self._trouble is None and not self._payloads:
            self._arrived.clear()
            await self._arrived.wait()
        if self._trouble is None:
            return self._payloads.pop(0)
        trouble, self._trouble = self._trouble, None
        raise trouble
