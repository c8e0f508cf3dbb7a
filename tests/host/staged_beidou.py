"""A village that never was, with BeiDou terminals at the Box and at the county."""

from protocol import acks, containers, fragments, frame
from tests.host.staged_village import SETTINGS, Village

BOX_CARD, COUNTY_CARD = "0300001", "0300002"
INTERVAL_S = 5
SENT = "Y,Y,0,0005"
MTU = 77
CARDS = {"box": BOX_CARD, "county": COUNTY_CARD}
OTHER = {"box": "county", "county": "box"}


class BeidouVillage(Village):
    """Every message takes a second; terminals speak 2.1."""

    def __init__(self):
        super().__init__()
        self.logs["beidou"] = []
        del self.logs["iridium"]
        board = {
            **SETTINGS["board"],
            "roads": ["udp", "beidou"],
            "beidou": {"county": COUNTY_CARD},
        }
        self.settings = {**SETTINGS, "board": board}
        for name, card in CARDS.items():
            self.line(0.5, name, "<", f"BDICI,{card},0{card},0000011,6,{INTERVAL_S},3,N,0")

    def up(self, t, data, passed=True, road="ip"):
        if road == "ip":
            super().up(t, data, passed, road)
        else:
            self.sends(t, "box", dressed(data), arrives=passed)

    def acknowledges(self, t, seq):
        """The county's Ack goes by BeiDou."""
        data = self.sealed(1, "Ack", self._next("down"), acknowledged=acks.write([seq])[0])
        self.sends(t, "county", data)

    def in_pieces(self, t, signed, indexes):
        """The county sends these pieces of a frame, one each 6 s."""
        header, protected = frame.read(signed)
        cut = fragments.Cut(header, protected, MTU)
        for turn, index in enumerate(indexes):
            self.sends(t + 6 * turn, "county", cut.fragment(index))
        return cut.k

    def sends(self, t, name, payload, answer=SENT, arrives=True, to=None):
        """A terminal is asked to send, answers after 0.5 s, and the other one tells it at 1 s."""
        data = payload.hex().upper()
        self.line(t, name, ">", f"CCTXA,{to or CARDS[OTHER[name]]},1,2,A4{data}")
        if answer:
            self.line(t + 0.5, name, "<", f"BDFKI,TXA,{answer}")
        if arrives:
            self.line(t + 1, OTHER[name], "<", f"BDTXR,1,{CARDS[name]},2,,A4{data}")

    def line(self, t, name, way, body, error=0):
        """Write a sentence, in two halves as a serial line may bring it."""
        data = sentence(body, error)
        for at, half in ((0, data[:9]), (0.001, data[9:])):
            self.log("beidou", t + at, dir=way, terminal=name, hex=half.hex())

    def says(self, t, name, data):
        """Write anything to a terminal."""
        self.log("beidou", t, dir=">", terminal=name, hex=data.hex())


def dressed(data):
    """Return a frame as a Box puts it on this road, its address left out."""
    header, protected = frame.read(data)
    return frame.write(header, protected, elided=True)


def packed(*frames):
    return containers.pack([dressed(data) for data in frames])


def sentence(body, error=0):
    check = error
    for byte in body.encode():
        check ^= byte
    return f"${body}*{check:02X}\r\n".encode()
