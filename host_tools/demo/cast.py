"""Who is on the stage: the command line of every process, in the order of the curtain."""

import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
MICROPYTHON = ROOT / ".tools" / "bin" / "micropython"
IMEI = "300234010000001"
PORTS: tuple[str, ...] = ("udp", "mo", "mt", "http", "signer", "road", "audio", "hear")


class Role(NamedTuple):
    """What to start, and what its environment has besides ours."""

    command: list[str]
    environment: dict[str, str]


def cast(folder: Path, ports: dict[str, int], gateway_passphrase: str) -> dict[str, Role]:
    """Return {name: Role}; the Box comes last, when all it talks to is there."""
    lines = folder / "lines"
    return {
        "gateway": _gateway(folder, ports, gateway_passphrase),
        "signer": _fengsui(
            "signer", "--county", folder / "county", "--http", ports["signer"],
            "--gateway", page(ports["http"]),
        ),
        "road": sim(
            "road", "--listen", ports["road"], "--to", _local(ports["udp"]),
            "--log", folder / "road.jsonl",
        ),
        "audio": sim(
            "audio", "--listen", ports["audio"], "--forward", ports["hear"],
            "--dir", folder / "sound",
        ),
        "amplifier": sim(
            "amplifier", "--line", lines / "amplifier", "--hear", ports["hear"],
            "--log", folder / "amplifier.jsonl",
        ),
        "iridium": sim(
            "iridium", "--line", lines / "sbd", "--imei", IMEI, "--mo", _local(ports["mo"]),
            "--mt", ports["mt"], "--log", folder / "iridium.jsonl",
        ),
        "panel": sim("panel", "--line", lines / "panel", "--log", folder / "panel.jsonl"),
        "box": _box(folder),
    }  # fmt: skip


def page(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def board_settings(ports: dict[str, int], unique_id: str) -> dict[str, object]:
    """Return the board part of the Box's settings: which peer is on which line."""
    return {
        "lines": {
            "amplifier": {"path": "../lines/amplifier", "baud": 9600},
            "sbd": {"path": "../lines/sbd", "baud": 19200},
            "panel": {"path": "../lines/panel", "baud": 115200},
        },
        "udp": {"host": "127.0.0.1", "port": ports["road"]},
        "audio": {"host": "127.0.0.1", "port": ports["audio"]},
        "amplifier": {"map": "line_60w", "address": 1},
        "store": "store.bin",
        "journal": "journal.log",
        "clips": "clips",
        "tables": "tables.bin",
        "keyring": ["keyring.a", "keyring.b"],
        "watchdog_ms": 3000,
        "unique_id": unique_id,
    }


def _gateway(folder: Path, ports: dict[str, int], passphrase: str) -> Role:
    role = _fengsui(
        "gateway", "--county", folder / "county", "--db", folder / "county" / "county.db",
        "--udp", ports["udp"], "--mo", ports["mo"], "--mt", _local(ports["mt"]),
        "--http", ports["http"], "--signer-url", page(ports["signer"]),
    )  # fmt: skip
    role.environment["FENGSUI_GATEWAY_PASSPHRASE"] = passphrase
    return role


def _box(folder: Path) -> Role:
    command = [str(MICROPYTHON), str(ROOT / "boards/sim/main.py")]
    return Role([*command, str(folder / "box/settings.json")], {"MICROPYPATH": f"{ROOT}:.frozen"})


def _fengsui(*arguments: object) -> Role:
    return Role(_python("host_tools", *arguments), {"NO_COLOR": "1", "PYTHONPATH": str(ROOT)})


def sim(name: str, *arguments: object) -> Role:
    """Return the Role of a simulator with these options."""
    return Role(_python(f"host_tools.sim.{name}", *arguments), {"PYTHONPATH": str(ROOT)})


def _python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def _local(port: int) -> str:
    return f"127.0.0.1:{port}"
