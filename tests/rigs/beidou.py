"""The road by BeiDou in the contract test: a terminal that obeys, of either dialect."""

from binascii import hexlify, unhexlify

from drivers.modems.beidou import BeidouModem
from tests.fake_beidou import COUNTY, FakeTerminal
from tests.rigs.rig import Rig, flipped

_NO_SIGNAL = 4
_MIXED = b"A4"
_LAST = -len(b"0*17\r\n")  # where the last character before a checksum stands


class BeidouRig(Rig):
    """Its dialect is 2.1."""

    NAME = "beidou"
    MOST_BYTES = 77
    GIVE_MS = 10_000
    BDS_3 = False
    UNSOLICITED = (
        b"$BDBSI,02,08,0,3,0,0,0,0,0,3,0,0*54\r\n",
        b"$BDPWI,000000.00,00,01,51,40,33,0*7B\r\n",
        b"$BDTXR,1,0166166,1,,3132333433333335*46\r\n",
    )

    def __init__(self):
        super().__init__()
        self._terminal = FakeTerminal(self.clock, self.BDS_3)
        self.line = self._terminal.line
        self.modem = BeidouModem(self.line, self.clock, COUNTY.decode())
        self.services = (self.modem.run,)
        self.plug, self.unplug = self.line.mend, self.line.lose
        self._other_sends = 0  # from the same card, by somebody else

    def cut_power(self):
        self._terminal.powered = False

    def restore_power(self):
        self._terminal.powered = True

    def fill_queue(self):
        """It has no queue: another message went from the card just now."""
        self._terminal.sent_at.append(self.clock.ticks_ms())
        self._other_sends += 1

    def no_signal(self):
        self._terminal.reasons = [_NO_SIGNAL] * 100

    def signal(self):
        self._terminal.reasons = []

    def give(self, payload):
        self._terminal.deliver(_MIXED + hexlify(payload).upper())

    def had(self):
        return [unhexlify(data[len(_MIXED) :]) for _, data in self._terminal.sent]

    def complaint(self):
        return "asked too early" if self._terminal.early > self._other_sends else ""

    def damaged_up(self, data):
        return flipped(data, _LAST)

    def damaged_down(self, said):
        return flipped(said, _LAST)


class RegionalRig(BeidouRig):
    """Its dialect is that of BDS-3."""

    NAME = "beidou BDS-3"
    BDS_3 = True
