"""Datagrams that never leave this machine."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from host_tools.sim.words import Address

HOST = "127.0.0.1"
MOST_BYTES = 65535


class Udp:
    """One socket on loopback; heard(data, sender) is called for each datagram."""

    def __init__(self, heard: Callable[[bytes, Address], None], port: int = 0):
        self._heard = heard
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind((HOST, port))
        except OSError as why:
            self._socket.close()
            raise OSError(why.errno, f"{HOST}:{port} (UDP): {why.strerror}") from None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram; one that cannot go is lost, as on any road."""
        with contextlib.suppress(OSError):
            self._socket.sendto(data, address)

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            data, sender = self._socket.recvfrom(MOST_BYTES)
            self._heard(data, Address(*sender))
