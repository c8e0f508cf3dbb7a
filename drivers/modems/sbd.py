"""An Iridium 9602 or 9603 Short Burst Data modem on a byte line: the road over the satellite.

How a message is retried is the Courier's business: one send is one session.
"""

import asyncio

from drivers.errors import BadReply, DriverError, NoReply
from drivers.modems import sbd_status
from drivers.modems.inbox import Inbox
from drivers.modems.request import Request
from drivers.modems.sbd_dialogue import Dialogue
from drivers.modems.sbd_mailbox import Mailbox
from drivers.modems.sbd_words import MOST_BYTES
from drivers.outcomes import REFUSED, Outcome

_LOOK_MS = 500  # how soon a send or a due session is seen to
_SEND_MS = 300_000
_FIRST_REST_MS = 1_000
_LONGEST_REST_MS = 60_000
_GREET_MS = 600_000
_READS = 2  # of one received message: reading keeps it in the modem


class SbdModem:
    """What firmware.ports.Modem asks for; run() is its service and the line's only user."""

    def __init__(self, line, clock):
        self.inbox = Inbox()
        self._clock = clock
        self._mailbox = Mailbox(clock)
        self._dialogue = Dialogue(line, clock, self._mailbox.ring)
        self._waiting = None
        self._asked = asyncio.Event()
        self._reads_left = 0
        self._found = True
        self._spoke_at = clock.ticks_ms()

    async def send(self, data):
        """Send 1 to 340 bytes in one session; return an Outcome within 5 minutes.

        SENT is the gateway's word.  UNKNOWN: the session was begun, and what is known of its
        end does not rule out that the message went.  REFUSED: it surely did not.
        """
        if not 1 <= len(data) <= MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        if self._waiting is not None:
            return Outcome(REFUSED, "another message is waiting for the modem")
        request = self._waiting = Request(bytes(data))
        self._asked.set()
        try:
            await self._clock.within(_SEND_MS, request.wait())
        except NoReply as why:
            request.give_up(why)
        finally:
            request.give_up("nobody waits for the outcome")
            self._take(request)
        return request.outcome

    async def receive(self):
        """Wait for the next payload from the county.

        Raises BadReply for one that was dropped, and once whatever made the modem unusable.
        """
        return await self.inbox.take()

    def wait_ms(self):
        """Return 0: a session may be held at any time."""
        return 0

    def check_mailbox(self):
        """Ask the gateway soon whether something waits; it usually rings by itself."""
        self._mailbox.look()

    async def run(self):
        """Serve for ever; without a modem, look for it again and again."""
        rest_ms = _FIRST_REST_MS
        while True:
            try:
                if await self._dialogue.start():
                    self._mailbox.rang()
                self._found, self._spoke_at = True, self._clock.ticks_ms()
                rest_ms = _FIRST_REST_MS
                await self._serve()
            except DriverError as why:
                self._trouble(why)
            await self._rest(rest_ms)
            rest_ms = min(2 * rest_ms, _LONGEST_REST_MS)

    async def _serve(self):
        while True:
            if self._reads_left:
                await self._read()
            elif self._waiting is not None:
                await self._carry(self._take(self._waiting))
            elif self._mailbox.due() and not self.inbox.full():
                await self._look()
            elif self._clock.since_ms(self._spoke_at) > _GREET_MS:
                await self._clear()
            else:
                await self._dialogue.listen(_LOOK_MS)

    async def _carry(self, request):
        """Give the modem the message, hold a session, and settle how the request ended."""
        try:
            await self._clear()
            await self._dialogue.load(request.data)
            await self._dialogue.pause()
            if request.outcome is not None:
                return
            request.gone = True
            request.end(self._outcome(await self._session()))
        except DriverError as why:
            request.give_up(why)
            raise
        finally:
            request.give_up("the modem's service stopped")
        await self._clear()

    async def _look(self):
        """Hold a session for what the county sends, with nothing of ours in it."""
        await self._clear()
        await self._dialogue.pause()
        await self._session()

    async def _clear(self):
        """A message left in the modem would go again with the next session."""
        await self._dialogue.clear()
        self._spoke_at = self._clock.ticks_ms()

    async def _session(self):
        self._reads_left = _READS  # of a session cut off, too: its message may be there
        try:
            session = await self._dialogue.session(self._mailbox.begin())
        except DriverError:
            self._mailbox.failed()
            raise
        self._mailbox.completed(session)
        if session.mt_status != sbd_status.MT_RECEIVED:
            self._reads_left = 0
        if session.mo_status == sbd_status.MT_TOO_BIG:
            self.inbox.tell(BadReply("a message too big for this modem waits at the gateway"))
        return session

    def _outcome(self, session):
        if self._dialogue.echoed:
            return Outcome(REFUSED, "the modem restarted and lost the message")
        return sbd_status.outcome(session.mo_status)

    async def _read(self):
        """Fetch the message that the last session left in the modem."""
        self._reads_left -= 1
        try:
            message = await self._dialogue.message()
        except BadReply as why:
            if not self._reads_left:
                self.inbox.drop(why)
            return
        self._reads_left = 0
        if message:
            self.inbox.put(message)

    def _trouble(self, why):
        """Without a modem nobody waits for one; the first such trouble is told."""
        if self._waiting is not None:
            self._take(self._waiting).give_up(why)
        if self._found:
            self._found = False
            self.inbox.tell(type(why)(str(why)))  # why itself would bring our stack along

    async def _rest(self, ms):
        """Wait before the modem is looked for again; a message to send ends the rest."""
        try:
            await self._clock.within(ms, self._asked.wait())
        except NoReply:
            pass

    def _take(self, request):
        if self._waiting is request:
            self._waiting = None
            self._asked.clear()
        return request
