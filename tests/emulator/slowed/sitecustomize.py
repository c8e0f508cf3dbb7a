"""Slows the clock of a Python process to that of the emulated chip it lives with.

A chip under emulation may run slower than the wall's clock; by how much it lags behind, in
seconds, stands in the file FENGSUI_LAG.  With this folder on its PYTHONPATH a process is that
much late too, so that 250 ms are 250 ms to everybody on the stage.
"""

import mmap
import os
import struct
import time


class _Slowed:
    """This clock, late by the lag and never going back; no function, or classes would bind it."""

    def __init__(self, clock, lag):
        self._clock = clock
        self._lag = lag
        self._latest = float("-inf")

    def __call__(self):
        now = self._clock() - struct.unpack_from("d", self._lag)[0]
        self._latest = max(self._latest, now)
        return self._latest


if "FENGSUI_LAG" in os.environ:
    with open(os.environ["FENGSUI_LAG"], "rb") as _file:
        _lag = mmap.mmap(_file.fileno(), 8, prot=mmap.PROT_READ)
    time.time = _Slowed(time.time, _lag)
    time.monotonic = _Slowed(time.monotonic, _lag)
