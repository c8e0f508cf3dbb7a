"""The files of a Box, mounted only while somebody reads or writes there: they take 2 kB of memory.

Nothing is ever formatted on the way, and nothing on the file system is ever executed.
"""

import vfs

from boards.rp2 import flash

FILES = "/files"
SETTINGS = FILES + "/settings.json"


def mount(flash_map):
    """A file system that cannot be mounted costs the settings, and nothing else."""
    try:
        vfs.mount(vfs.VfsLfs2(flash.area(flash_map, "files"), progsize=256), FILES)
    except OSError:
        pass  # whoever looks for the settings there says so; or it is mounted already


def unmount():
    try:
        vfs.umount(FILES)
    except OSError:
        pass  # it could not be mounted
