"""An EC200 for tests, at the byte: answers as the manual's examples do, misbehaves when told."""

from tests.fakes import FakeLine

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"
PROMPT = b"\r\n> "
SEND_OK = b"\r\nSEND OK\r\n"
SEND_FAIL = b"\r\nSEND FAIL\r\n"
RECEIVED = b'\r\n+QIURC: "recv",0\r\n'
CLOSED = b'\r\n+QIURC: "closed",0\r\n'
DEACTIVATED = b'\r\n+QIURC: "pdpdeact",1\r\n'
AWAKE = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\n+QIND: PB DONE\r\n"


class FakeEc200:
    """Its line is what a driver gets; `odd` and `silent` are how a test spoils the talk.

    odd[command] lists answers given once each instead of the right ones (None: none at all);
    a command that begins with `silent` is never answered.  Both are obeyed all the same.
    b"data" stands for the bytes of a datagram, as a command.
    """

    def __init__(self, clock):
        self.line = FakeLine(clock, self._hear)
        self.commands = []  # all heard, in order; datagrams left out
        self.heard_at = []  # when, in ms
        self.sent = []  # (host, port, datagram), as handed to the network
        self.waiting = []  # (host, port, datagram) to be read
        self.sim = b"\r\n+CPIN: READY\r\n" + OK
        self.registered = {b"+CEREG?": 1, b"+CGREG?": 0}
        self.names = {}
        self.odd = {}
        self.silent = None
        self._clock = clock
        self.power_up()

    def power_up(self):
        """What a restart leaves of a module: nothing."""
        self.echo = self.data_echo = True
        self.powered = True
        self.active = self.open = False
        self.waiting.clear()
        self._typed = b""
        self._counting = 0
        self._to = None

    def restart(self):
        self.power_up()
        self.line.feed(AWAKE)

    def brings(self, data, host="192.0.2.9", port=4700):
        """A datagram comes: told of only if none waited before."""
        if not self.open:
            return
        self.waiting.append((host, port, data))
        if len(self.waiting) == 1:
            self.line.feed(RECEIVED)

    def loses_context(self):
        self.active = self.open = False
        self.line.feed(DEACTIVATED)

    def loses_socket(self):
        self.open = False
        self.line.feed(CLOSED)

    def loses_card(self):
        """It was out for a moment."""
        self.active = self.open = False
        self.line.feed(b"\r\n+CPIN: NOT READY\r\n")

    def _hear(self, data):
        if not self.powered:
            return b""
        self._typed += data
        said = b""
        while self._counting or b"\r" in self._typed:
            if not self._counting:
                said += self._command()
            elif len(self._typed) >= self._counting:
                said += self._datagram()
            else:
                break
        return said

    def _command(self):
        at = self._typed.find(b"\r")
        command, self._typed = self._typed[:at], self._typed[at + 1 :]
        if not command.startswith(b"AT"):
            return b""
        self.commands.append(command)
        self.heard_at.append(self._clock.ticks_ms())
        echoed = command + b"\r" if self.echo else b""
        return self._spoilt(command, echoed, self._answer(command))

    def _datagram(self):
        data, self._typed = self._typed[: self._counting], self._typed[self._counting :]
        self._counting = 0
        self.sent.append(self._to + (data,))
        return self._spoilt(b"data", data if self.data_echo else b"", SEND_OK)

    def _spoilt(self, command, echoed, answer):
        if self.odd.get(command):
            answer = self.odd[command].pop(0)
        if answer is None or (self.silent is not None and command.startswith(self.silent)):
            return b""
        return echoed + answer

    def _answer(self, command):
        name, _, value = command[2:].partition(b"=")
        if name in self.registered:
            return b"\r\n%s: 0,%d\r\n" % (name[:-1], self.registered[name]) + OK
        deed = {
            b"E0": self._mute,
            b"+QISDE": self._mute_data,
            b"+QIACT": self._activate,
            b"+QIDEACT": self._deactivate,
            b"+QICLOSE": self._close,
            b"+QIOPEN": self._open,
        }.get(name)
        if deed is not None:
            return deed()
        if name == b"+CPIN?":
            return self.sim
        if name == b"+QIDNSGIP":
            return self._resolve(value)
        if name == b"+QISEND":
            return self._offer(value)
        if name == b"+QIRD":
            return self._read()
        return OK

    def _mute(self):
        self.echo = False
        return OK

    def _mute_data(self):
        self.data_echo = False
        return OK

    def _activate(self):
        self.active = True
        return OK

    def _deactivate(self):
        self.active = self.open = False
        return OK

    def _close(self):
        was, self.open = self.open, False
        return OK if was else ERROR

    def _open(self):
        self.open = self.active
        return OK + b"\r\n+QIOPEN: 0,%d\r\n" % (0 if self.open else 566)

    def _resolve(self, value):
        host = value.split(b'"')[1].decode()
        if host not in self.names:
            return OK + b'\r\n+QIURC: "dnsgip",565\r\n'
        address = self.names[host].encode()
        return OK + b'\r\n+QIURC: "dnsgip",0,1,600\r\n\r\n+QIURC: "dnsgip","%s"\r\n' % address

    def _offer(self, value):
        _, length, host, port = value.split(b",")
        if not self.open:
            return ERROR
        self._counting = int(length)
        self._to = host.strip(b'"').decode(), int(port)
        return PROMPT

    def _read(self):
        if not self.open:
            return ERROR
        if not self.waiting:
            return b"\r\n+QIRD: 0\r\n" + OK
        host, port, data = self.waiting.pop(0)
        head = b'\r\n+QIRD: %d,"%s",%d\r\n' % (len(data), host.encode(), port)
        return head + data + b"\r\n" + OK
