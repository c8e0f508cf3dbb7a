"""One question and one answer at a time with an Iridium 9602 or 9603; every wait has an end.

Dialogue: Iridium ISU AT Command Reference.  Three wires are enough: no flow control, no DTR.
"""

from drivers.errors import BadReply, NoReply
from drivers.modems import sbd_status, sbd_words

_MOST_READ = 512
_PAUSE_MS = 100  # between a final result and the next command: modems lose it otherwise
_WRITE_MS = 1_000  # 342 bytes take 180 ms at 19200 Bd
_ANSWER_MS = 5_000
_GREETINGS = 5
_GREETING_MS = 2_000
_SESSION_MS = 90_000  # longer than the modem itself goes on trying
_BROKEN_MS = 2_000  # of silence in the middle of a session's answer

_SETTINGS = ("ATE0", "AT&K0", "AT&D0", "AT+SBDMTA=1")  # no echo, three wires, ring alerts
_LIMIT_SESSION = "AT+SBDST=60"  # in s; the modem would try for ever.  Not every one has it


class Dialogue:
    """on_ring() is called for every SBDRING, whatever it comes in the middle of.

    Everything raises NoReply, BadReply or LineLost; then start() comes first again.
    """

    def __init__(self, line, clock, on_ring):
        self.echoed = False  # the last command came back: the modem is in its state after power-up
        self._line = line
        self._clock = clock
        self._on_ring = on_ring
        self._parser = sbd_words.Parser()
        self._events = []
        self._command = ""

    async def start(self):
        """Find the modem and set it up, from whatever state it is in.

        Returns whether it was rung while nobody listened.
        """
        self._parser.reset()
        await self._greet()
        for command in _SETTINGS:
            await self._ask(command, (sbd_words.OK,))
        if self.echoed:
            raise BadReply("the modem does not stop echoing")
        await self._ask(_LIMIT_SESSION, (sbd_words.OK, sbd_words.ERROR))
        return await self._was_rung()

    async def clear(self):
        """Empty the buffer of the message to send; first set up a modem that restarted."""
        await self._clear()
        if not self.echoed:
            return
        await self.start()
        await self._clear()

    async def load(self, data):
        """Put 1 to 340 bytes into the buffer of the message to send."""
        expected = (sbd_words.READY, sbd_words.NUMBER)
        event = await self._ask("AT+SBDWB=" + str(len(data)), expected)
        if event.kind == sbd_words.READY:
            await self._line.write(data + sbd_words.sum16(data), _WRITE_MS)
            event = await self._until((sbd_words.NUMBER,), _ANSWER_MS)
        if event.value:
            raise BadReply(sbd_status.loading(event.value))
        await self._until((sbd_words.OK,), _ANSWER_MS)

    async def session(self, answering):
        """Exchange messages with the gateway, at once: pause() comes before.  Return a Session.

        Once this has been called, only a Session tells whether the message went.
        """
        await self._say("AT+SBDIXA" if answering else "AT+SBDIX")
        event = await self._until((sbd_words.SESSION,), _SESSION_MS)
        return event.value

    async def message(self):
        """Return the message received by the last session, b"" if none; reading keeps it.

        Raises BadReply if it came damaged.
        """
        await self.pause()
        self._parser.expect_message()
        await self._say("AT+SBDRB")
        event = await self._until((sbd_words.MESSAGE,), _ANSWER_MS)
        if event.value is None:
            raise BadReply("a message came damaged from the modem")
        return event.value

    async def pause(self):
        """Give the modem its rest before the next command, and drop what it adds meanwhile."""
        await self.listen(_PAUSE_MS)

    async def listen(self, ms):
        """Hear rings for this long."""
        started = self._clock.ticks_ms()
        left_ms = ms
        while left_ms > 0:
            self._hear(await self._line.poll(_MOST_READ, left_ms))
            self._events = []
            left_ms = ms - self._clock.since_ms(started)

    async def _greet(self):
        """Ask AT until the modem answers; the first may meet half a command of before."""
        for tries_left in reversed(range(_GREETINGS)):
            try:
                await self._ask("AT", (sbd_words.OK,), _GREETING_MS)
                return
            except (NoReply, BadReply):
                if not tries_left:
                    raise

    async def _was_rung(self):
        event = await self._ask("AT+SBDSX", (sbd_words.STATUS, sbd_words.ERROR))
        return event.kind == sbd_words.STATUS and event.value.ring_alert != 0

    async def _clear(self):
        event = await self._ask("AT+SBDD0", (sbd_words.NUMBER,))
        if event.value:
            raise BadReply("the modem does not clear its buffer")
        await self._until((sbd_words.OK,), _ANSWER_MS)

    async def _ask(self, command, kinds, answer_ms=_ANSWER_MS):
        """Return the first Event of these kinds that answers the command."""
        await self.pause()
        await self._say(command)
        return await self._until(kinds, answer_ms)

    async def _say(self, command):
        self.echoed = False
        self._command = command
        await self._line.write(command.encode() + b"\r", _WRITE_MS)

    async def _until(self, kinds, ms):
        """Return the next Event of these kinds; what else comes is passed over.

        An OK that a slow answer of before left over is passed over too, where a kind that
        only this answer has is asked for first.
        """
        started = self._clock.ticks_ms()
        while True:
            while self._events:
                event = self._events.pop(0)
                if event.kind in kinds:
                    return event
                if event.kind == sbd_words.ERROR:
                    raise BadReply("the modem answers ERROR to " + self._command)
            left_ms = ms - self._clock.since_ms(started)
            if left_ms <= 0:
                raise NoReply("the modem does not answer " + self._command)
            await self._hear_more(left_ms)

    async def _hear_more(self, ms):
        broken = self._parser.breaks_off()
        data = await self._line.poll(_MOST_READ, min(ms, _BROKEN_MS) if broken else ms)
        if broken and not data:
            raise NoReply("the modem's answer to " + self._command + " breaks off")
        self._hear(data)

    def _hear(self, data):
        for event in self._parser.feed(data):
            if event.kind == sbd_words.RING:
                self._on_ring()
            elif event.kind != sbd_words.LINE:
                self._events.append(event)
            elif event.value == self._command:
                self.echoed = True
