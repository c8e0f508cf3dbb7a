"""The IP road in the contract test: a network that is there or not, and a county behind it."""

import asyncio

from drivers.modems.keep_alive import KEEP_ALIVE
from drivers.modems.udp import UdpModem
from tests.rigs.rig import Rig

_UNREACHABLE, _NO_BUFFERS = 101, 105
_NO_ANSWER = "the network answers no datagram"


class UdpRig(Rig):
    NAME = "udp"
    MOST_BYTES = 1472
    NOT_HERE = {
        "start": "a socket opens at once or not at all",
        "power": "a datagram is handed over at once or not at all",
        "echo": _NO_ANSWER,
        "half": _NO_ANSWER,
        "garbage": _NO_ANSWER,
        "unsolicited": _NO_ANSWER,
        "silence": _NO_ANSWER,
        "sum to the modem": "the network stack makes the sums",
        "sum from the modem": "the network stack drops what has a wrong sum",
        "spoilt payload": "a datagram comes whole or not at all",
        "noise in a payload": "the network stack drops what has a wrong sum",
    }

    def __init__(self):
        super().__init__()
        self._network = Network()
        self.modem = UdpModem(self._network.open, self.clock)
        self.services = (self.modem.run,)

    def unplug(self):
        self._network.failure = _UNREACHABLE

    def plug(self):
        self._network.failure = None

    no_signal, signal = unplug, plug

    def fill_queue(self):
        self._network.failures = [_NO_BUFFERS]

    def give(self, payload):
        self._network.arrive(payload)

    def had(self):
        return [data for data in self._network.taken if data != KEEP_ALIVE]


class Network:
    """Opens one socket, itself; failure is the errno of every call, failures those of the next."""

    def __init__(self):
        self.failure = None
        self.failures = []
        self.taken = []
        self._arrived = []
        self._changed = asyncio.Event()

    def open(self):
        self._check()
        return self

    def send(self, data):
        self._check()
        self.taken.append(bytes(data))

    async def receive(self):
        while not self._arrived:
            self._changed.clear()
            await self._changed.wait()
        return self._arrived.pop(0)

    def arrive(self, payload):
        self._arrived.append(payload)
        self._changed.set()

    def _check(self):
        failure = self.failures.pop(0) if self.failures else self.failure
        if failure is not None:
            raise OSError(failure, "the network is not there")
