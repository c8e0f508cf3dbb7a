"""The IP road: datagrams from Boxes, and to them."""

import asyncio
from collections.abc import Callable
from socket import SO_RCVBUF, SOL_SOCKET
from typing import Any

from host_tools.gateway.arrivals import IP, Arrival
from host_tools.gateway.clock import Clock
from host_tools.problems import UNREACHABLE, Problem
from protocol import containers

_ROOM = 1 << 20  # bytes the kernel is asked to hold for us


class IpRoad(asyncio.DatagramProtocol):
    def __init__(self, clock: Clock):
        self._clock = clock
        self._offer: Any = None
        self._transport: Any = None

    async def open(self, host: str, port: int, offer: Callable[[Arrival], Any]) -> None:
        """Listen and call offer(arrival) for each datagram, or raise Problem."""
        self._offer = offer
        loop = asyncio.get_running_loop()
        try:
            await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        except OSError as why:
            raise Problem(
                f"UDP port {port} on {host} cannot be used: {why.strerror}",
                "choose another with --udp", UNREACHABLE,
            ) from None  # fmt: skip

    @property
    def port(self) -> int:
        return self._transport.get_extra_info("sockname")[1]

    def send(self, to: str, payload: bytes) -> None:
        """Send one datagram to "host:port"; what the network does with it is not known."""
        host, _, port = to.rpartition(":")
        self._transport.sendto(payload, (host, int(port)))

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, _ROOM)

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        """Take a payload; what only keeps a road open says nothing, not even who is where."""
        if data == containers.KEEP_ALIVE:
            return
        self._offer(Arrival(data, IP, f"{addr[0]}:{addr[1]}", self._clock.now()))

    def error_received(self, exc: Exception) -> None:
        """A Box's port is closed, says its host; it will be heard again or retried."""
