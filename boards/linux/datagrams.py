"""A connected UDP socket: the IP road, and the simulated sound card."""

import asyncio
import errno
import socket

_MOST_BYTES = 1500


class Datagrams:
    """Opens at once, or raises OSError.  A dead peer shows as OSError on a later call."""

    def __init__(self, host, port):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(socket.getaddrinfo(host, port)[0][-1])
        self._socket.setblocking(False)

    async def receive(self):
        """Wait for the next datagram, at most 1500 bytes.

        Not through a StreamReader: its read() goes on until it has all the bytes asked for,
        and would run two datagrams together.
        """
        while True:
            await _readable(self._socket)  # pyright: ignore[reportGeneralTypeIssues]
            try:
                return self._socket.recv(_MOST_BYTES)
            except OSError as why:
                if why.errno != errno.EAGAIN:
                    raise

    def send(self, data):
        """Send one datagram now; a full buffer loses it, as a network may."""
        self._socket.send(data)


def _readable(stream):
    """Wait until there is something to read, the way MicroPython's own streams do."""
    yield asyncio.core._io_queue.queue_read(stream)  # pyright: ignore[reportAttributeAccessIssue]
