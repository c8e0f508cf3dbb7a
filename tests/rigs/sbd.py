"""The satellite in the contract test: a 9603 that obeys, and a gateway behind it."""

from drivers.modems.sbd import SbdModem
from tests.fake_sbd import RING, Fake9603
from tests.rigs.rig import Rig, flipped

_NO_NETWORK, _QUEUE_FULL = 32, 11


class SbdRig(Rig):
    NAME = "sbd"
    MOST_BYTES = 340
    UNSOLICITED = (RING, b"\r\n+CIEV:1,0\r\n", b"\r\nHARDWARE FAILURE: 2,14\r\n")

    def __init__(self):
        super().__init__()
        self._radio = Fake9603(self.clock)
        self.line = self._radio.line
        self.modem = SbdModem(self.line, self.clock)
        self.services = (self.modem.run,)
        self.plug, self.restore_power = self.line.mend, self._radio.power_up
        self.unplug = self.line.lose

    def cut_power(self):
        self._radio.powered = False

    def fill_queue(self):
        self._radio.statuses = [_QUEUE_FULL]

    def no_signal(self):
        self._radio.statuses = [_NO_NETWORK] * 100

    def signal(self):
        self._radio.statuses = []

    def give(self, payload):
        self._radio.waiting.append(payload)
        self._radio.ring()

    def had(self):
        return self._radio.delivered

    def damaged_up(self, data):
        """Only a message has a sum on its way to the modem; commands have none."""
        return data if data.startswith(b"AT") else flipped(data, -1)

    def damaged_down(self, said):
        """Only AT+SBDRB answers with a sum; no line begins as its length does."""
        return flipped(said, -1) if said[:1] in (b"\0", b"\1") else said
