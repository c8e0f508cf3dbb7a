"""What is asked of an Iridium 9602 or 9603, in which order; every wait has an end.

Dialogue: Iridium ISU AT Command Reference.  Three wires are enough: no flow control, no DTR.
"""

from drivers.errors import BadReply
from drivers.modems import sbd_status
from drivers.modems import sbd_words as words
from drivers.modems.at_talk import Talk

_SESSION_MS = 90_000  # longer than the modem itself goes on trying

_SETTINGS = ("ATE0", "AT&K0", "AT&D0", "AT+SBDMTA=1")  # no echo, three wires, ring alerts
_LIMIT_SESSION = "AT+SBDST=60"  # in s; the modem would try for ever.  Not every one has it


class Dialogue:
    """on_ring() is called for every SBDRING, whatever it comes in the middle of.

    Everything raises NoReply, BadReply or LineLost; then start() comes first again.
    """

    def __init__(self, line, clock, on_ring):
        self._on_ring = on_ring
        self._parser = words.Parser()
        self._talk = Talk(line, clock, self._parser, self._keep)
        self.pause = self._talk.pause  # between two commands, and before session()
        self.listen = self._talk.listen  # hears rings

    @property
    def echoed(self):
        """Whether the last command came back: the modem is in its state after power-up."""
        return self._talk.echoed

    async def start(self):
        """Find the modem and set it up, from whatever state it is in.

        Returns whether it was rung while nobody listened.
        """
        self._parser.reset()
        await self._talk.greet()
        for command in _SETTINGS:
            await self._talk.ask(command, (words.OK,))
        if self.echoed:
            raise BadReply("the modem does not stop echoing")
        await self._talk.ask(_LIMIT_SESSION, (words.OK, words.ERROR))
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
        expected = (words.READY, words.NUMBER)
        event = await self._talk.ask("AT+SBDWB=" + str(len(data)), expected)
        if event.kind == words.READY:
            await self._talk.write(data + words.sum16(data))
            event = await self._talk.until((words.NUMBER,))
        if event.value:
            raise BadReply(sbd_status.loading(event.value))
        await self._talk.until((words.OK,))

    async def session(self, answering):
        """Exchange messages with the gateway, at once: pause() comes before.  Return a Session.

        Once this has been called, only a Session tells whether the message went.
        """
        await self._talk.say("AT+SBDIXA" if answering else "AT+SBDIX")
        event = await self._talk.until((words.SESSION,), _SESSION_MS)
        return event.value

    async def message(self):
        """Return the message received by the last session, b"" if none; reading keeps it.

        Raises BadReply if it came damaged.
        """
        await self.pause()
        self._parser.expect_message()
        await self._talk.say("AT+SBDRB")
        event = await self._talk.until((words.MESSAGE,))
        if event.value is None:
            raise BadReply("a message came damaged from the modem")
        return event.value

    async def _was_rung(self):
        event = await self._talk.ask("AT+SBDSX", (words.STATUS, words.ERROR))
        return event.kind == words.STATUS and event.value.ring_alert != 0

    async def _clear(self):
        event = await self._talk.ask("AT+SBDD0", (words.NUMBER,))
        if event.value:
            raise BadReply("the modem does not clear its buffer")
        await self._talk.until((words.OK,))

    def _keep(self, event):
        """Return whether a question may want this."""
        if event.kind == words.RING:
            self._on_ring()
        return event.kind != words.RING
