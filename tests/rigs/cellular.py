"""The road by 4G in the contract test: an EC200 that obeys, and a network behind it."""

from drivers.modems.cellular import CellularModem
from tests.fake_cellular import RECEIVED, SEND_FAIL, FakeEc200
from tests.rigs.rig import Rig

_COUNTY, _PORT = "192.0.2.9", 4700
_SEARCHING = 2
_NO_SUMS = "nothing between us and the module has a sum; our frames have"


class CellularRig(Rig):
    NAME = "cellular"
    MOST_BYTES = 1200
    GIVE_MS = 30_000
    UNSOLICITED = (RECEIVED, b'\r\n+QIND: "csq",99,99\r\n', b"\r\n+CREG: 1\r\n")
    NOT_HERE = {
        "sum to the modem": _NO_SUMS,
        "sum from the modem": _NO_SUMS,
        "noise in a payload": _NO_SUMS,
    }

    def __init__(self):
        super().__init__()
        self._module = FakeEc200(self.clock)
        self._no_room = []  # numbers of the datagrams that the module did not take
        self.line = self._module.line
        self.modem = CellularModem(self.line, self.clock, _COUNTY, _PORT)
        self.services = (self.modem.run,)
        self.plug, self.restore_power = self.line.mend, self._module.restart
        self.unplug = self.line.lose
        self.give = self._module.brings

    def cut_power(self):
        self._module.powered = False

    def fill_queue(self):
        self._module.odd[b"data"] = [SEND_FAIL]
        self._no_room.append(len(self._module.sent))

    def no_signal(self):
        self._module.registered = dict.fromkeys(self._module.registered, _SEARCHING)
        self._module.loses_context()

    def signal(self):
        self._module.registered = dict.fromkeys(self._module.registered, 1)

    def had(self):
        """Without zeros: a KEEP_ALIVE, or what a module got that waited for bytes too long."""
        taken = [one[2] for at, one in enumerate(self._module.sent) if at not in self._no_room]
        return [data for data in taken if data.strip(b"\0")]
