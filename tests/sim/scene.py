"""A village and its county as real processes, that a test speaks to without `await`.

The stage is the demo's own; only the alert tone is shorter, so that a test is not long.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from host_tools.demo.roads import USUAL, Road
from host_tools.demo.stage import Stage
from tests.sim.people import People
from tests.sim.waiting import until

FLOOD, NOTICE, RAIN = 17, 18, 19
TONE_MS = 1000
_DEED_S = 300.0  # for the slowest deed: a blank chip is flashed, provisioned and started
_REFUSED_S = 15.0  # a signature may have to wait for its turn

Settings = dict[str, Any]


class PreparedStage(Stage):
    """A stage whose Box has other settings: change(settings) is called before it starts."""

    def __init__(
        self,
        folder: Path,
        change: Callable[[Settings], None] = lambda _: None,
        roads: tuple[Road, ...] = USUAL,
    ):
        super().__init__(folder, roads=roads)
        self._change = change

    def _prepare(self) -> None:
        super()._prepare()
        path = self.folder / "box" / "settings.json"
        settings = json.loads(path.read_text())
        settings["alert"]["tone_ms"] = TONE_MS
        self._change(settings)
        path.write_text(json.dumps(settings))


class Scene(People):
    """`with Scene(folder) as scene:` starts everybody and stops them all.

    stage: another than the usual one, in whose folder then everything is.
    """

    def __init__(
        self,
        folder: Path,
        change: Callable[[Settings], None] = lambda _: None,
        stage: Stage | None = None,
    ):
        super().__init__(stage or PreparedStage(folder, change))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Scene":
        self._thread.start()
        try:
            self._do(self.stage.__aenter__())
        except BaseException:
            self._end_loop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._do(self.stage.close())
        self._end_loop()

    def tell(self, name: str, command: str) -> str:
        """Send one command to a simulator; return what it says behind "ok"."""
        return self._do(self.stage.tell(name, command)).removeprefix("ok").strip()

    def kill(self, name: str) -> None:
        """SIGKILL; return once it has started again, and the Box is on its road again."""
        starts = self.starts(name)
        self.kill_now(name)
        killed_at = time.time()
        self.wait_for(name, starts)
        if name == "box":
            until("the Box on its road again", lambda: self.road("up", killed_at))

    def kill_now(self, name: str) -> None:
        """SIGKILL; it starts again by itself."""
        self._do(self.stage.kill(name))

    def wait_for(self, name: str, starts: int) -> None:
        """Wait until this process has started once more than so often."""
        until(f"{name} to start again", lambda: self.starts(name) > starts)

    def stop(self, name: str) -> None:
        self._do(self.stage.stop(name))

    def start_again(self, name: str) -> None:
        self._do(self.stage.start_again(name))

    def darken(self) -> None:
        """Cut all roads."""
        for road in self.stage.roads:
            self._do(road.cut(self.stage.tell))

    def lighten(self) -> None:
        """Bring them back, the satellites first."""
        for road in reversed(self.stage.roads):
            self._do(road.restore(self.stage.tell))

    def press(self, button: int) -> None:
        """Press for 300 ms, as people do."""
        self.tell("panel", f"press {button} 300")

    def inject(self, datagram: bytes) -> None:
        """Put this before the Box on the IP road."""
        self.tell("road", f"inject down {datagram.hex()}")

    def refused(self, datagram: bytes) -> None:
        """Put this before the Box and wait for the line it writes about it."""
        before = self.refusals()
        self.inject(datagram)
        until("the Box to refuse it", lambda: self.refusals() > before, _REFUSED_S)

    def amplifier(self) -> dict[str, Any]:
        """Return its registers and what it was told."""
        return json.loads(self.tell("amplifier", "state"))

    def _do(self, deed: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(_DEED_S)

    def _end_loop(self) -> None:
        self._do(_last_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_DEED_S)
        self._loop.close()


async def _last_tasks() -> None:
    """Let those who read from ended processes come to their end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=5)
