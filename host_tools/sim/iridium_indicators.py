"""What the 9603 tells of the sky: bars, service, system time and ring alerts."""

import time

from host_tools.sim import words
from host_tools.sim.iridium_at import Answer, Command, Port
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.iridium_sky import Sky

# 2025-02-14T18:14:17Z: Iridium's era 3, which its network counts from since January 2026.
SYSTEM_EPOCH = 1_739_556_857
TICK_MS = 90
NO_BARS_YET = -1


class Indicators:
    """Answers to status commands, and the unsolicited SBDRING and +CIEV."""

    def __init__(self, port: Port, sky: Sky, kept: Kept):
        self._port = port
        self._sky = sky
        self._kept = kept
        self._rings = True
        self._reports = [0, 0, 0]  # +CIER: mode, signal, service

    def commands(self) -> dict[str, Command]:
        return {
            "+CIER": self._cier,
            "+CRIS": lambda _: [f"+CRIS:000,{int(self._kept.ringing):03}"],
            "+CSQ": lambda _: [f"+CSQ:{self._sky.signal}"],
            "+CSQF": lambda _: [f"+CSQF:{self._sky.signal}"],
            "+SBDMTA": self._sbdmta,
            "-MSSTM": self._msstm,
        }

    def ring(self) -> None:
        """Note a ring alert, and say so unless that is switched off."""
        self._kept.ringing = True
        self._kept.save()
        if self._rings:
            self._port.announce("SBDRING")

    def signal_changed(self, was: int) -> None:
        """Report bars, and service won or lost, where +CIER asks for it."""
        bars = self._sky.signal
        reporting, signal, service = self._reports
        if reporting and signal and bars != was:
            self._port.announce(f"+CIEV:0,{bars}")
        if reporting and service and (bars > 0) != (was > 0):
            self._port.announce(f"+CIEV:1,{int(bars > 0)}")

    def _cier(self, value: str) -> Answer:
        if value == "?":
            return ["+CIER:" + ",".join(str(wanted) for wanted in [*self._reports, 0, 0])]
        given = [words.whole(number, 0, 1) for number in value.removeprefix("=").split(",")]
        self._reports = (given + self._reports[len(given) :])[:3]
        self._port.say("OK")
        self._report_all()
        return None

    def _report_all(self) -> None:
        """Say the present state, as a modem does once when reports are switched on."""
        self.signal_changed(was=NO_BARS_YET if self._sky.signal else 1)

    def _sbdmta(self, value: str) -> Answer:
        if value == "?":
            return [f"+SBDMTA:{int(self._rings)}"]
        self._rings = bool(words.whole(value.removeprefix("="), 0, 1))
        return []

    def _msstm(self, _value: str) -> Answer:
        if not self._sky.signal:
            return ["-MSSTM: no network service"]
        ticks = int((time.time() - SYSTEM_EPOCH) * 1000 / TICK_MS)
        return [f"-MSSTM: {ticks % 2**32:08x}"]
