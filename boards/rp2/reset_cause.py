"""Why the chip started, as the county reads it."""

import sys

import machine

_WATCHDOG = {"RP2040": 0x40058000, "RP2350": 0x400D8000}
_REASON = 0x08
_RAN_OUT, _FORCED = 1, 2


def reset_cause():
    """Return a word of protocol.schema.RESET.  machine.reset() also goes by the watchdog."""
    chip = sys.implementation._machine.split()[-1]  # pyright: ignore[reportAttributeAccessIssue]
    return word(machine.mem32[_WATCHDOG[chip] + _REASON])


def word(reason):
    if reason & _RAN_OUT:
        return "watchdog"
    return "software" if reason & _FORCED else "power"
