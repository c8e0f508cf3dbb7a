"""Frozen as _boot.py: the first Python that runs after a reset."""

from boards.pico2_box.flash_map import FLASH_MAP
from boards.rp2.boot import begin

begin(FLASH_MAP)
