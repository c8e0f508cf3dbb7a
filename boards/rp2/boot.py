"""What a Box does before anything else: every switch off, then its files are mounted.

MicroPython's own _boot.py would format the whole storage on any mount error; here nothing is
ever formatted, and nothing on the file system is ever executed.
"""

import time

import vfs

from boards.rp2 import flash, gpio, technician

FILES = "/files"

_FRESH_MS = 2_000  # the clock begins at a reset, and goes on through a restart from the console


def begin(flash_map):
    gpio.switches_off()
    if time.ticks_ms() > _FRESH_MS:
        technician.arrive()
    _mount_files(flash_map)


def _mount_files(flash_map):
    """A file system that cannot be mounted costs the settings, and nothing else."""
    try:
        vfs.mount(vfs.VfsLfs2(flash.area(flash_map, "files"), progsize=256), FILES)
    except OSError:
        pass  # main finds no settings there and says so
