"""What a Box does before anything else: every switch off.

MicroPython's own _boot.py would mount a file system here, and format the whole storage where it
cannot.
"""

import time

from boards.rp2 import gpio, technician

_FRESH_MS = 2_000  # the clock begins at a reset, and goes on through a restart from the console


def begin():
    gpio.switches_off()
    if time.ticks_ms() > _FRESH_MS:
        technician.arrive()
