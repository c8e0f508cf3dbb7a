"""The simulated BeiDou terminal on the satellite's line, and a county's, in the chip's time."""

from pathlib import Path
from typing import Any

from host_tools.sim.artefacts import Log
from host_tools.sim.beidou_air import MIXED, Air, payload
from host_tools.sim.beidou_dialects import Old
from host_tools.sim.beidou_kept import Kept
from host_tools.sim.beidou_terminal import Terminal
from host_tools.sim.beidou_words import Card, Message
from host_tools.sim.chip.board import PicoBox
from tests.emulator.neighbours import Timer

INTERVAL_S = 10
BOX, COUNTY = "0123456", "0242407"
SENDING_S, DELAY_S = 0.8, 1.0
_LEVEL = Old.usual_level


class TerminalAt:
    def __init__(self, box: PicoBox, county: Any, folder: Path):
        def later(seconds: float, act: Any) -> Timer:
            return Timer(box.chip, seconds, act)

        self._log, self._kept = Log(folder / "beidou.jsonl"), Kept(folder / "beidou.queue")
        air = Air(self._kept, self._log, DELAY_S, later, lambda: box.chip.now_ms / 1000)
        card = Card(BOX, INTERVAL_S, _LEVEL)
        terminal = Terminal(card, Old(), air, later, SENDING_S, box.satellite.arrive)
        box.satellite.on_byte = lambda byte: terminal.receive(bytes((byte,)))
        air.add(terminal)
        air.add(County(air, county))

    @property
    def asked_early(self) -> int:
        """How often the card was asked to send before its interval was over."""
        return sum(self._kept.early.values())

    def close(self) -> None:
        self._log.close()


class County:
    """The county's card: what comes to it is heard, and answered as small frames are."""

    card = Card(COUNTY, 1, _LEVEL, commands=True, subordinates=1)

    def __init__(self, air: Air, county: Any):
        self._air = air
        self._county = county

    def hears(self) -> bool:
        return True

    def deliver(self, message: Message) -> None:
        for answer in self._county.hear(bytes.fromhex(payload(message.data)), "sbd"):
            data = MIXED + answer.hex().upper().encode()
            self._air.carry(Message(COUNTY, message.sender, message.coding, data), lost=False)
