"""A BeiDou command terminal as a test plays it, written from the recorded sentences of manuals.

It answers with those very lines, on a pseudo-terminal or without one.
"""

import asyncio
import os
import pty
import tty

from tests.host.gateway_county import settled

OWN_CARD = "0242286"
CARD_21 = "$BDICI,0242286,00242286,0000011,6,60,3,N,0*38"
CARD_21_40_S = "$BDICI,0166166,02097151,0000011,6,40,3,N,000*33"
CARD_REGIONAL = "$BDICP,4216930,0,0,3,0,N,2,N,1,0,0,3,1,60,2,0,0,1,1,21,0,0,0*4E"
NO_CARD_REGIONAL = "$BDICP,0,0,0,0,0,N,2,N,1,0,0,3,1,0,0,0,0,1,1,0,0,0,0*41"
SENT_21 = "$BDFKI,TXA,Y,Y,0,0000*13"
SENT_21_WAIT_40 = "$BDFKI,TXA,Y,Y,0,0040*17"
FAILED_21 = "$BDFKI,TXA,N,Y,0,0000*04"
NO_SIGNAL_21 = "$BDFKI,TXA,N,Y,4,0000*00"
SENT_REGIONAL = "$BDFKI,082920,TCQ,Y,0,0*70"
YES_WITH_A_REASON = "$BDFKI,000000,TCQ,Y,5,0*74"
PATIENCE_S = 20


def sentence(body):
    """Return a sentence with its checksum, as bytes on the line."""
    check = 0
    for byte in body.encode():
        check ^= byte
    return f"${body}*{check:02X}\r\n".encode()


class Peer:
    """asked: [(when, to, payload)] of each request to send; feedback: the answers to the next."""

    def __init__(self, clock, card=CARD_21, feedback=SENT_21):
        self.clock = clock
        self.card, self.usual = card, feedback
        self.feedback = []
        self.questions, self.asked = [], []
        self.silent = False

    def hear(self, line):
        """Take one whole line that the gateway wrote."""
        body = line.decode().partition("*")[0].removeprefix("$")
        assert sentence(body) == line + b"\n", line
        fields = body.split(",")
        if fields[0] in ("CCICA", "CCICR"):
            self.questions.append(fields[0])
            right = "CCICR" if self.card.startswith("$BDICP") else "CCICA"
            self._answer(self.card if fields[0] == right else None)
        elif fields[0] in ("CCTXA", "CCTCQ"):
            self.asked.append((self.clock.now(), fields[1], payload_of(fields)))
            self._answer(self.feedback.pop(0) if self.feedback else self.usual)

    def brings(self, payload, sender="0242407"):
        """Another card's message arrives."""
        self.say(sentence(f"BDTXR,1,{sender},2,,A4{payload.hex().upper()}"))

    def _answer(self, line):
        if line is not None and not self.silent:
            self.say(line.encode() + b"\r\n")


async def until(is_so):
    """Let real bytes travel until something holds that they bring about."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await settled()


def payload_of(fields):
    """Return the payload in a request's fields."""
    if fields[0] == "CCTXA":
        _, _, normal, mixed, data = fields
        assert (normal, mixed, data[:2]) == ("1", "2", "A4")
        return bytes.fromhex(data[2:])
    _, _, frequency, confirmation, code, data, single = fields
    assert (frequency, confirmation, code, single) == ("2", "1", "2", "0")
    return bytes.fromhex(data)


class PtyPeer(Peer):
    """One at the end of a link to a real pseudo-terminal; plugged in and pulled out."""

    def __init__(self, clock, link, **more):
        super().__init__(clock, **more)
        self.link = link
        self._held = b""

    def plug_in(self):
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.link.symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def pull_out(self):
        asyncio.get_running_loop().remove_reader(self._master)
        self.link.unlink()
        os.close(self._slave)
        os.close(self._master)

    def say(self, data):
        os.write(self._master, data)

    def _read(self):
        *lines, self._held = (self._held + os.read(self._master, 4096)).split(b"\n")
        for line in lines:
            self.hear(line)


class Wire:
    """A line without a pseudo-terminal, for tests in which all time is virtual."""

    def __init__(self, peer):
        self._peer = peer
        self._come = asyncio.Queue()
        peer.say = self._come.put_nowait

    async def read(self):
        return await self._come.get()

    def write(self, data):
        for line in data.split(b"\n")[:-1]:
            self._peer.hear(line)

    def close(self):
        pass
