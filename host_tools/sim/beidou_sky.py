"""All terminals on their wires, and what a person can do to each of them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from host_tools.sim import beidou_recorded, console, words
from host_tools.sim.artefacts import Log
from host_tools.sim.beidou_kept import Kept
from host_tools.sim.beidou_terminal import Terminal
from host_tools.sim.ptys import Pty

MOST_REQUESTS = 1000
GARBAGE_BYTES = 1024

Say = Callable[[bytes], None]


class Sky:
    """Terminals by name: county, box, box2, ..."""

    def __init__(self, kept: Kept, log: Log):
        self._kept = kept
        self._log = log
        self._terminals: dict[str, Terminal] = {}
        self._wires: dict[str, Pty] = {}

    def add(self, name: str, link: Path, make: Callable[[Say], Terminal]) -> Terminal:
        """Put a terminal on its wire and return it; make(say) builds it."""
        self._terminals[name] = make(lambda data: self._say(name, data))
        self._wires[name] = Pty(lambda data: self._heard(name, data), link)
        return self._terminals[name]

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()

    def commands(self) -> console.Commands:
        states = ("signal", "card", "suppressed", "silence", "duplicate", "answers")
        mishaps = ("lose", "mute", "half", "wrong")
        return {
            **{name: self._state_of(name) for name in states},
            **{name: self._mishap(name) for name in mishaps},
            "power": self._power,
            "refuse": self._refuse,
            "garbage": self._garbage,
            "recorded": self._recorded,
            "state": self._state,
        }

    def _say(self, name: str, data: bytes) -> None:
        """Send bytes to whoever has the line open, unless the terminal is mute or off."""
        troubles = self._terminals[name].troubles
        if troubles.answers and troubles.power:
            self._log.write(dir="<", terminal=name, hex=data.hex())
            self._wires[name].write(data)

    def _heard(self, name: str, data: bytes) -> None:
        self._log.write(dir=">", terminal=name, hex=data.hex())
        if self._terminals[name].troubles.answers:
            self._terminals[name].receive(data)

    def _state_of(self, trouble: str) -> console.Command:
        def switch(terminal: str, wanted: str) -> None:
            setattr(self._named(terminal).troubles, trouble, words.on_off(wanted))
            self._log.event(f"{trouble} {terminal} {wanted}")

        return switch

    def _mishap(self, mishap: str) -> console.Command:
        def expect(terminal: str, requests: str) -> None:
            count = words.whole(requests, 0, MOST_REQUESTS)
            setattr(self._named(terminal).troubles, mishap, count)
            self._log.event(f"{mishap} {terminal} {requests}")

        return expect

    def _power(self, terminal: str, wanted: str) -> None:
        self._named(terminal).switch(words.on_off(wanted))
        self._log.event(f"power {terminal} {wanted}")

    def _refuse(self, terminal: str, requests: str, reason: str) -> None:
        troubles = self._named(terminal).troubles
        troubles.refuse = words.whole(requests, 0, MOST_REQUESTS)
        troubles.reason = words.whole(reason, 1, 99)
        self._log.event(f"refuse {terminal} {requests} {reason}")

    def _garbage(self, terminal: str, data: str) -> None:
        self._named(terminal)
        self._say(terminal, words.hex_bytes(data, GARBAGE_BYTES))

    def _recorded(self, terminal: str) -> None:
        """Say everything that was ever recorded of real terminals, true and wrong."""
        self._named(terminal)
        self._say(terminal, beidou_recorded.everything())

    def _state(self) -> str:
        in_the_air = len(self._kept.air)
        return json.dumps(
            {"in_the_air": in_the_air}
            | {
                name: {"card": one.card.number, "early": self._kept.early.get(one.card.number, 0)}
                | {"troubles": asdict(one.troubles)}
                for name, one in self._terminals.items()
            }
        )

    def _named(self, name: str) -> Terminal:
        if name not in self._terminals:
            raise ValueError(f"expected one of {', '.join(self._terminals)}, not {name!r}")
        return self._terminals[name]
