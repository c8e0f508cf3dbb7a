"""What happens to a Pico Box in one evening: an order, a press, a hang, a power cut."""

import json
from collections.abc import Callable
from typing import Any

from tests.emulator.chip_stage import ChipStage
from tests.emulator.pico_log import Note, PicoLog
from tests.sim.scene import FLOOD, NOTICE, Scene
from tests.sim.waiting import until

PATIENCE_S = 180.0  # by satellite, on a chip that may run slower than its own clock
ORDER_BYTES = 80  # of a signed order; nothing else that the satellite brings is so long


class Play:
    """Each scene asserts what the village must see and adds what was measured to `figures`."""

    def __init__(self, scene: Scene, stage: ChipStage):
        self.scene = scene
        self.log = PicoLog(stage.log)
        self.figures: dict[str, Any] = {}

    def script(self) -> list[Callable[[], None]]:
        """Return the scenes in their order."""
        return [
            self.opening, self.order, self.call, self.reading, self.hang, self.power_cut,
        ]  # fmt: skip

    def opening(self) -> None:
        """The Box is up and the county has told it the time."""
        until("a Boot that knows its minute", self.scene.knows_the_time, PATIENCE_S)
        self._remember_boot()
        self.scene.tell("box", "forget")

    def order(self) -> None:
        """A notice comes by satellite and sounds; a press in the midst of its proof is seen."""
        since = self.scene.stage.now()
        order = self.scene.order(NOTICE, "notice")
        arrived = until("the order at the modem's line", lambda: self._arrival(since), PATIENCE_S)
        self.scene.press(1)
        ended = self.scene.end_of(order, PATIENCE_S)
        assert ended["outcome"] == "played", ended
        sounded = self.log.first("sound", since, sound=1)
        assert sounded is not None
        self.figures["order_to_tone_ms"] = round(sounded.at_ms - arrived.at_ms)
        self.figures["button_to_lamp_ms"] = self._press_to_lamp("1", since)
        assert self.figures["button_to_lamp_ms"] < sounded.at_ms - arrived.at_ms

    def call(self) -> None:
        """The press has become a call; a person takes and closes it."""
        call = self.scene.call_arrived(1)
        self.scene.take(call)
        self.scene.lamp(1, "taken")
        self.scene.close(call)
        self.scene.lamp(1, "off")

    def hang(self) -> None:
        """The processor hangs: the watchdog starts the Box again, and the next order sounds."""
        since = self.scene.stage.now()
        self.scene.tell("box", "hang 20000")
        until("the watchdog", lambda: self.log.first("reset", since), PATIENCE_S)
        order = self.scene.order(FLOOD, "danger")
        ended = self.scene.end_of(order, PATIENCE_S)
        assert ended["outcome"] == "played", ended

    def power_cut(self) -> None:
        """The power goes in the middle of writing a press down; the next press gets through."""
        starts = self.scene.starts("box")
        self.scene.tell("box", "tear 0")
        self.scene.press(2)
        self.scene.wait_for("box", starts)
        self.scene.press(2)
        call = self.scene.call_arrived(2)
        self.scene.take(call)
        self.scene.lamp(2, "taken")
        self.scene.close(call)
        self.scene.lamp(2, "off")

    def reading(self) -> None:
        """Read off the board what it has used until now."""
        state = json.loads(self.scene.tell("box", "state"))
        self.figures["heap_free_idle"] = state["heap_total"] - state["heap_used"]
        self.figures["heap_used_peak"] = state["heap_peak"]
        self.figures["stack_used_peak"] = state["stack_peak"]
        for name in ("longest_gap_ms", "flash_stall_ms", "uart_bytes_lost"):
            self.figures[name] = state[name]

    def _remember_boot(self) -> None:
        ready = self.log.notes("console")
        self.figures["boot_to_ready_ms"] = round(
            next(n.at_ms for n in ready if "ready" in n.fact["console"])
        )

    def _arrival(self, since: float) -> Note | None:
        heard = self.log.notes("satellite_heard", since)
        return next((n for n in heard if n.fact["satellite_heard"] >= ORDER_BYTES), None)

    def _press_to_lamp(self, button: str, since: float) -> int:
        pressed = self.log.first("button", since, button=button, down=1)
        lit = self.log.first("lamp", since, lamp=button, on=1)
        assert pressed is not None
        assert lit is not None
        return round(lit.at_ms - pressed.at_ms)
