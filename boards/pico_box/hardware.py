"""A Raspberry Pi Pico (RP2040, 2 MiB of flash)."""

from boards.pico_box.flash_map import FLASH_MAP
from boards.rp2.hardware import Hardware

NAME = "pico_box"


def build(wiring):
    return Hardware(NAME, FLASH_MAP, wiring)
