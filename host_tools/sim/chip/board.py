"""What the chip is soldered to on a Pico Box: transceiver, relay, buttons, lamps, sound chip.

Told from the wiring diagram, not read from the firmware's pin table: two hands, two tables.
"""

from array import array
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from host_tools.sim.chip.chip import Chip
from host_tools.sim.chip.fram import Fram
from host_tools.sim.chip.i2s import I2sEar
from host_tools.sim.chip.pins import Change, Pin
from host_tools.sim.chip.soft_uart import SoftUart

DIRECTION, PTT, HEARTBEAT = 2, 13, 25
BUTTONS, LAMPS = {"1": 14, "2": 22}, {"1": 15, "2": 26}
SENSES = {"mains": 27, "amplifier": 28}
FOURG, SPEECH = (6, 7), (8, 9)  # (the chip sends, the chip hears)
FOURG_BAUD, SPEECH_BAUD = 115_200, 9_600
I2S = (10, 11, 12)
SPI, SPI_SELECT, SPI_SIGNALS = 0, 17, (16, 18, 19)
Note = Callable[..., None]
CHUNK_SAMPLES = 800  # 100 ms
PUMP_EDGES, PUMP_WINDOW_MS, PUMP_HOLDS_MS = 4, 200, 300


class Rs485:
    """A half-duplex transceiver: what is sent while its direction pin is low never leaves."""

    def __init__(self, uart: Any, direction: Pin):
        self._uart = uart
        self._direction = direction
        self.on_byte: Callable[[int], None] | None = None
        self.swallowed = 0
        uart.on_byte = self._sent

    def arrive(self, data: bytes) -> None:
        self._uart.arrive(data)

    def _sent(self, byte: int) -> None:
        if self._direction.level != 1:
            self.swallowed += 1
        elif self.on_byte:
            self.on_byte(byte)


class Relay:
    """Closed by a charge pump that only pulses fill: a pin frozen at either level opens it."""

    def __init__(self, chip: Chip, pin: Pin, note: Note):
        self._note = note
        self._edges: deque[float] = deque(maxlen=PUMP_EDGES)
        self._empty = chip.mcu.clock.create_alarm(self._emptied)
        self.closed = False
        pin.on_change = self._pumped

    def _pumped(self, change: Change) -> None:
        self._edges.append(change.at_ms)
        full = len(self._edges) == PUMP_EDGES
        if full and change.at_ms - self._edges[0] <= PUMP_WINDOW_MS:
            self._become(True)
            self._empty.schedule(PUMP_HOLDS_MS * 1e6)

    def _emptied(self) -> None:
        self._become(False)

    def _become(self, closed: bool) -> None:
        if closed != self.closed:
            self.closed = closed
            self._note(relay=int(closed))


class PanelWire:
    """Buttons and lamps of the board as the panel's lines of text (host_tools.sim.panel)."""

    def __init__(self, buttons: Mapping[str, Pin], lamps: Mapping[str, Pin], note: Note):
        self._buttons = buttons
        self._note = note
        self._begun = b""
        self.on_byte: Callable[[int], None] | None = None
        for name, lamp in lamps.items():
            lamp.on_change = lambda change, name=name: self._tell(name, change)

    def arrive(self, data: bytes) -> None:
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            verb, _, name = line.decode(errors="replace").partition(" ")
            if name in self._buttons and verb == "down":
                self._buttons[name].drive(0)
                self._note(button=name, down=1)
            elif name in self._buttons and verb == "up":
                self._buttons[name].let_go()
                self._note(button=name, down=0)

    def _tell(self, name: str, change: Change) -> None:
        self._note(lamp=name, on=int(change.level == 1))
        if self.on_byte:
            for byte in b"lamp %s %d\n" % (name.encode(), change.level == 1):
                self.on_byte(byte)


class PicoBox:
    """The board around one Chip; note(name=value) is called for what happens at its edges.

    fram: the memory beside it, None on a board that has none.
    """

    def __init__(self, chip: Chip, note: Note, fram: Fram | None = None):
        self.chip = chip
        self._note = note
        mcu = chip.mcu
        pins = {number: Pin(mcu, number) for number in _all_pins()}
        self.pins = pins
        self.rs485 = Rs485(chip.uarts[0], pins[DIRECTION])
        self.satellite = chip.uarts[1]
        self.fourg = SoftUart(mcu, pins[FOURG[0]], pins[FOURG[1]], FOURG_BAUD)
        self.speech = SoftUart(mcu, pins[SPEECH[0]], pins[SPEECH[1]], SPEECH_BAUD)
        self.relay = Relay(chip, pins[PTT], note)
        self.panel = PanelWire(_named(pins, BUTTONS), _named(pins, LAMPS), note)
        self.on_sound: Callable[[bytes], None] = lambda _: None
        self._chunk = array("h")
        I2sEar(mcu, *I2S).on_sample = self._heard
        self._sounding = False
        if fram is not None:
            fram.solder(mcu, SPI, pins[SPI_SELECT], SPI_SIGNALS)
        chip.on_reset = lambda cause: note(reset=cause)
        self.satellite.on_silence = lambda count: note(satellite_heard=count)

    def state(self) -> dict[str, object]:
        chip = self.chip
        return {
            "ms": round(chip.now_ms, 3),
            "resets": [cause for _, cause in chip.resets],
            "relay": self.relay.closed,
            "flash_operations": len(chip.flash.operations),
            "flash_stall_ms": round(chip.flash.longest_ms, 1),
            "uart_bytes_lost": sum(uart.overruns for uart in chip.uarts),
            "rs485_swallowed": self.rs485.swallowed,
        }

    def _heard(self, left: int, _right: int) -> None:
        """The cable carries what the relay lets through."""
        sample = left if self.relay.closed else 0
        if sample and not self._sounding:
            self._sounding = True
            self._note(sound=1)
        self._chunk.append(sample)
        if len(self._chunk) == CHUNK_SAMPLES:
            self._carry_on()

    def _carry_on(self) -> None:
        """Send 100 ms of sound along the cable; where there is none, nothing."""
        chunk, self._chunk = self._chunk, array("h")
        if any(chunk):
            self.on_sound(chunk.tobytes())
        elif self._sounding:
            self._sounding = False
            self._note(sound=0)


def _all_pins() -> list[int]:
    groups = (BUTTONS.values(), LAMPS.values(), SENSES.values(), FOURG, SPEECH, (SPI_SELECT,))
    return [DIRECTION, PTT, HEARTBEAT, *(number for group in groups for number in group)]


def _named(pins: Mapping[int, Pin], numbers: Mapping[str, int]) -> dict[str, Pin]:
    return {name: pins[number] for name, number in numbers.items()}
