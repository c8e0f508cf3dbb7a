"""The satellite road: Iridium's gateway brings payloads over TCP and takes ours the same way.

What it brings is confirmed only once it is committed, so that it brings it again otherwise.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from typing import Any

from host_tools.gateway import directip, sessions
from host_tools.gateway.arrivals import SBD, Arrival
from host_tools.gateway.clock import Clock
from host_tools.gateway.directip import BadDirectIp
from host_tools.gateway.mt import Unreachable
from host_tools.problems import UNREACHABLE, Problem

MOST_CONNECTIONS = 32
PATIENCE_S = 10.0  # for each thing the other side has to do


class MoServer:
    """Takes mobile-originated messages, one a connection; note(line) tells of odd sessions."""

    def __init__(self, clock: Clock, note: Callable[[str], None]):
        self._clock = clock
        self._note = note
        self._offer: Any = None
        self._connections = 0
        self._server: Any = None

    async def open(self, host: str, port: int, offer: Callable[[Arrival], Any]) -> None:
        """Listen, or raise Problem; offer(arrival) returns a future of "committed", or None."""
        self._offer = offer
        try:
            self._server = await asyncio.start_server(self._serve, host, port)
        except OSError as why:
            raise Problem(
                f"TCP port {port} on {host} cannot be used: {why.strerror}",
                "choose another with --mo", UNREACHABLE,
            ) from None  # fmt: skip

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections <= MOST_CONNECTIONS and await self._taken(reader, writer):
                writer.write(directip.CONFIRMED)
                await asyncio.wait_for(writer.drain(), PATIENCE_S)
        except (OSError, TimeoutError):
            pass  # not confirmed, so it comes again
        finally:
            self._connections -= 1
            writer.close()

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Return whether what this connection brought is committed and may be confirmed."""
        raw = bytearray()
        try:
            brought = await asyncio.wait_for(_brought(reader, raw), PATIENCE_S)
        except (BadDirectIp, asyncio.IncompleteReadError) as why:
            if raw:  # who connects and says nothing is no news
                peer = writer.get_extra_info("peername")[0]
                broken = str(why)
                self._offer(Arrival(bytes(raw), SBD, peer, self._clock.now(), broken))
            return False
        wrong = sessions.incomplete(brought.status)
        if wrong is not None:
            self._note(sessions.line(brought.imei, wrong, brought.payload))
        if not brought.payload:
            return True  # the modem only asked what waits for it; there is nothing to keep
        kept = self._offer(Arrival(brought.payload, SBD, brought.imei, self._clock.now()))
        return kept is not None and await kept


class DirectIp:
    """Iridium's gateway as a carrier of what goes to modems."""

    name = "Iridium's gateway"

    def __init__(self, host: str, port: int):
        self._to = (host, port)
        self._numbers = itertools.count(secrets.randbits(24))

    async def take(self, imei: str, payload: bytes) -> str | None:
        """Bring it a payload; return why it was refused, or None; raise Unreachable."""
        message = directip.mobile_terminated(next(self._numbers), imei, payload)
        try:
            answer = await asyncio.wait_for(_asked(self._to, message), PATIENCE_S)
        except (OSError, TimeoutError, BadDirectIp, asyncio.IncompleteReadError) as why:
            raise Unreachable(str(why) or type(why).__name__) from None
        return answer.refusal


async def _brought(reader: asyncio.StreamReader, raw: bytearray) -> directip.MobileOriginated:
    """Read one mobile-originated message; raw holds what came, even of one cut short."""
    length = directip.length_after(await _read(reader, raw, directip.PREHEADER_BYTES))
    return directip.mobile_originated(await _read(reader, raw, length))


async def _read(reader: asyncio.StreamReader, raw: bytearray, count: int) -> bytes:
    try:
        data = await reader.readexactly(count)
    except asyncio.IncompleteReadError as short:
        raw += short.partial
        raise
    raw += data
    return data


async def _asked(to: tuple[str, int], message: bytes) -> directip.Confirmation:
    reader, writer = await asyncio.open_connection(*to)
    try:
        writer.write(message)
        preheader = await reader.readexactly(directip.PREHEADER_BYTES)
        return directip.confirmation(await reader.readexactly(directip.length_after(preheader)))
    finally:
        writer.close()
