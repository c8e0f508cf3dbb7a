"""The IP road as a modem: datagrams out, datagrams in, and no promise that any arrives."""

from drivers.errors import LineLost
from drivers.outcomes import REFUSED, SENT, Outcome

MOST_BYTES = 1472  # what one Ethernet frame holds beside the heads of IPv4 and UDP (RFC 894)


class UdpModem:
    """open_socket() gives an object with async receive() and send(data), or OSError."""

    def __init__(self, open_socket):
        self._open_socket = open_socket
        self._socket = None

    async def send(self, data):
        """Send 1 to 1472 bytes: return SENT once the network stack has them, or REFUSED."""
        if not 1 <= len(data) <= MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        try:
            self._opened().send(data)
        except OSError as why:
            return Outcome(REFUSED, "no network: " + str(why))
        return Outcome(SENT, "")

    async def receive(self):
        """Wait for a datagram, or raise LineLost."""
        try:
            return await self._opened().receive()
        except OSError as why:
            raise LineLost("no network: " + str(why))

    def _opened(self):
        """The socket outlives its errors: a refused datagram says nothing of the next."""
        if self._socket is None:
            self._socket = self._open_socket()
        return self._socket
