"""Hears what a county sends to its Box, and writes each acknowledgement down as it leaves."""

from host_tools import crypto
from protocol import acks, containers, frame, keys, messages, proof
from protocol.schema import DOWN
from tests.chaos.log import Log
from tests.host.gateway_county import MASTER, REALM


class Ear:
    def __init__(self, address: int, log: Log):
        self._address = address
        self._log = log
        self._root = keys.box_root(MASTER, REALM, address, 1)
        self._keys: dict[int, bytes] = {}
        self._epoch = 1  # of what was heard last

    def hear(self, road: str, payload: bytes) -> None:
        for data in containers.unpack(payload):
            header, protected = frame.read(data, self._address)
            if messages.row(DOWN, header.type).name == "Ack":
                epoch, body = self._opened(header, protected)
                seqs = acks.read(messages.decode(DOWN, header.type, body).acknowledged)
                self._log.note(ack=sorted(seqs), epoch=epoch, road=road)

    def _opened(self, header: frame.Header, protected: bytes) -> tuple[int, bytes]:
        """Return (epoch, body); the Box has begun another epoch only if its store was damaged."""
        ahead = range(self._epoch + keys.EPOCHS_AHEAD, -1, -1)
        for epoch in (self._epoch, *ahead):
            try:
                key = self._key(epoch)
                body = proof.unseal(crypto, key, epoch, REALM, header, protected)
            except crypto.Forged:
                continue
            self._epoch = epoch
            return epoch, body
        raise AssertionError("the county sends what its Box cannot open")

    def _key(self, epoch: int) -> bytes:
        if epoch not in self._keys:
            self._keys[epoch] = keys.traffic_key(self._root, epoch, "down")
        return self._keys[epoch]
