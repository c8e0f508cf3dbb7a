"""Frozen as main.py: chooses between a slot and the image, and runs the Box from there."""

from boards.pico_box.flash_map import FLASH_MAP
from boards.rp2 import selector

slot = selector.choose("pico_box", FLASH_MAP)

from boards.pico_box import hardware  # noqa: E402 - of the slot, if one was chosen
from boards.rp2.main import main  # noqa: E402

main(hardware, slot)
