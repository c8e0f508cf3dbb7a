"""From a Quectel module in any state to a datagram out or in; every wait has an end.

Dialogue: EC200U & EG915U Series TCP/IP Application Note V1.1, 2.3 (the order of things, and how
long each may take), 2.4 and 2.5; SIM and registration: Quectel AT Commands Manuals, +CPIN,
+CEREG (3GPP TS 27.007).  Three wires are enough: no flow control.
"""

from drivers.errors import BadReply
from drivers.modems import cellular_words as words
from drivers.modems.at_talk import Talk
from drivers.outcomes import REFUSED, SENT, Outcome

_CLOSE_MS = 12_000
_DEACTIVATE_MS = 45_000
_ACTIVATE_MS = 155_000
_RESOLVE_MS = 65_000
_OPEN_MS = 155_000
_PROMPT_MS = 6_000  # longer than the module itself waits for the bytes to be sent
_GIVEN_MS = 10_000

_SETTINGS = ("ATE0", "AT+CMEE=1", "AT+QISDE=0")  # no echo, errors in numbers, no echo of data
_LIMIT_WAIT = 'AT+QICFG="qisend/timeout",5'  # in s, for the bytes to be sent; not each has it
_CONTEXT, _SOCKET = 1, 0
_LOCAL_PORT = 4700
_OPEN = 'AT+QIOPEN=%d,%d,"UDP SERVICE","127.0.0.1",0,%d,0' % (_CONTEXT, _SOCKET, _LOCAL_PORT)

_NO_SIM = 10  # of +CME ERROR
_REGISTERED = (1, 5)  # at home, roaming
_NOT_REGISTERED = {
    0: "it does not search",
    2: "it searches",
    3: "the network denies the SIM card",
}
_LOSSES = {
    (words.CLOSED, _SOCKET): "the network closed the socket",
    (words.DEACTIVATED, _CONTEXT): "the network took the connection away",
    (words.SIM, "NOT READY"): "the SIM card is gone",
}


class Dialogue:
    """host: a name or a dotted address; apn: "" leaves the module's own setting as it is.

    Everything raises NoReply, BadReply or LineLost; then start() comes first again.
    """

    def __init__(self, line, clock, host, port, apn):
        self.arrived = False  # the module has said that datagrams wait in it
        self._host, self._port, self._apn = host, port, apn
        self._address = ""
        self._open = False
        self._owed = 0  # bytes the module may still wait for before it hears a command
        self._parser = words.Parser()
        self._talk = Talk(line, clock, self._parser, self._keep)

    async def start(self):
        """Find the module, set it up and open a socket, from whatever state it is in."""
        self._open = False
        self._parser.reset()
        await self._pay()
        await self._talk.greet()
        await self._set_up()
        await self._check_sim()
        await self._check_registration()
        await self._connect()
        await self._resolve()
        await self._open_socket()

    async def offer(self, length):
        """Have the module wait for so many bytes; nothing has left yet."""
        await self._talk.pause()
        self._parser.expect(words.PROMPT)
        self._owed = length
        where = '%d,%d,"%s",%d' % (_SOCKET, length, self._address, self._port)
        await self._talk.say("AT+QISEND=" + where)
        await self._answer((words.PROMPT,), _PROMPT_MS)

    async def hand_over(self, data):
        """Give the bytes that were offered; return SENT, or REFUSED where there is no room.

        Once this has been called, only an Outcome tells whether they went.
        """
        await self._talk.write(data)
        event = await self._answer((words.SEND_OK, words.SEND_FAIL), _GIVEN_MS)
        self._owed = 0
        if event.kind == words.SEND_FAIL:
            return Outcome(REFUSED, "the module has no room for it")
        return Outcome(SENT, "")

    async def read(self):
        """Return the Event of the next datagram, a DATAGRAM or EMPTY; the module forgets it."""
        await self._talk.pause()
        self._parser.expect(words.DATAGRAM)
        self.arrived = False
        await self._talk.say("AT+QIRD=" + str(_SOCKET))
        event = await self._talk.until((words.DATAGRAM, words.EMPTY))
        if event.value is not None:
            await self._talk.until((words.OK,))
        self.arrived = self.arrived or event.kind == words.DATAGRAM
        return event

    async def listen(self, ms):
        """Hear for this long what the module says by itself."""
        await self._talk.listen(ms)

    def is_from_county(self, datagram):
        return datagram.host == self._address and datagram.port == self._port

    async def _answer(self, kinds, ms):
        """Return the Event of these kinds; after an ERROR the module waits for nothing."""
        event = await self._talk.until(kinds + (words.ERROR,), ms)
        if event.kind == words.ERROR:
            self._owed = 0
            raise BadReply("the module does not send: error " + str(event.value))
        return event

    async def _pay(self):
        """A module that waits for bytes takes commands for them: give it all it may wait for."""
        if not self._owed:
            return
        owed, self._owed = self._owed, 0
        await self._talk.write(bytes(owed) + b"\r")

    async def _set_up(self):
        for command in _SETTINGS:
            await self._talk.ask(command, (words.OK,))
        if self._talk.echoed:
            raise BadReply("the module does not stop echoing")
        await self._talk.ask(_LIMIT_WAIT, (words.OK, words.ERROR))

    async def _check_sim(self):
        event = await self._talk.ask("AT+CPIN?", (words.SIM, words.ERROR))
        if event.kind == words.ERROR and event.value == _NO_SIM:
            raise BadReply("there is no SIM card in the module")
        if event.kind == words.ERROR:
            raise BadReply("the SIM card fails: error " + str(event.value))
        if event.value != "READY":
            raise BadReply("the SIM card is not ready, it says " + event.value)

    async def _check_registration(self):
        """Be it on 4G or on what was there before."""
        for question in ("AT+CGREG?", "AT+CEREG?"):
            event = await self._talk.ask(question, (words.REGISTRATION, words.ERROR))
            if event.kind == words.REGISTRATION and event.value in _REGISTERED:
                return
        why = _NOT_REGISTERED.get(event.value, "it does not know why")
        raise BadReply("the module is on no network: " + why)

    async def _connect(self):
        """Begin afresh: a context that the network took away must be put down by us, too."""
        either = (words.OK, words.ERROR)
        await self._talk.ask("AT+QICLOSE=%d" % _SOCKET, either, _CLOSE_MS)
        await self._talk.ask("AT+QIDEACT=%d" % _CONTEXT, either, _DEACTIVATE_MS)
        if self._apn:
            await self._talk.ask('AT+QICSGP=%d,1,"%s"' % (_CONTEXT, self._apn), (words.OK,))
        await self._talk.ask("AT+QIACT=%d" % _CONTEXT, (words.OK,), _ACTIVATE_MS)

    async def _resolve(self):
        self._address = self._host
        if _is_address(self._host):
            return
        command = 'AT+QIDNSGIP=%d,"%s"' % (_CONTEXT, self._host)
        event = await self._talk.ask(command, (words.ADDRESS,), _RESOLVE_MS)
        if not _is_address(event.value):
            raise BadReply("there is no address for %s: %s" % (self._host, event.value))
        self._address = event.value

    async def _open_socket(self):
        event = await self._talk.ask(_OPEN, (words.OPENED,), _OPEN_MS)
        if event.value != (_SOCKET, 0):
            raise BadReply("the module opens no socket: error " + str(event.value[1]))
        self._open = True
        self.arrived = True  # it may have been too early to hear of

    def _keep(self, event):
        """Return whether a question may want this; raise BadReply for what ends everything."""
        if event.kind == words.RESTARTED:
            self._owed = 0
            raise BadReply("the module restarted")
        if self._open and (event.kind, event.value) in _LOSSES:
            raise BadReply(_LOSSES[event.kind, event.value])
        if event.kind == words.ARRIVED:
            self.arrived = self.arrived or event.value == _SOCKET
        return event.kind != words.ARRIVED


def _is_address(host):
    """Return whether this is four numbers with dots, and no name."""
    parts = str(host).split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)
