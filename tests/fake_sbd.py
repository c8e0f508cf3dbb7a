"""A 9603 for tests, at the byte: answers as the manual's examples do, and misbehaves when told."""

from tests.fakes import FakeLine

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"
ZERO = b"\r\n0\r\n\r\nOK\r\n"
READY = b"\r\nREADY\r\n"
RING = b"\r\nSBDRING\r\n"


class Fake9603:
    """Its line is what a driver gets; `odd` and `silent` are how a test spoils the talk.

    odd[command] lists answers given once each instead of the right ones (None: none at all);
    a command that begins with `silent` is never answered.  Both are obeyed all the same.
    """

    def __init__(self, clock):
        self.line = FakeLine(clock, self._hear)
        self.commands = []  # all heard, in order; a message without its sum
        self.heard_at = []  # when, in ms; messages left out
        self.delivered = []  # at the gateway
        self.waiting = []  # at the gateway, for us
        self.statuses = []  # MO status of the next sessions; then always 0
        self.odd = {}
        self.silent = None
        self._clock = clock
        self.power_up()

    def power_up(self):
        """What a power cut leaves of a 9603: nothing."""
        self.echo = True
        self.powered = True
        self.rung = False
        self.outgoing = None
        self.incoming = b""
        self._typed = b""
        self._counting = 0

    def ring(self):
        self.rung = True
        self.line.feed(RING)

    def sessions(self):
        return [command for command in self.commands if b"SBDIX" in command]

    def _hear(self, data):
        if not self.powered:
            return b""
        self._typed += data
        said = b""
        while self._counting or b"\r" in self._typed:
            if not self._counting:
                said += self._command()
            elif len(self._typed) >= self._counting:
                said += self._binary()
            else:
                break
        return said

    def _command(self):
        at = self._typed.find(b"\r")
        command, self._typed = self._typed[:at], self._typed[at + 1 :]
        self.commands.append(command)
        self.heard_at.append(self._clock.ticks_ms())
        echoed = command + b"\r" if self.echo else b""
        name = command[2:].split(b"=")[0]
        answer = self._answer(name, command)
        if self.odd.get(command):
            answer = self.odd[command].pop(0)
        if answer is None or (self.silent is not None and command.startswith(self.silent)):
            return b""
        return echoed + answer

    def _answer(self, name, command):
        if name in (b"", b"&K0", b"&D0", b"+SBDMTA", b"+SBDST"):
            return OK
        if name == b"E0":
            self.echo = False
            return OK
        if name == b"+SBDD0":
            self.outgoing = None
            return ZERO
        if name == b"+SBDSX":
            return b"\r\n+SBDSX: 0, 7, 0, -1, %d, 0\r\n" % self.rung + OK
        if name == b"+SBDWB":
            self._counting = int(command.split(b"=")[1]) + 2
            return READY
        if name in (b"+SBDIX", b"+SBDIXA"):
            return self._session()
        if name == b"+SBDRB":
            return counted(self.incoming)
        return ERROR

    def _binary(self):
        data, self._typed = self._typed[: self._counting], self._typed[self._counting :]
        self._counting = 0
        payload = data[:-2]
        self.commands.append(payload)
        if data != counted(payload)[2:]:
            return b"\r\n2\r\n" + OK
        self.outgoing = payload
        return ZERO

    def _session(self):
        status = self.statuses.pop(0) if self.statuses else 0
        self.incoming = b""
        if status > 4:
            return b"\r\n+SBDIX: %d, 7, 2, 0, 0, 0\r\n" % status + OK
        self.rung = False
        if self.outgoing is not None:
            self.delivered.append(self.outgoing)
        if not self.waiting:
            return b"\r\n+SBDIX: %d, 7, 0, 0, 0, 0\r\n" % status + OK
        self.incoming = self.waiting.pop(0)
        numbers = (status, len(self.incoming), len(self.waiting))
        return b"\r\n+SBDIX: %d, 7, 1, 3, %d, %d\r\n" % numbers + OK


def counted(payload):
    """Return length, payload and sum, as AT+SBDRB gives them."""
    total = 0
    for byte in payload:
        total = (total + byte) % 65536
    size = len(payload)
    return bytes((size >> 8, size & 255)) + payload + bytes((total >> 8, total & 255))
