"""Datagrams of the IP road, and somebody on the network who can reach the gateway's port."""

import socket

from protocol import messages

HOST = "127.0.0.1"
_PATIENCE_S = 10.0


class Stranger:
    """`with Stranger(port) as stranger:` speaks to a UDP port of this machine."""

    def __init__(self, port: int):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(_PATIENCE_S)
        self._to = (HOST, port)

    def __enter__(self) -> "Stranger":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._to)

    def hear(self) -> bytes:
        """Wait for the next answer."""
        return self._socket.recv(2048)


def named(direction: int, datagram: bytes) -> str:
    """Return the name of the message type that a frame's header says."""
    return messages.row(direction, datagram[1] >> 3).name
