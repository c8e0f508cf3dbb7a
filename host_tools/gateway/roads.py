"""Which roads the gateway has: built from its options, opened, run and closed together."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from host_tools.gateway.arrivals import BEIDOU, IP, SBD, Arrival
from host_tools.gateway.beidou import BeidouRoad
from host_tools.gateway.beidou_terminal import USUAL_BAUD
from host_tools.gateway.carrier_token import load_key
from host_tools.gateway.clock import Clock
from host_tools.gateway.http_server import HttpServer, listening
from host_tools.gateway.mt import MtClient
from host_tools.gateway.rockblock import RockblockHook
from host_tools.gateway.rockblock_mt import RockblockMt, is_this_machine
from host_tools.gateway.satellite import DirectIp, MoServer
from host_tools.gateway.udp import IpRoad
from host_tools.problems import USAGE, Problem


class Roads:
    """down: {IP: ..., SBD: ..., BEIDOU: ...}, those there are, each with send(to, payload)."""

    def __init__(self, options: Any, clock: Clock, note: Callable[[str], None]):
        self._options = options
        self._ip = IpRoad(clock)
        self._mo = None if options.mo is None else MoServer(clock, note)
        self._hook = None
        if options.rockblock is not None:
            self._hook = RockblockHook(_hook_key(options), clock, note)
        self.down: dict[str, Any] = {IP: self._ip}
        self._services: list[Callable[[], Awaitable[None]]] = []
        carrier = _carrier(options)
        if carrier is not None:
            self.down[SBD] = MtClient(carrier, clock, note)
            self._services.append(self.down[SBD].run)
        if options.beidou is not None:
            self.down[BEIDOU] = BeidouRoad(*_port_and_baud(options.beidou), clock, note)
            self._services.append(self.down[BEIDOU].run)

    def services(self) -> list[Callable[[], Awaitable[None]]]:
        """Return what has to run once they are open, each for ever."""
        return self._services

    async def open(self, offer: Callable[[Arrival], Any], doors: contextlib.ExitStack) -> None:
        """Let offer(arrival) take what comes, or raise Problem; doors closes them again."""
        bind = self._options.bind
        await self._ip.open(bind, self._options.udp, offer)
        doors.callback(self._ip.close)
        if self._mo is not None:
            await self._mo.open(bind, self._options.mo, offer)
            doors.callback(self._mo.close)
        if self._hook is not None:
            self._hook.open(offer)
            socket = doors.enter_context(listening(bind, self._options.rockblock, "--rockblock"))
            server = HttpServer(self._hook)
            self._services.append(lambda: server.serve([socket]))
        if BEIDOU in self.down:
            self.down[BEIDOU].open(offer)


def _carrier(options: Any) -> Any:
    """Return who takes what goes to modems, or None where there is no satellite road."""
    if options.mt is not None and options.rockblock_mt is not None:
        raise Problem("--mt and --rockblock-mt are two ways to one modem", "give one", USAGE)
    if options.mt is not None:
        return DirectIp(*_host_and_port(options.mt))
    if options.rockblock_mt is not None:
        user, password = options.rockblock_user, options.rockblock_password
        return RockblockMt(options.rockblock_mt, user or "", password or "")
    if options.mo is not None or options.rockblock is not None:
        why = "what comes by satellite could not be acknowledged"
        raise Problem(why, "give --mt or --rockblock-mt", USAGE)
    return None


def _hook_key(options: Any) -> Any:
    """Return the carrier's key; None where only this machine can post."""
    if options.rockblock_key is not None:
        return load_key(options.rockblock_key)
    if not is_this_machine(options.bind):
        why = f"anybody could post to --rockblock on {options.bind} and say who sent it"
        raise Problem(why, "give the carrier's key with --rockblock-key", USAGE)
    return None


def _port_and_baud(words: str) -> tuple[str, int]:
    port, colon, baud = words.rpartition(":")
    if not colon:
        return words, USUAL_BAUD
    if not port or not baud.isdecimal():
        raise Problem(f"{words} is no PORT:BAUD", "give one like /dev/ttyUSB0:115200", USAGE)
    return port, int(baud)


def _host_and_port(words: str) -> tuple[str, int]:
    host, _, port = words.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= 0xFFFF:
        raise Problem(f"{words} is no HOST:PORT", "give one like 127.0.0.1:10800", USAGE)
    return host, int(port)
