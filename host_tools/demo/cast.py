"""Who is on the stage: the command line of every process, in the order of the curtain."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from host_tools.demo.roads import BEIDOU, CARD_INTERVAL_S, SBD, UDP, USUAL, Road

ROOT = Path(__file__).parents[2]
MICROPYTHON = ROOT / ".tools" / "bin" / "micropython"
IMEI = "300234010000001"
BOX_CARD, COUNTY_CARD = "0300001", "0300002"
PORTS: tuple[str, ...] = ("udp", "mo", "mt", "http", "signer", "road", "audio", "hear")


class Role(NamedTuple):
    """What to start, and what its environment has besides ours."""

    command: list[str]
    environment: dict[str, str]


def cast(
    folder: Path, ports: dict[str, int], gateway_passphrase: str, roads: tuple[Road, ...]
) -> dict[str, Role]:
    """Return {name: Role}; the Box comes last, when all it talks to is there."""
    lines = folder / "lines"
    return {
        **{road.player: _PLAYED[road](folder, ports) for road in roads},
        "gateway": _gateway(folder, ports, gateway_passphrase, roads),
        "signer": _fengsui(
            "signer", "--county", folder / "county", "--http", ports["signer"],
            "--gateway", page(ports["http"]),
        ),
        "audio": sim(
            "audio", "--listen", ports["audio"], "--forward", ports["hear"],
            "--dir", folder / "sound",
        ),
        "amplifier": sim(
            "amplifier", "--line", lines / "amplifier", "--hear", ports["hear"],
            "--log", folder / "amplifier.jsonl",
        ),
        "panel": sim("panel", "--line", lines / "panel", "--log", folder / "panel.jsonl"),
        "box": _box(folder),
    }  # fmt: skip


def page(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def board_settings(
    ports: dict[str, int], unique_id: str, roads: tuple[Road, ...] = USUAL
) -> dict[str, Any]:
    """Return the board part of the Box's settings: which peer is on which line."""
    bauds = {"amplifier": 9600, "panel": 115_200}
    bauds |= {road.name: _BAUDS[road] for road in roads if road in _BAUDS}
    lines = {name: {"path": f"../lines/{name}", "baud": baud} for name, baud in bauds.items()}
    return {
        "roads": [road.name for road in roads],
        "lines": lines,
        "udp": {"host": "127.0.0.1", "port": ports["road"]},
        "beidou": {"county": COUNTY_CARD},
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


def _gateway(
    folder: Path, ports: dict[str, int], passphrase: str, roads: tuple[Road, ...]
) -> Role:
    role = _fengsui(
        "gateway", "--county", folder / "county", "--db", folder / "county" / "county.db",
        "--http", ports["http"], "--signer-url", page(ports["signer"]),
        *(word for road in roads for word in _HEARD[road](folder, ports)),
    )  # fmt: skip
    role.environment["FENGSUI_GATEWAY_PASSPHRASE"] = passphrase
    return role


def _udp(folder: Path, ports: dict[str, int]) -> Role:
    return sim(
        "road", "--listen", ports["road"], "--to", _local(ports["udp"]),
        "--log", folder / "road.jsonl",
    )  # fmt: skip


def _sbd(folder: Path, ports: dict[str, int]) -> Role:
    return sim(
        "iridium", "--line", folder / "lines/sbd", "--imei", IMEI, "--mo", _local(ports["mo"]),
        "--mt", ports["mt"], "--log", folder / "iridium.jsonl",
    )  # fmt: skip


def _beidou(folder: Path, ports: dict[str, int]) -> Role:
    return sim(
        "beidou", "--box", f"{BOX_CARD}={folder / 'lines/beidou'}",
        "--county", f"{COUNTY_CARD}={_county_line(folder)}",
        "--interval-s", CARD_INTERVAL_S, "--log", folder / "beidou.jsonl",
    )  # fmt: skip


def _county_line(folder: Path) -> Path:
    return folder / "lines/beidou_county"


# Of each road: who plays it, how the gateway hears it, and how fast its line is.
_PLAYED = {UDP: _udp, SBD: _sbd, BEIDOU: _beidou}
_HEARD = {
    UDP: lambda _, ports: ("--udp", ports["udp"]),
    SBD: lambda _, ports: ("--mo", ports["mo"], "--mt", _local(ports["mt"])),
    BEIDOU: lambda folder, _: ("--beidou", _county_line(folder)),
}
_BAUDS = {SBD: 19_200, BEIDOU: 115_200}


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
