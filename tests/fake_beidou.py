"""A BeiDou terminal for tests, at the byte: 2.1 or BDS-3, counts early requests, can misbehave."""

from tests.fakes import FakeLine

OWN, COUNTY = b"0242286", b"0242407"


class FakeTerminal:
    """Its line is what a driver gets; `odd` and `silent` are how a test spoils the talk.

    odd[name] lists answers given once each instead of the right ones (None: none at all), where
    name is the first field of what was asked; a name in `silent` is never answered.
    """

    def __init__(self, clock, bds_3=False):
        self.line = FakeLine(clock, self._hear)
        self.bds_3 = bds_3
        self.own, self.interval_s, self.level = OWN, 60, 2 if bds_3 else 3
        self.asked = []  # the first fields of all heard, in order
        self.sent = []  # (receiver, data) as they went up
        self.sent_at = []  # in ms
        self.early = 0
        self.reasons = []  # of the next sends; then always 0
        self.odd = {}
        self.silent = []
        self.powered = True
        self._clock = clock
        self._typed = b""

    def deliver(self, data=b"A46F72646572", sender=COUNTY, coding=None):
        """A message from another card arrives."""
        if self.bds_3:
            fields = (b"BDTCI", sender, self.own, b"2", b"142204", coding or b"3", b"0", data)
        else:
            fields = (b"BDTXR", b"1", sender, coding or b"2", b"", data)
        self.line.feed(checked(b",".join(fields)))

    def swap_card(self, own):
        """Another card is put in, which sent just now."""
        self.own = own
        self.sent_at.append(self._clock.ticks_ms())

    def _hear(self, data):
        if not self.powered:
            return b""
        self._typed += data
        said = b""
        while b"\r\n" in self._typed:
            at = self._typed.find(b"\r\n")
            line, self._typed = self._typed[:at], self._typed[at + 2 :]
            said += self._asked(line)
        return said

    def _asked(self, line):
        body = line[1:-3]
        if line + b"\r\n" != checked(body):
            return b""
        fields = body.split(b",")
        name = fields[0]
        self.asked.append(name)
        answer = self._answer(name, fields)
        if self.odd.get(name):
            answer = self.odd[name].pop(0)
        return b"" if answer is None or name in self.silent else answer

    def _answer(self, name, fields):
        if name == b"CCICR" and self.bds_3:
            return self._icp()
        if name == b"CCICA" and not self.bds_3:
            return self._ici()
        if name == (b"CCTCQ" if self.bds_3 else b"CCTXA"):
            return self._transmit(fields)
        return None

    def _ici(self):
        if self.own == b"0":
            return b"$BDICI,0000000,00000000,0000000,0,0,0,N,0*0B\r\n"
        told = b"BDICI,%s,00242286,0000011,6,%d,%d,N,0"
        return checked(told % (self.own, self.interval_s, self.level))

    def _icp(self):
        told = b"BDICP,%s,0,0,3,0,N,2,N,1,0,0,3,1,%d,%d,0,0,1,1,21,0,0,0"
        return checked(told % (self.own, self.interval_s, self.level))

    def _transmit(self, fields):
        now = self._clock.ticks_ms()
        wait_ms = self.sent_at[-1] + 1000 * self.interval_s - now if self.sent_at else 0
        if wait_ms > 0:
            self.early += 1
            return self._feedback(b"N", 1, (wait_ms + 999) // 1000)
        reason = self.reasons.pop(0) if self.reasons else 0
        if reason == 0:
            self.sent.append((fields[1], fields[5 if self.bds_3 else 4]))
            self.sent_at.append(now)
        return self._feedback(b"Y", reason, self.interval_s)

    def _feedback(self, went, reason, wait_s):
        if self.bds_3:
            return checked(b"BDFKI,082920,TCQ,%s,%d,%d" % (went, reason, wait_s))
        if reason == 1:
            return checked(b"BDFKI,TXA,N,N,0,%04d" % wait_s)
        return checked(b"BDFKI,TXA,%s,Y,%d,%04d" % (went, reason, wait_s))


def checked(body):
    """Return the body as a sentence."""
    total = 0
    for byte in body:
        total ^= byte
    return b"$%s*%02X\r\n" % (body, total)
