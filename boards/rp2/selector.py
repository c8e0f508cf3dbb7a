"""What runs after a reset: the newest release in a slot that may be trusted, or the image's own.

A slot that is blank, foreign, damaged or older than the image is passed over.  So is one that
was started three times and never ran for ten minutes: each start is counted on flash before.
"""

import sys

import machine
import vfs

from boards.rp2 import flash, technician
from boards.rp2.slot import Slot
from boards.rp2.version import number

_AREAS = ("slot_a", "slot_b")
_FOLDER = "/slot"
_OURS = ("boards", "drivers", "firmware", "protocol", "release")


def choose(board, flash_map):
    """Put the release that shall run first on the path; return its Slot, or None for the image.

    From here on a start that fails, be it at an import, ends in a reset.
    """
    machine.WDT(timeout=technician.WATCHDOG_MS)
    slots = [Slot(flash.area(flash_map, name)) for name in _AREAS]
    candidates = [slot for slot in slots if slot.is_for(board) and slot.number > number()]
    for slot in sorted(candidates, key=lambda slot: -slot.number):
        if slot.may_start() and slot.is_whole() and _mounted(slot):
            slot.count_start()
            _forget_the_image()
            return slot
    return None


def _mounted(slot):
    try:
        rom = vfs.VfsRom(slot.image())  # pyright: ignore[reportAttributeAccessIssue]
        vfs.mount(rom, _FOLDER)
    except OSError:
        return False
    sys.path.insert(0, _FOLDER)
    return True


def _forget_the_image():
    """Modules of the image that were needed so far are not those of the slot.

    Nor is the timer that feeds the watchdog for a technician: only the image's own can stop it.
    """
    technician.leave()
    for name in list(sys.modules):
        if name.split(".")[0] in _OURS:
            del sys.modules[name]
