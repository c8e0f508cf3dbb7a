"""One process of the stage: started, spoken to by lines, killed, started again."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

READY_S = 30.0
ANSWER_S = 10.0
STOP_S = 5.0


class NotReady(Exception):
    """The process did not come up, or did not do as told; the sentence says which and why."""


class Process:
    """name is for logs; note(name, event, pid) writes the stage's log; output goes to `log`."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        note: Callable[[str, str, int], None],
        environment: dict[str, str],
    ):
        self.name = name
        self._command = command
        self._log = log
        self._note = note
        self._environment = {**os.environ, **environment}
        self._process: asyncio.subprocess.Process | None = None
        self._lines: asyncio.Queue[str] = asyncio.Queue(maxsize=1000)
        self._reader: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and wait for its line "ready"; raise NotReady with what it said instead."""
        self._lines = asyncio.Queue(maxsize=1000)
        with self._log.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=self._environment,
                start_new_session=True,
            )
        self._note(self.name, "started", self._process.pid)
        self._reader = asyncio.create_task(self._read_lines())
        await self._line_beginning(("ready", "safe mode"), READY_S)

    async def tell(self, command: str) -> str:
        """Send one command and return its answer line ("ok…"), or raise NotReady."""
        if self._process is None or self._process.stdin is None:
            raise NotReady(f"{self.name} is not running")
        self._process.stdin.write(command.encode() + b"\n")
        await self._process.stdin.drain()
        answer = await self._line_beginning(("ok", "error"), ANSWER_S)
        if not answer.startswith("ok"):
            raise NotReady(f"{self.name}: {command}: {answer}")
        return answer

    async def kill(self) -> None:
        """End it as a power cut would: SIGKILL, no last words."""
        if self._process is None or not self.alive:
            return
        self._note(self.name, "killed", self._process.pid)
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """End it as a technician would; SIGKILL if it does not listen."""
        if self._process is None or not self.alive:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._note(self.name, "exited", self._process.pid)

    async def ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        if self._process is None:
            raise NotReady(f"{self.name} was never started")
        code = await self._process.wait()
        self._note(self.name, "exited", self._process.pid)
        return code

    async def _read_lines(self) -> None:
        """Keep standard output flowing; the oldest unread line falls off."""
        if self._process is None or self._process.stdout is None:
            return
        with self._log.open("ab") as log:
            async for line in self._process.stdout:
                log.write(line)
                log.flush()
                if self._lines.full():
                    self._lines.get_nowait()
                self._lines.put_nowait(line.decode(errors="replace").strip() or " ")
        self._lines.put_nowait("")

    async def _line_beginning(self, words: tuple[str, ...], timeout_s: float) -> str:
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    line = await self._lines.get()
                    if line.startswith(words):
                        return line
                    if not line:
                        raise NotReady(f"{self.name} ended; its last words are in {self._log}")
        except TimeoutError:
            raise NotReady(f"{self.name} said nothing for {timeout_s:.0f} s") from None
