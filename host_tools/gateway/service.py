"""The whole gateway on one page: what is built, from what, and what runs."""

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools import crypto
from host_tools.gateway import database, due, state, web
from host_tools.gateway.acks import Answering, Ration
from host_tools.gateway.acks_in_turn import AnsweringInTurn
from host_tools.gateway.arrivals import BEIDOU
from host_tools.gateway.clock import Clock
from host_tools.gateway.dispatch import Dispatch
from host_tools.gateway.downlink import Sealer
from host_tools.gateway.http_server import HttpServer, listening
from host_tools.gateway.intake import Answer, Intake
from host_tools.gateway.journal import Notebook
from host_tools.gateway.live import Live
from host_tools.gateway.operators import Door
from host_tools.gateway.roads import Roads
from host_tools.gateway.store import Store
from host_tools.gateway.verify import BoxKeys, Verifier
from host_tools.gateway.writer import Writer
from host_tools.keys import store as keystore


@dataclass(frozen=True)
class Options:
    """What the gateway is told; port 0 lets the machine choose."""

    county: Path | str
    db: Path | str
    udp: int
    mo: int | None
    mt: str | None  # HOST:PORT of Iridium's gateway
    http: int
    passphrase: str
    bind: str = "127.0.0.1"
    signer_url: str | None = None
    beidou: str | None = None  # PORT[:BAUD] of a command terminal
    rockblock: int | None = None  # port of the web hook
    rockblock_key: Path | str | None = None
    rockblock_mt: str | None = None
    rockblock_user: str | None = None
    rockblock_password: str | None = None


def run(options: Any) -> None:
    """Serve until SIGTERM or Ctrl-C; raise Problem when it cannot begin.

    options: Options, or anything with its attributes.
    """
    asyncio.run(_serve(options))


class Gateway:
    """Every part, joined.  roads: {IP: ..., SBD: ...}, each with send(to, payload).

    BEIDOU's has ask(maker) and drop_unless(is_wanted) too.
    """

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
            bearer: _answering(bearer)(bearer, road, store, sealer, clock, ration)
            for bearer, road in roads.items()
        }
        if BEIDOU in roads:
            roads[BEIDOU].drop_unless(self._waits_for_turn)
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

    async def _waits_for_turn(self, card: str, seq: int) -> bool:
        return await self._store.read(lambda c: due.waits_for_turn(c, card, seq))

    def _committed(self, answers: list[Answer]) -> None:
        """Payloads are in the database: now, and only now, is anything owed for them."""
        for bearer, answering in self._answering.items():
            answering.owe(answer for answer in answers if answer.bearer == bearer)
        self._live.changed()
        self._dispatch.wake()


def _answering(bearer: str) -> type[Answering | AnsweringInTurn]:
    return AnsweringInTurn if bearer == BEIDOU else Answering


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
        roads = Roads(options, clock, notebook.note)
        gateway = Gateway(store, public, master, roads.down, clock, options.signer_url)
        page_socket = doors.enter_context(listening(options.bind, options.http, "--http"))
        await roads.open(gateway.offer, doors)
        page = HttpServer(gateway.page)
        async with asyncio.TaskGroup() as group:
            services = [*gateway.services(), notebook.run, *roads.services()]
            running = [group.create_task(service()) for service in services]
            serving = group.create_task(page.serve([page_socket]))
            print(f"ready http://{options.bind}:{page_socket.getsockname()[1]}/", flush=True)
            await stop.wait()
            gateway.close()
            page.should_exit = True
            await serving
            for task in running:
                task.cancel()
