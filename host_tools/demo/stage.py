"""The stage: a county, a Box and everything around it, as real processes on this machine.

Each process that ends by itself is started again, as an init system would.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from host_tools import provision
from host_tools.demo.cast import (
    BOX_CARD,
    IMEI,
    MICROPYTHON,
    PORTS,
    ROOT,
    Role,
    board_settings,
    cast,
    page,
)
from host_tools.demo.process import NotReady, Process
from host_tools.demo.roads import USUAL, Road
from host_tools.gateway import database
from host_tools.keys import store as keystore
from host_tools.text import area
from host_tools.text import tables as text_tables
from protocol import keys

ADDRESS = 0x1234
UNIQUE_ID = "66656e6773756921"
GROUP = 0xF001
OPERATOR = "duty"
VOICES = ("17", "18", "19", "drill")
RESTART_S = 0.3
_LOOPBACK = "127.0.0.1"
_MOST_PORTS_TRIED = 100

BOX_SETTINGS: dict[str, Any] = {
    "site": {"area": 7, "groups": [GROUP]},
    "heartbeat_s": 5,
    "alert": {"tone_hz": 800, "tone_ms": 3000},
    "volume_pct": {"normal": 60, "emergency": 100},
    "limits": {
        "volts_mv": 10_000,
        "ohms_tenths_low": 1_200,
        "ohms_tenths_high": 2_400,
        "microphone_db": 65,
    },
    "call_points": [{"number": 1, "kind": "help"}, {"number": 2, "kind": "medical"}],
}


class Stage:
    """`async with Stage(folder) as stage:` starts everybody but `without` and stops them all.

    roads: those between the Box and the county, the IP road first.
    """

    def __init__(
        self, folder: Path, without: tuple[str, ...] = (), roads: tuple[Road, ...] = USUAL
    ):
        self.folder = folder.resolve()
        self.roads = roads
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.gateway_passphrase = secrets.token_hex(12)
        self.signing_passphrase = secrets.token_hex(6)
        self.password = secrets.token_hex(6)
        self.county = self.folder / "county"
        self.database = self.county / "county.db"
        self.page = page(self.ports["http"])
        self.compose_page = page(self.ports["signer"])
        self.processes: dict[str, Process] = {}
        self._without = without
        self._watchers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> "Stage":
        self._prepare()
        try:
            for name, role in self._cast().items():
                await self._start(name, role)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def tell(self, name: str, command: str) -> str:
        """Send one command to a simulator; return its answer."""
        return await self.processes[name].tell(command)

    async def kill(self, name: str) -> None:
        """SIGKILL; it is started again at once."""
        await self.processes[name].kill()

    async def stop(self, name: str) -> None:
        """End one process for good."""
        watcher = self._watchers.pop(name, None)
        if watcher is not None:
            watcher.cancel()
        await self.processes[name].stop()

    async def start_again(self, name: str) -> None:
        """Start what stop() ended."""
        await self._start(name, self._cast()[name])

    async def close(self) -> None:
        """Stop the Box first, so that those around it hear its last words."""
        for name in reversed(list(self.processes)):
            await self.stop(name)

    def now(self) -> float:
        """Return the time by which everybody on the stage goes, in seconds since 1970."""
        return time.time()

    def note(self, process: str, event: str, pid: int = 0, **more: Any) -> None:
        """Write one line of the stage's log."""
        line = {"t": self.now(), "process": process, "event": event, "pid": pid, **more}
        with (self.folder / "stage.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def _prepare(self) -> None:
        """Make fresh keys, a provisioned Box disk, clips and empty logs."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("lines", "sound", "logs", "box"):
            (self.folder / name).mkdir(parents=True)
        self._note_micropython()
        public = keystore.init(self.county, self.gateway_passphrase, self.signing_passphrase)
        master = keystore.load_master(self.county, self.gateway_passphrase)
        record = self._provisioned(master)
        self._open_county(record)
        self._write_audit_keys(public, master, record)
        self._put_in_tables()
        clips = str(self.folder / "box" / "clips")
        _run(sys.executable, "-m", "host_tools.sim.voices", clips, "--names", ",".join(VOICES))

    def _cast(self) -> dict[str, Role]:
        roles = cast(self.folder, self.ports, self.gateway_passphrase, self.roads)
        return {name: role for name, role in roles.items() if name not in self._without}

    async def _start(self, name: str, role: Role) -> None:
        log = self.folder / "logs" / f"{name}.log"
        process = Process(name, role.command, log, self.note, role.environment)
        self.processes[name] = process
        await process.start()
        self._watchers[name] = asyncio.create_task(self._keep(process))

    async def _keep(self, process: Process) -> None:
        while True:
            await process.ended()
            await asyncio.sleep(RESTART_S)
            try:
                await process.start()
            except NotReady as why:
                self.note(process.name, f"not ready: {why}")

    def _provisioned(self, master: bytes) -> dict[str, Any]:
        return provision.provision(
            self.county,
            self.folder / "box",
            master=master,
            address=ADDRESS,
            name="demo",
            unique_id=UNIQUE_ID,
            settings={**BOX_SETTINGS, "board": board_settings(self.ports, UNIQUE_ID, self.roads)},
            imei=IMEI,
            beidou_card=BOX_CARD,
            groups=[GROUP],
        )

    def _open_county(self, record: dict[str, Any]) -> None:
        engine = database.open_engine(self.database)
        database.register_box(engine, record)
        database.add_operator(engine, OPERATOR, self.password)
        engine.dispose()

    def _write_audit_keys(self, public: Any, master: bytes, record: dict[str, Any]) -> None:
        root = keys.box_root(master, public.realm, ADDRESS, record["issue"])
        slots = {
            str(slot.number): {"public_key": slot.public_key.hex(), "drill": slot.drill}
            for slot in public.slots
        }
        box = {"addr": ADDRESS, "issue": record["issue"], "box_root": root.hex()}
        text = json.dumps({"realm": public.realm.hex(), "box": box, "slots": slots})
        (self.folder / "audit-keys.json").write_text(text)

    def _put_in_tables(self) -> None:
        """Let the Box read all languages; where `make text` was not before, build them."""
        text_tables.make_ready()
        paths = map(text_tables.path_of, text_tables.SHIPPED)
        content = area.written([text_tables.bytes_of(path) for path in paths])
        (self.folder / "box" / "tables.bin").write_bytes(content)

    def _note_micropython(self) -> None:
        code = "import sys; print('.'.join(str(n) for n in sys.implementation.version[:3]))"
        self.note("box", "micropython", version=_run(str(MICROPYTHON), "-c", code).strip())


def _run(*command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    if done.returncode:
        raise NotReady(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
    return done.stdout


def free_ports(count: int) -> list[int]:
    """Return ports that nobody on this machine has now, for TCP or for UDP."""
    with contextlib.ExitStack() as held:
        return [_held_port(held) for _ in range(count)]


def _held_port(held: contextlib.ExitStack) -> int:
    """Return a port that is taken, for both, until `held` lets it go."""
    for _ in range(_MOST_PORTS_TRIED):
        stream = held.enter_context(socket.socket())
        stream.bind((_LOOPBACK, 0))
        port = stream.getsockname()[1]
        datagrams = held.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        with contextlib.suppress(OSError):
            datagrams.bind((_LOOPBACK, port))
            return port
    raise NotReady("there is no port that is free for TCP and UDP")
