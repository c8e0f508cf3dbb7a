"""The IP road as a modem: datagrams out, datagrams in, and no promise that any arrives."""

from drivers.errors import LineLost
from drivers.modems.keep_alive import KEEP_ALIVE, KeepAlive
from drivers.outcomes import REFUSED, SENT, Outcome

MOST_BYTES = 1472  # what one Ethernet frame holds beside the heads of IPv4 and UDP (RFC 894)


class UdpModem:
    """What firmware.ports.Modem asks for; run() is its service and keeps the way back open.

    open_socket() gives an object with async receive() and send(data), or OSError.
    """

    def __init__(self, open_socket, clock):
        self._open_socket = open_socket
        self._clock = clock
        self._keep_alive = KeepAlive(clock)
        self._socket = None

    async def send(self, data):
        """Send 1 to 1472 bytes: return SENT once the network stack has them, or REFUSED."""
        if not 1 <= len(data) <= MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        self._keep_alive.went()
        try:
            self._opened().send(data)
        except OSError as why:
            return Outcome(REFUSED, "no network: " + str(why))
        return Outcome(SENT, "")

    def wait_ms(self):
        """A network takes a datagram at any time."""
        return 0

    async def receive(self):
        """Wait for a datagram, or raise LineLost."""
        try:
            return await self._opened().receive()
        except OSError as why:
            raise LineLost("no network: " + str(why))

    async def run(self):
        """Send a KEEP_ALIVE whenever nothing else went for long."""
        while True:
            left_ms = self._keep_alive.left_ms()
            if left_ms:
                await self._clock.sleep_ms(left_ms)
            else:
                await self.send(KEEP_ALIVE)

    def _opened(self):
        """The socket outlives its errors: a refused datagram says nothing of the next."""
        if self._socket is None:
            self._socket = self._open_socket()
        return self._socket
