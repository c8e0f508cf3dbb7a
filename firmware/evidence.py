"""Proof: what was measured while sounding, and whether it says that the village heard it.

"Played" needs output voltage, line load and (where fitted) microphone inside limits for
the whole Programme.  A single odd reading at a change of part is not held against it;
two in a row are.
"""

from protocol.compat import const

_LINE_CURRENT_MA = const(20)  # below this an impedance cannot be told from noise
_BAD_IN_A_ROW = const(2)
_NO_LOAD = const(100_000)


class Proof:
    """limits is settings.Limits; volume_pct scales the voltage asked for."""

    def __init__(self, limits, volume_pct):
        self._limits = limits
        self._least_mv = limits.volts_mv * volume_pct // 100
        self._suspect, self._suspected = None, 0
        self._proven_parts = set()
        self._cause = None
        self.best = None

    def note(self, part, reading):
        """Judge one reading taken while the part with this index was sounding."""
        cause = self._fault_in(reading)
        if cause is None:
            self._proven_parts.add(part)
            if self.best is None or reading.volts_mv > self.best.volts_mv:
                self.best = reading
        self._suspicion(cause)

    def missing(self):
        """The amplifier gave no reading."""
        self._suspicion("amplifier_silent")

    def begun(self):
        """Return whether sound has been proven at all."""
        return bool(self._proven_parts)

    def cause(self, parts_due):
        """Return why this was not heard in full, or None; parts_due are indexes of parts."""
        if self._cause is None and not all(part in self._proven_parts for part in parts_due):
            return self._suspect or "no_output"
        return self._cause

    def _suspicion(self, cause):
        self._suspected = self._suspected + 1 if cause else 0
        self._suspect = cause or self._suspect
        if self._suspected >= _BAD_IN_A_ROW and self._cause is None:
            self._cause = cause

    def _fault_in(self, reading):
        ohms_tenths = load_ohms_tenths(reading)
        if ohms_tenths is not None and ohms_tenths < self._limits.ohms_tenths_low:
            return "line_short"
        if reading.volts_mv < self._least_mv:
            return "no_output"
        if ohms_tenths is None or ohms_tenths > self._limits.ohms_tenths_high:
            return "line_open"
        heard_db = reading.microphone_db
        if heard_db is not None and heard_db < self._limits.microphone_db:
            return "microphone_silent"
        return None


def load_ohms_tenths(reading):
    """Return the load in tenths of an ohm, or None when no current flows to tell it by."""
    if reading.amps_ma < _LINE_CURRENT_MA:
        return None
    return min(reading.volts_mv * 10 // reading.amps_ma, _NO_LOAD)
