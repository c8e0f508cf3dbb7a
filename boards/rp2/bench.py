"""What a provisioning bench does to a Box it has stopped: forget keys, write, say what is kept.

What is kept is told as SHA-256, so that no key ever crosses the console on its way back.
"""

import hashlib
import os
from binascii import hexlify

import rp2
import vfs

from boards.rp2 import files, flash, technician
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell

KEYRINGS = ("keyring_a", "keyring_b")
SETTINGS = "settings"


class Bench:
    def __init__(self, flash_map):
        technician.arrive()  # should the bench go away, the Box goes on some day
        self._flash_map = flash_map
        self._storage = rp2.Flash()
        files.mount(flash_map)

    def forget_keys(self):
        for name in KEYRINGS:
            self._area(name).erase(0)

    def make_files(self):
        """Make a file system only where there is none; return whether that was so."""
        area = flash.area(self._flash_map, "files")
        try:
            vfs.VfsLfs2(area, progsize=256)
            return False
        except OSError:
            vfs.VfsLfs2.mkfs(area, progsize=256)
        files.mount(self._flash_map)
        return True

    def write_settings(self, data):
        with open(files.SETTINGS + ".new", "wb") as file:
            file.write(data)
        os.rename(files.SETTINGS + ".new", files.SETTINGS)

    def write_keyring(self, name, data):
        FlashCell(self._area(name)).write(data)

    def kept(self):
        """Return {name: SHA-256 in hex} of what can be read."""
        parts = {name: FlashCell(self._area(name)).read for name in KEYRINGS}
        parts[SETTINGS] = _settings
        kept = {}
        for name, read in parts.items():
            try:
                kept[name] = hexlify(hashlib.sha256(read()).digest()).decode()
            except OSError:
                pass
        return kept

    def _area(self, name):
        start, size = flash.extent(self._flash_map, name)
        sector = flash.SECTOR_BYTES
        return FlashArea(self._storage, start // sector, size // sector)


def _settings():
    with open(files.SETTINGS, "rb") as file:
        return file.read()
