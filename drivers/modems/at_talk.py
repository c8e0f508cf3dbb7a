"""One question and one answer at a time with a modem that takes AT commands; every wait ends."""

from drivers.errors import BadReply, NoReply
from drivers.modems.at_words import ERROR, LINE, OK

_MOST_READ = 512
_PAUSE_MS = 100  # between a final result and the next command: modems lose it otherwise
_WRITE_MS = 1_000
_ANSWER_MS = 5_000
_BROKEN_MS = 2_000  # of silence in the middle of something counted
_GREETINGS = 5
_GREETING_MS = 2_000


class Talk:
    """parser turns bytes into Events; keep(event) says whether a question may want it.

    Everything raises NoReply, BadReply or LineLost.
    """

    def __init__(self, line, clock, parser, keep):
        self.echoed = False  # the last command came back: the modem echoes, as after power-up
        self._line = line
        self._clock = clock
        self._parser = parser
        self._keep = keep
        self._events = []
        self._command = ""

    async def greet(self):
        """Ask AT until the modem answers; the first may meet half a command of before."""
        for tries_left in reversed(range(_GREETINGS)):
            try:
                await self.ask("AT", (OK,), _GREETING_MS)
                return
            except (NoReply, BadReply):
                if not tries_left:
                    raise

    async def ask(self, command, kinds, answer_ms=_ANSWER_MS):
        """Return the first Event of these kinds that answers the command."""
        await self.pause()
        await self.say(command)
        return await self.until(kinds, answer_ms)

    async def say(self, command):
        """Give a command at once: pause() comes before."""
        self.echoed = False
        self._command = command
        await self.write(command.encode() + b"\r")

    async def write(self, data):
        await self._line.write(data, _WRITE_MS + len(data))

    async def until(self, kinds, ms=_ANSWER_MS):
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
                if event.kind == ERROR:
                    raise BadReply(_said(event) + " to " + self._command)
            left_ms = ms - self._clock.since_ms(started)
            if left_ms <= 0:
                raise NoReply("the modem does not answer " + self._command)
            await self._hear_more(left_ms)

    async def pause(self):
        """Give the modem its rest before the next command, and drop what it adds meanwhile."""
        await self.listen(_PAUSE_MS)

    async def listen(self, ms):
        """Hear for this long what the modem says by itself."""
        started = self._clock.ticks_ms()
        left_ms = ms
        while left_ms > 0:
            self._hear(await self._line.poll(_MOST_READ, left_ms))
            self._events = []
            left_ms = ms - self._clock.since_ms(started)

    async def _hear_more(self, ms):
        broken = self._parser.breaks_off()
        data = await self._line.poll(_MOST_READ, min(ms, _BROKEN_MS) if broken else ms)
        if broken and not data:
            raise NoReply("the modem's answer to " + self._command + " breaks off")
        self._hear(data)

    def _hear(self, data):
        for event in self._parser.feed(data):
            if event.kind == LINE:
                self.echoed = self.echoed or event.value == self._command
            elif self._keep(event):
                self._events.append(event)


def _said(event):
    number = "" if event.value is None else " " + str(event.value)
    return "the modem answers ERROR" + number
