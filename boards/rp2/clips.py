"""The recordings: a read-only file system in its own area of the flash, played from there."""

import vfs

from boards.rp2 import flash

CLIPS = "/clips"


def mount_clips(flash_map):
    """Return the folder of the recordings; it does not exist while none were written."""
    try:
        rom = vfs.VfsRom(flash.area(flash_map, "clips"))  # pyright: ignore[reportAttributeAccessIssue]
        vfs.mount(rom, CLIPS)
    except OSError:
        pass  # no image there, or mounted before a restart from the console: no or the same clips
    return CLIPS
