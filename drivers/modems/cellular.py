"""A 4G module of Quectel's EC200, EC2x and EG9x series, on a byte line: UDP without our own stack.

The module has the network stack, and AT commands give it datagrams.  What it says of a datagram
is what a network stack says: handed over, and no promise that it arrives.
"""

from drivers.errors import BadReply, DriverError
from drivers.modems.cellular_dialogue import Dialogue
from drivers.modems.cellular_words import EMPTY
from drivers.modems.desk import Desk
from drivers.modems.inbox import Inbox
from drivers.modems.keep_alive import KEEP_ALIVE, KeepAlive
from drivers.modems.request import Request
from drivers.outcomes import REFUSED, Outcome

_MOST_BYTES = 1200  # no link cuts such a packet; the modules take 1460
_LOOK_MS = 100  # how soon a message to send is seen to
_ASK_MS = 10_000  # between two looks for datagrams that the module has not told of
_SEND_MS = 60_000


class CellularModem:
    """What firmware.ports.Modem asks for; run() is its service and the line's only user.

    host and port are the county's, as a name or a dotted address; apn is the SIM card's, "" if
    the module or the network knows it.
    """

    def __init__(self, line, clock, host, port, apn=""):
        self.inbox = Inbox()
        self.strangers = 0  # datagrams that were dropped: they came from elsewhere
        self._clock = clock
        self._dialogue = Dialogue(line, clock, host, port, apn)
        self._desk = Desk(clock, self.inbox)
        self._keep_alive = KeepAlive(clock)
        self._read_at = 0

    async def send(self, data):
        """Send 1 to 1200 bytes; return an Outcome within a minute.

        SENT: the module has them.  UNKNOWN: they were given to it, and it did not say so.
        REFUSED: they surely were not sent.
        """
        if not 1 <= len(data) <= _MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        return await self._desk.send(data, _SEND_MS)

    async def receive(self):
        """Wait for the next datagram from the county.

        Raises BadReply for one that was dropped, and once whatever made the module unusable.
        """
        return await self.inbox.take()

    def wait_ms(self):
        """Return 0: a datagram may go at any time."""
        return 0

    async def run(self):
        """Serve for ever; without a module or a network, look for it again and again."""
        await self._desk.run(self._dialogue.start, self._serve)

    async def _serve(self):
        while True:
            if self._desk.waiting is not None:
                await self._carry(self._desk.take())
            elif self._has_mail() and not self.inbox.full():
                await self._read()
            elif not self._keep_alive.left_ms():
                await self._carry(Request(KEEP_ALIVE))
            else:
                await self._dialogue.listen(_LOOK_MS)

    async def _carry(self, request):
        """Give the module the message, and settle how the request ended."""
        self._keep_alive.went()
        try:
            await self._dialogue.offer(len(request.data))
            if request.outcome is not None:
                raise BadReply("nobody waits for the outcome any more")
            request.gone = True
            request.end(await self._dialogue.hand_over(request.data))
        except DriverError as why:
            request.give_up(why)
            raise
        finally:
            request.give_up("the modem's service stopped")

    def _has_mail(self):
        """The module tells of the first datagram only, and its word may be lost on the line."""
        return self._dialogue.arrived or self._clock.since_ms(self._read_at) > _ASK_MS

    async def _read(self):
        self._read_at = self._clock.ticks_ms()
        event = await self._dialogue.read()
        if event.kind == EMPTY:
            return
        if event.value is None:
            self.inbox.drop("it came damaged from the module")
        elif self._dialogue.is_from_county(event.value):
            self.inbox.put(event.value.data)
        else:
            self.strangers += 1
