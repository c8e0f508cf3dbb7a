"""A Modbus RTU master: one request at a time, and no slave that is silent holds up another."""

import asyncio

from drivers import modbus_frames
from drivers.errors import BadReply, NoReply
from drivers.modbus_frames import SlaveRefusal

_TRIES = 3
_WRITE_MS = 200
_BITS_A_BYTE = 11  # as the standard counts, with parity or a second stop bit
_MOST_STALE = 512
_FIRST_REST_MS = 500
_LONGEST_REST_MS = 10_000


class Master:
    """The one speaker on a line (drivers.line.Line or its shape).

    reply_ms: how long a slave may think before its reply begins.  A slave that left a whole
    request without any reply rests, 500 ms growing to 10 s; until then requests to it end
    at once in NoReply, unless they insist.
    """

    def __init__(self, line, clock, baud=9600, reply_ms=300):
        self._line = line
        self._clock = clock
        self._baud = baud
        self._reply_ms = reply_ms
        self._turn = asyncio.Lock()
        self._resting = {}  # {slave: (rest in ms, ticks of its beginning)}

    async def read(self, slave, table, first, count, insist=False):
        """Return count registers of table "holding" or "input", each 0 to 65535.

        Raises NoReply, LineLost, BadReply, or SlaveRefusal when the slave says no.
        """
        return await self._ask(modbus_frames.reading(slave, table, first, count), insist)

    async def write(self, slave, first, values, insist=False):
        """Set the holding registers from first on; errors as for read."""
        await self._ask(modbus_frames.writing(slave, first, values), insist)

    async def _ask(self, request, insist):
        if not insist:
            self._check_rest(request.slave)
        tries = 0
        while True:
            tries += 1
            try:
                return await self._try(request)
            except SlaveRefusal:
                raise
            except BadReply:
                if tries == _TRIES:
                    raise
            except NoReply:
                if tries == _TRIES:
                    self._let_rest(request.slave)
                    raise

    async def _try(self, request):
        """Ask once; others may have their turn between two tries."""
        async with self._turn:
            await self._line.drain(self._silence_ms(), _MOST_STALE)
            await self._line.write(request.frame, _WRITE_MS)
            reply = await self._reply(request)
        self._resting.pop(request.slave, None)
        return modbus_frames.registers_in(request, reply)

    async def _reply(self, request):
        """Return what came until the reply was whole or its time was over."""
        bytes_on_the_line = len(request.frame) + request.reply_bytes
        patience_ms = self._reply_ms + bytes_on_the_line * _BITS_A_BYTE * 1000 // self._baud
        asked, heard = self._clock.ticks_ms(), b""
        while True:
            missing = modbus_frames.missing(request, heard)
            left_ms = patience_ms - self._clock.since_ms(asked)
            if not missing or left_ms <= 0:
                break
            heard += await self._line.poll(missing, left_ms)
        if not heard:
            raise NoReply("slave " + str(request.slave) + " does not answer")
        return heard

    def _silence_ms(self):
        """Return 3.5 characters in ms, rounded up; 1.75 ms above 19200 Bd (V1.02, 2.5.1.1)."""
        if self._baud > 19_200:
            return 2
        return -(-_BITS_A_BYTE * 3_500 // self._baud)

    def _check_rest(self, slave):
        rest_ms, since = self._resting.get(slave, (0, 0))
        if rest_ms and self._clock.since_ms(since) < rest_ms:
            raise NoReply("slave " + str(slave) + " did not answer and rests a while")

    def _let_rest(self, slave):
        rest_ms = self._resting.get(slave, (0, 0))[0]
        rest_ms = min(max(2 * rest_ms, _FIRST_REST_MS), _LONGEST_REST_MS)
        self._resting[slave] = (rest_ms, self._clock.ticks_ms())
