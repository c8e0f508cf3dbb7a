"""The one who writes: deeds queue up here, each is one transaction in one thread of its own."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from host_tools.gateway.database import writing

Result = TypeVar("Result")


class CannotWrite(Exception):
    """The database refused, and nothing of this deed was kept; the argument says why."""


class Store:
    """trouble says why the last deed could not be written, or is None."""

    def __init__(
        self, engine: Engine, writer: Executor | None = None, readers: Executor | None = None
    ):
        self.engine = engine
        self.trouble: str | None = None
        self._writer = writer or ThreadPoolExecutor(1, "writer")
        self._readers = readers or ThreadPoolExecutor(4, "reader")

    async def write(self, deed: Callable[[Connection], Result]) -> Result:
        """Do the deed in a transaction and return its result once that has committed.

        Raises CannotWrite when it did not, and whatever the deed raises; then nothing is kept.
        """
        future = self._writer.submit(self._written, deed)
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, question: Callable[[Connection], Result]) -> Result:
        """Return the answer to a question over one unchanging state of the database."""
        return await asyncio.wrap_future(self._readers.submit(self._answered, question))

    def close(self) -> None:
        """Finish the deeds that wait."""
        self._writer.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    def _written(self, deed: Callable[[Connection], Result]) -> Result:
        try:
            with writing(self.engine) as connection:
                result = deed(connection)
        except DBAPIError as why:
            self._note_trouble(str(why.orig))
            raise CannotWrite(str(why.orig)) from None
        self._note_trouble(None)
        return result

    def _answered(self, question: Callable[[Connection], Result]) -> Result:
        with self.engine.connect() as connection:
            return question(connection)

    def _note_trouble(self, why: str | None) -> None:
        if why != self.trouble:
            told = "the database can be written again" if why is None else f"not written: {why}"
            print(f"gateway: {told}", file=sys.stderr, flush=True)
        self.trouble = why
