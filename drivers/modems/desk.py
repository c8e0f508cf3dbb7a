"""Where one message waits for a modem's service, and what is said when there is no modem."""

import asyncio

from drivers.errors import DriverError, NoReply
from drivers.modems.request import Request
from drivers.outcomes import REFUSED, Outcome

_FIRST_REST_MS = 1_000
_LONGEST_REST_MS = 60_000


class Desk:
    """Between those who send and run(), the service that is the line's only user."""

    def __init__(self, clock, inbox):
        self.waiting = None  # the Request to be carried next, if any
        self._clock = clock
        self._inbox = inbox
        self._asked = asyncio.Event()
        self._told = None  # the last trouble, until the modem was found again

    async def send(self, data, most_ms):
        """Have data carried by the service; return its Outcome within most_ms."""
        if self.waiting is not None:
            return Outcome(REFUSED, "another message is waiting for the modem")
        request = self.waiting = Request(bytes(data))
        self._asked.set()
        try:
            await self._clock.within(most_ms, request.wait())
        except NoReply as why:
            request.give_up(why)
        finally:
            request.give_up("nobody waits for the outcome")
            self._take(request)
        return request.outcome

    def take(self):
        """Return the Request that waits, None if none does; it does not wait any more."""
        return self._take(self.waiting)

    async def run(self, start, serve):
        """Start the modem and serve it, for ever; without a modem, look for it again and again."""
        rest_ms = _FIRST_REST_MS
        while True:
            try:
                await start()
                self._told, rest_ms = None, _FIRST_REST_MS
                await serve()
            except DriverError as why:
                self._trouble(why)
            await self._rest(rest_ms)
            rest_ms = min(2 * rest_ms, _LONGEST_REST_MS)

    def _trouble(self, why):
        """Without a modem nobody waits for one; the same trouble is told once."""
        request = self.take()
        if request is not None:
            request.give_up(why)
        if self._told != str(why):
            self._told = str(why)
            self._inbox.tell(type(why)(str(why)))  # why itself would bring our stack along

    async def _rest(self, ms):
        """Wait before the modem is looked for again; a message to send ends the rest."""
        try:
            await self._clock.within(ms, self._asked.wait())
        except NoReply:
            pass

    def _take(self, request):
        if self.waiting is request:
            self.waiting = None
            self._asked.clear()
        return request
