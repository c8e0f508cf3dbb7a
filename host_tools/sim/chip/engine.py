"""Moves the processor, the clock and the PIO blocks of one emulated chip forward together."""

from collections.abc import Callable
from typing import Any

from host_tools.sim.chip.cortex import Cortex

NS_A_CYCLE = 8  # at 125 MHz
_PIO_FRACTION = 8  # rp2040py counts PIO time in 1/256 of a cycle


class Engine:
    """mcu is rp2040py's RP2040.  Time is mcu.clock.nanos and only moves here."""

    def __init__(self, mcu: Any):
        mcu.simulator = self  # or its PIO blocks would look for somebody else to move them
        self._clock = mcu.clock
        self._core = mcu.core
        self._pios = mcu.pio
        self._cortex = Cortex(mcu)
        self._stalled_until_ns = 0.0
        self._watched: dict[int, Callable[[], None]] = {}
        self.halted = False
        self.idle_ns = 0.0

    def watch(self, address: int, told: Callable[[], None]) -> None:
        """Have told() called each time the processor is about to execute this address."""
        self._watched[address & ~1] = told
        self._cortex.watch(tuple(self._watched))

    def stall(self, ns: float) -> None:
        """Let the processor do nothing for so long, interrupts included, while time goes on."""
        self._stalled_until_ns = self._clock.nanos + ns

    def run(self, until_ns: float) -> None:
        """Go on until the clock shows this time."""
        clock, core = self._clock, self._core
        while (now := clock.nanos) < until_ns:
            if now < self._stalled_until_ns:
                self._pass(self._ns_free(min(until_ns, self._stalled_until_ns) - now))
            elif core.waiting or self.halted:
                free_ns = self._ns_free(until_ns - now)
                self.idle_ns += free_ns
                self._pass(free_ns)
            else:
                self._execute(self._ns_free(until_ns - now))

    def _execute(self, ns: float) -> None:
        if self._core.interrupts_updated:
            self._core.check_for_interrupts()
        spent = self._cortex.run(int(ns / NS_A_CYCLE) + 1)
        if spent:
            self._pass(spent * NS_A_CYCLE)
        if self._cortex.needs_help:
            self._pass(self._core.execute_instruction() * NS_A_CYCLE)
        elif self._cortex.at_watched:
            self._watched[self._core.pc & ~1]()

    def _ns_free(self, ns: float) -> float:
        """Return for how long, at most ns, nothing but the processor does anything."""
        if self._clock.has_scheduled_alarm:
            ns = min(ns, self._clock.nanos_to_next_alarm)
        for pio in self._pios:
            if not pio.stopped:
                cycles = (pio.next_due_fp - pio.cycle_fp >> _PIO_FRACTION) + 1
                ns = min(ns, cycles * NS_A_CYCLE)
        return max(ns, NS_A_CYCLE)

    def _pass(self, ns: float) -> None:
        self._clock.tick(ns)
        for pio in self._pios:
            if not pio.stopped:
                pio.advance(int(ns) // NS_A_CYCLE)
