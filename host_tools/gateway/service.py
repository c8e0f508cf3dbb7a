"""The whole gateway on one page: what is built, from what, and what runs."""

import asyncio
import contextlib
import json
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from host_tools import crypto
from host_tools.gateway import database, state, web
from host_tools.gateway.acks import Answering, Ration
from host_tools.gateway.arrivals import IP, SBD
from host_tools.gateway.clock import Clock
from host_tools.gateway.dispatch import Dispatch
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.intake import Answer, Intake
from host_tools.gateway.journal import Notebook
from host_tools.gateway.live import Live
from host_tools.gateway.operators import Door
from host_tools.gateway.satellite import MoServer, MtClient
from host_tools.gateway.store import Store
from host_tools.gateway.udp import IpRoad
from host_tools.gateway.verify import BoxKeys, Verifier
from host_tools.gateway.writer import Writer
from host_tools.keys import store as keystore
from host_tools.problems import UNREACHABLE, USAGE, Problem

_MOST_HTTP_CONNECTIONS = 128


@dataclass(frozen=True)
class Options:
    """What the gateway is told; port 0 lets the machine choose."""

    county: Path | str
    db: Path | str
    udp: int
    mo: int
    mt: str  # HOST:PORT of Iridium's gateway
    http: int
    passphrase: str
    bind: str = "127.0.0.1"
    signer_url: str | None = None


def run(options: Any) -> None:
    """Serve until SIGTERM or Ctrl-C; raise Problem when it cannot begin.

    options: Options, or anything with its attributes.
    """
    asyncio.run(_serve(options))


class Gateway:
    """Every part, joined.  roads: {IP: ..., SBD: ...}, each with send(to, payload)."""

    def __init__(
        self, store: Store, public: Any, master: bytes, roads: dict[str, Any], clock: Clock,
        signer_url: str | None = None,
    ):  # fmt: skip
        box_keys = BoxKeys(master, public.realm)
        sealer = Sealer(box_keys, crypto)
        self._store = store
        self._clock = clock
        self._signer_url = signer_url
        self._live = Live(self.state, clock, secrets.token_hex(4))
        self._dispatch = Dispatch(roads, store, sealer, clock, self._live.changed)
        ration = Ration(clock)
        self._answering = {
            bearer: Answering(bearer, road, store, sealer, clock, ration)
            for bearer, road in roads.items()
        }
        intake = Intake(Verifier(box_keys, crypto))
        self._writer = Writer(intake, store, clock, self._committed)
        self.offer = self._writer.offer
        door = Door(store, clock)
        desk = web.Desk(store, sealer, public, self._dispatch, door, self._live, self.state, clock)
        self.page = web.build(desk)

    def services(self) -> list[Callable[[], Awaitable[None]]]:
        """Return what has to run, each for ever."""
        return [self._writer.run, self._dispatch.run, *(a.run for a in self._answering.values())]

    async def state(self) -> str:
        """Return everything the page shows, as one line of JSON."""
        now = self._clock.now()
        shown = await self._store.read(lambda c: state.whole(c, now))
        shown.update(signer_url=self._signer_url, trouble=self._store.trouble)
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    def close(self) -> None:
        """End the streams that pages listen to."""
        self._live.close()

    def _committed(self, answers: list[Answer]) -> None:
        """Payloads are in the database: now, and only now, is anything owed for them."""
        for bearer, answering in self._answering.items():
            answering.owe(answer for answer in answers if answer.bearer == bearer)
        self._live.changed()
        self._dispatch.wake()


class _Page(uvicorn.Server):
    """A web server whose signals are the gateway's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(options: Any) -> None:
    """Open every door, say "ready" and serve until told to stop."""
    clock, stop = Clock(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    public = keystore.load_public(options.county)
    master = keystore.load_master(options.county, options.passphrase)
    with contextlib.ExitStack() as doors:
        store = Store(database.open_engine(options.db))
        doors.callback(store.close)
        notebook = Notebook(store, clock)
        ip, mo = IpRoad(clock), MoServer(clock)
        mt = MtClient(*_host_and_port(options.mt), clock, notebook.note)
        gateway = Gateway(store, public, master, {IP: ip, SBD: mt}, clock, options.signer_url)
        page_socket = doors.enter_context(_listening(options.bind, options.http))
        await ip.open(options.bind, options.udp, gateway.offer)
        doors.callback(ip.close)
        await mo.open(options.bind, options.mo, gateway.offer)
        doors.callback(mo.close)
        page = _Page(_page_settings(gateway.page))
        async with asyncio.TaskGroup() as group:
            services = [*gateway.services(), notebook.run, mt.run]
            running = [group.create_task(service()) for service in services]
            serving = group.create_task(page.serve([page_socket]))
            print(f"ready http://{options.bind}:{page_socket.getsockname()[1]}/", flush=True)
            await stop.wait()
            gateway.close()
            page.should_exit = True
            await serving
            for task in running:
                task.cancel()


def _page_settings(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_HTTP_CONNECTIONS,
        timeout_graceful_shutdown=2,
    )


def _listening(host: str, port: int) -> socket.socket:
    """Return a TCP socket that listens here, or raise Problem."""
    try:
        return socket.create_server((host, port), backlog=_MOST_HTTP_CONNECTIONS)
    except OSError as why:
        raise Problem(
            f"TCP port {port} on {host} cannot be used: {why.strerror}",
            "choose another with --http", UNREACHABLE,
        ) from None  # fmt: skip


def _host_and_port(words: str) -> tuple[str, int]:
    host, _, port = words.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= 0xFFFF:
        raise Problem(f"{words} is no HOST:PORT", "give one like 127.0.0.1:10800", USAGE)
    return host, int(port)
