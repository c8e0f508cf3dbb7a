"""Could the village hear anything?  What the amplifier was told, and what was done to its line.

Registers of the map "line_60w": holding 0 enable, 1 volume in %, 2 comm-loss time in s; with
no valid request for so long the amplifier switches itself off.
"""

from typing import NamedTuple

from tests.audit import modbus, spans
from tests.audit.artefacts import Evidence
from tests.audit.spans import Span

ENABLE, VOLUME, COMM_LOSS = range(3)
MOST = {ENABLE: 1, VOLUME: 100, COMM_LOSS: 5}
AT_POWER_ON = {ENABLE: 0, VOLUME: 0, COMM_LOSS: 3}

# Words in the log: something began, something ended.
BREAKS = {
    "line": (("line open", "line short"), ("line ok",)),
    "input": (("mute",), ("unmute",)),
    "answers": (("silent",), ("answer",)),
    "plug": (("unplug",), ("plug",)),
}


class Loudspeaker(NamedTuple):
    """on: enabled and not at volume 0; broken: the line, the input or the bus was at fault.

    wakes: when the Box switched it on.
    """

    on: list[Span]
    broken: list[Span]
    wakes: list[float]


def observe(evidence: Evidence, ends_at: float) -> Loudspeaker:
    """Return what the loudspeaker could do when."""
    address = evidence.settings.get("board", {}).get("amplifier", {}).get("address", 1)
    unplugged = _spans(evidence, "plug", ends_at)
    asked = [
        request
        for request in modbus.requests(evidence.amplifier, address)
        if not spans.holds_at(unplugged, request.t)
    ]
    broken = [span for what in BREAKS for span in _spans(evidence, what, ends_at)]
    wakes = [request.t for request in asked if request.written.get(ENABLE) == 1]
    return Loudspeaker(_on(asked, _power_cuts(evidence), ends_at), sorted(broken), wakes)


def _on(asked: list[modbus.Request], power_cuts: list[float], ends_at: float) -> list[Span]:
    """Replay the requests on registers of our own."""
    registers, last_asked = dict(AT_POWER_ON), 0.0
    states: list[tuple[float, bool]] = []
    cuts = [modbus.Request(t, dict(AT_POWER_ON)) for t in power_cuts]
    for request in sorted([*asked, *cuts], key=lambda one: one.t):
        falls_at = last_asked + registers[COMM_LOSS]
        if request.t > falls_at and registers[ENABLE]:
            registers[ENABLE] = 0
            states.append((falls_at, False))
        if all(0 <= value <= MOST.get(name, -1) for name, value in request.written.items()):
            registers |= request.written
        last_asked = request.t
        states.append((request.t, bool(registers[ENABLE] and registers[VOLUME])))
    states.append((last_asked + registers[COMM_LOSS], False))
    return spans.between(states, ends_at)


def _spans(evidence: Evidence, what: str, ends_at: float) -> list[Span]:
    begins, ends = BREAKS[what]
    told = [(line["t"], line["event"]) for line in evidence.amplifier if "event" in line]
    states = [(t, word in begins) for t, word in told if word in begins + ends]
    return spans.between(states, ends_at)


def _power_cuts(evidence: Evidence) -> list[float]:
    """Return when the amplifier itself was started again."""
    mine = (line for line in evidence.stage if line.get("process") == "amplifier")
    return [line["t"] for line in mine if line.get("event") in ("started", "killed")]
