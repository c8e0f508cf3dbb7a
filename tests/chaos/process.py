"""One process of the real gateway, from its start to its death, on the county's database file."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from host_tools.gateway import database
from host_tools.gateway.service import Gateway
from host_tools.gateway.store import Store
from tests.host.gateway_county import MASTER, PUBLIC, AtOnce

BEFORE, AFTER, REFUSED = "before", "after", "refused"  # a commit


class Died(asyncio.CancelledError):
    """The process is gone in the middle of what it did."""


class Process:
    """roads as a Gateway has them.  happened("died") or ("refused") tells what became of it."""

    def __init__(self, path: Path, roads: Any, clock: Any, happened: Callable[[str], None]):
        self._happened = happened
        self._commits_left = 0  # until something happens; 0: nothing will
        self._doom = ""
        self._engine = database.open_engine(path)
        event.listen(self._engine, "commit", self._at_commit)
        store = Store(self._engine, _Thread(self._after_deed), AtOnce())
        self.gateway = Gateway(store, PUBLIC, MASTER, roads, clock)
        self._services = [asyncio.create_task(service()) for service in self.gateway.services()]

    def doom(self, commits: int, doom: str) -> None:
        """At the commit so many from now: die BEFORE or AFTER it, or have it REFUSED."""
        self._commits_left, self._doom = commits, doom

    def die(self) -> None:
        """Drop everything that is not in the database."""
        if self.end():
            self._happened("died")

    def end(self) -> bool:
        """Stop; return whether it still ran."""
        ran = bool(self._services)
        for task in self._services:
            task.cancel()
        self._services = []
        if ran:
            self.gateway.close()
            asyncio.get_running_loop().call_soon(self._engine.dispose)
        return ran

    def _at_commit(self, _connection: Any) -> None:
        if self._commits_left == 0:
            return
        self._commits_left -= 1
        if self._commits_left == 0 and self._doom == BEFORE:
            self.die()
            raise Died()
        if self._commits_left == 0 and self._doom == REFUSED:
            self._happened("refused")
            full = sqlite3.OperationalError("database or disk is full")
            raise OperationalError("COMMIT", {}, full)

    def _after_deed(self) -> None:
        if self._doom == AFTER and self._commits_left == 0:
            self.die()


class _Thread(AtOnce):
    """The writer's thread, whose work is done in place."""

    def __init__(self, after: Callable[[], None]):
        self._after = after

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        done = super().submit(fn, *args, **kwargs)
        self._after()
        return done
