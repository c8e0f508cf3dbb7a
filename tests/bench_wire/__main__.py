"""`make bench-wire`: tables for people and, last, one line of JSON."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from host_tools.setup.strangers import make_unishox_ready
from tests.bench_wire.sizes import sizes
from tests.bench_wire.speed import speed
from tests.bench_wire.texts import bits_per_char


def main() -> None:
    make_unishox_ready()
    importlib.invalidate_caches()  # its folder may be new
    measured = {"sizes": sizes(), "text_bits_per_char": bits_per_char(), "speed": speed()}
    on = Console()
    on.print(_table("whole frames, bytes", measured["sizes"]))
    on.print(_table("text, bits for each character", measured["text_bits_per_char"]))
    times = {name: measured["speed"][name] for name in ("cpython", "micropython")}
    on.print(_table("a Health message, µs", _turned(times)))
    ratio = measured["speed"]["cbor_times_general_on_micropython"]
    on.print(f"On MicroPython our CBOR is {ratio} times as fast as a general codec.")
    print(json.dumps(measured))


def _table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    for name, row in rows.items():
        table.add_row(name, *(_cell(row.get(column)) for column in columns))
    return table


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _turned(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(name for column in columns.values() for name in column)
    return {name: {key: column.get(name) for key, column in columns.items()} for name in names}


if __name__ == "__main__":
    main()
