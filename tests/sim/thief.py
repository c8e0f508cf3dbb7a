"""Somebody who holds the gateway's whole disk, its memory and the county's master."""

import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from host_tools import crypto
from host_tools.demo.attacker import FIRST_STOLEN_SEQ
from protocol import frame, keys, messages, proof
from protocol.schema import DOWN, UP


@dataclass
class Thief:
    """root is the Box's secret, derived from the master; every number is used once."""

    root: bytes
    realm: bytes
    address: int
    epoch: int
    _seq: int = FIRST_STOLEN_SEQ + 0x80000
    _own_key: bytes = field(default_factory=lambda: bytes(range(32)))

    def sealed(self, message: Any, ack_wanted: bool = False) -> bytes:
        """Return the datagram that brings the Box a genuine sealed message."""
        row = messages.row_of(DOWN, message)
        return self.sealed_body(row.number, messages.encode(DOWN, message), ack_wanted)

    def sealed_body(
        self,
        number: int,
        body: bytes,
        ack_wanted: bool = False,
        direction: int = DOWN,
        address: int | None = None,
    ) -> bytes:
        """Return a frame of any type, to or from any Box, that has the right proof."""
        to = self.address if address is None else address
        header = self._header(frame.SEALED, number, ack_wanted, direction, to)
        purpose = "up" if direction == UP else "down"
        return self._written(header, body, purpose)

    def carried(self, data: bytes) -> bytes:
        return self.sealed(messages.make("Carry", frame=data))

    def local(self, message: Any) -> bytes:
        """Return the frame as a Station would send it, in mode LOCAL."""
        row = messages.row_of(DOWN, message)
        header = self._header(frame.LOCAL, row.number)
        return self._written(header, messages.encode(DOWN, message), "local-down")

    def unproven(self, mode: int, message: Any, proof_bytes: int) -> bytes:
        """Return the frame in a mode whose proof nobody could check: zeros take its place."""
        row, body = messages.row_of(DOWN, message), messages.encode(DOWN, message)
        return frame.write(self._header(mode, row.number), body + bytes(proof_bytes))

    def open(self, message: Any) -> bytes:
        """Return the frame in mode OPEN, which only a technician's cable may carry."""
        row, body = messages.row_of(DOWN, message), messages.encode(DOWN, message)
        header = self._header(frame.OPEN, row.number)
        check = binascii.crc_hqx(frame.canonical(header) + body, 0xFFFF).to_bytes(2, "big")
        return frame.write(header, body + check)

    def signed(self, message: Any, sign: Callable[[bytes], bytes] | None = None) -> bytes:
        """Return the frame signed with a key of the thief's own, or by somebody else."""
        row, body = messages.row_of(DOWN, message), messages.encode(DOWN, message)
        header = self._header(frame.SIGNED, row.number)
        to_be_signed = proof.to_be_signed(self.realm, header, body)
        sign = sign or (lambda data: crypto.sign(self._own_key, data))
        return frame.write(header, body + sign(to_be_signed))

    def _written(self, header: Any, body: bytes, purpose: str) -> bytes:
        key = keys.traffic_key(self.root, self.epoch, purpose)
        return frame.write(header, proof.seal(crypto, key, self.epoch, self.realm, header, body))

    def _header(
        self,
        mode: int,
        number: int,
        ack_wanted: bool = False,
        direction: int = DOWN,
        to: int | None = None,
    ) -> Any:
        self._seq += 1
        to = self.address if to is None else to
        return frame.Header(mode, direction, number, 0, ack_wanted, to, self._seq)
