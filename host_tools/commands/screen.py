"""What a command shows: data on standard output, everything else on standard error."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 160  # columns, where nobody's window says


@dataclass(frozen=True)
class Screen:
    """as_json: data as one JSON value, or a value a line where it comes bit by bit."""

    as_json: bool = False

    def data(self, value: Any, shown: Any = None) -> None:
        """Print value as JSON, or what is shown in its place for people."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)
        else:
            _console(sys.stdout).print(value if shown is None else shown, markup=False)

    def lines(self, value: Any, lines: Iterable[str]) -> None:
        """Print value as JSON, or these lines exactly as they are."""
        if self.as_json:
            self.data(value)
            return
        for line in lines:
            print(line, flush=True)

    def table(self, rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> None:
        """Print rows as JSON, or a table of these columns; columns is {key: heading}."""
        table = Table(*columns.values(), box=None, pad_edge=False)
        for row in rows:
            table.add_row(*[_cell(key, row.get(key)) for key in columns])
        self.data(list(rows), table)

    def say(self, words: str) -> None:
        """Tell a person how it goes."""
        _console(sys.stderr).print(words, markup=False, highlight=False, soft_wrap=True)


_CURRENT: ContextVar[Screen] = ContextVar("screen")


def use(screen: Screen) -> None:
    """Let current() be this screen from now on."""
    _CURRENT.set(screen)


def current() -> Screen:
    """Return the screen that the global options asked for."""
    return _CURRENT.get(Screen())


def _cell(key: str, value: Any) -> str:
    """A key that ends in _at holds seconds since 1970."""
    if value is None or value == []:
        return "-"
    if key.endswith("_at"):
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _console(stream: Any) -> Console:
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(file=stream, width=width, legacy_windows=False, highlight=False, emoji=False)
