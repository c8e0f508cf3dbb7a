"""A 60 W amplifier on a 100 V line: what it hears, what its registers say, what comes out."""

import math
import time
from collections.abc import Callable

import numpy as np

RATE_HZ = 8000
HEARD_S = 0.25
HEARD_BYTES = int(RATE_HZ * HEARD_S) * 2
FULL_SCALE = 32768
FULL_SCALE_V = 141.0  # a full-scale sine at 100 % is 100 V RMS
LOAD_OHM = 166.7  # 60 W at 100 V
SHORT_LEFT = 0.03  # of the voltage
SHORT_MA = 2000
AMBIENT_DB = 40.0
LOUDEST_DB = 94.0  # at 100 V

# Holding registers.
ENABLE, VOLUME_PCT, COMM_LOSS_S = range(3)
LEAST = (0, 0, 1)
MOST = (1, 100, 5)
AT_POWER_ON = (0, 0, 3)

# Bits of the first input register.
ENABLED_BIT = 1
TRIPPED_BIT = 2


class Ear:
    """The last 250 ms that were heard; after as long without sound, nothing."""

    def __init__(self, now: Callable[[], float]):
        self._now = now
        self._pcm = b""
        self._heard_at = 0.0

    def hear(self, pcm: bytes) -> None:
        """Take 16-bit little-endian samples that arrive now."""
        kept = self._pcm if self._is_fresh() else b""
        self._pcm = (kept + pcm)[-HEARD_BYTES:]
        self._heard_at = self._now()

    def rms(self) -> float:
        """Return the level as a part of full scale, 0 to 1."""
        if not (self._pcm and self._is_fresh()):
            return 0.0
        samples = np.frombuffer(self._pcm, "<i2").astype(np.float64)
        return float(np.sqrt(np.mean(samples**2))) / FULL_SCALE

    def _is_fresh(self) -> bool:
        return self._now() - self._heard_at <= HEARD_S


class Amplifier:
    """The registers of the map "line_60w" and the line behind them.

    note(words) is called when the amplifier switches itself off.
    """

    def __init__(self, note: Callable[[str], None], now: Callable[[], float] = time.monotonic):
        self._note = note
        self._now = now
        self._asked_at = now()
        self._tripped = False
        self.holding: list[int] = list(AT_POWER_ON)
        self.ear = Ear(now)
        self.line = "ok"  # or "open" or "short"
        self.muted = False  # its input cable is out

    def hear(self, pcm: bytes) -> None:
        if not self.muted:
            self.ear.hear(pcm)

    def asked(self) -> None:
        """Take note of a valid request from the bus."""
        self.watch()
        self._asked_at = self._now()

    def watch(self) -> None:
        """Switch off by itself once nobody has asked for the comm-loss time."""
        if self.holding[ENABLE] and self._now() - self._asked_at > self.holding[COMM_LOSS_S]:
            self.holding[ENABLE] = 0
            self._tripped = True
            self._note("comm-loss")

    def write(self, address: int, values: list[int]) -> None:
        """Set holding registers from this address on: all of them, or raise ValueError."""
        for register, value in enumerate(values, address):
            if not LEAST[register] <= value <= MOST[register]:
                raise ValueError(f"register {register} cannot be {value}")
        self.holding[address : address + len(values)] = values
        if address == ENABLE and values[0]:
            self._tripped = False

    def inputs(self) -> list[int]:
        """Return the input registers: status, output in 10 mV, mA, dB(A)."""
        volts, amps = self.output()
        status = ENABLED_BIT * self.holding[ENABLE] | TRIPPED_BIT * self._tripped
        return [status, round(volts * 100), round(amps * 1000), round(self._microphone_db(amps))]

    def output(self) -> tuple[float, float]:
        """Return volts (RMS) and amps on the line now."""
        if not self.holding[ENABLE]:
            return 0.0, 0.0
        volts = self.ear.rms() * FULL_SCALE_V * self.holding[VOLUME_PCT] / 100
        if self.line == "open":
            return volts, 0.0
        if self.line == "short":
            return volts * SHORT_LEFT, SHORT_MA / 1000 if volts else 0.0
        return volts, volts / LOAD_OHM

    def _microphone_db(self, amps: float) -> float:
        """Return what the microphone hears of the current in the loudspeakers."""
        if self.line != "ok" or not amps:
            return AMBIENT_DB
        return max(AMBIENT_DB, LOUDEST_DB + 20 * math.log10(amps * LOAD_OHM / 100))
