"""An Iridium 9602 or 9603 Short Burst Data modem on a byte line: the road over the satellite.

How a message is retried is the Courier's business: one send is one session.
"""

from drivers.errors import BadReply, DriverError
from drivers.modems import sbd_status
from drivers.modems.desk import Desk
from drivers.modems.inbox import Inbox
from drivers.modems.sbd_dialogue import Dialogue
from drivers.modems.sbd_mailbox import Mailbox
from drivers.modems.sbd_words import MOST_BYTES
from drivers.outcomes import REFUSED, Outcome

_LOOK_MS = 500  # how soon a send or a due session is seen to
_SEND_MS = 300_000
_GREET_MS = 600_000
_READS = 2  # of one received message: reading keeps it in the modem


class SbdModem:
    """What firmware.ports.Modem asks for; run() is its service and the line's only user."""

    def __init__(self, line, clock):
        self.inbox = Inbox()
        self._clock = clock
        self._mailbox = Mailbox(clock)
        self._dialogue = Dialogue(line, clock, self._mailbox.ring)
        self._desk = Desk(clock, self.inbox)
        self._reads_left = 0
        self._spoke_at = clock.ticks_ms()

    async def send(self, data):
        """Send 1 to 340 bytes in one session; return an Outcome within 5 minutes.

        SENT is the gateway's word.  UNKNOWN: the session was begun, and what is known of its
        end does not rule out that the message went.  REFUSED: it surely did not.
        """
        if not 1 <= len(data) <= MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        return await self._desk.send(data, _SEND_MS)

    def wait_ms(self):
        """A session may begin at any time; whether one succeeds only it can tell."""
        return 0

    async def receive(self):
        """Wait for the next payload from the county.

        Raises BadReply for one that was dropped, and once whatever made the modem unusable.
        """
        return await self.inbox.take()

    def check_mailbox(self):
        """Ask the gateway soon whether something waits; it usually rings by itself."""
        self._mailbox.look()

    async def run(self):
        """Serve for ever; without a modem, look for it again and again."""
        await self._desk.run(self._start, self._serve)

    async def _start(self):
        if await self._dialogue.start():
            self._mailbox.rang()
        self._spoke_at = self._clock.ticks_ms()

    async def _serve(self):
        while True:
            if self._reads_left:
                await self._read()
            elif self._desk.waiting is not None:
                await self._carry(self._desk.take())
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
