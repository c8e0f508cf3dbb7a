"""A Raspberry Pi Pico 2 (RP2350, 4 MiB of flash)."""

from boards.pico2_box.flash_map import FLASH_MAP
from boards.rp2.hardware import Hardware

NAME = "pico2_box"


def build(wiring):
    return Hardware(NAME, FLASH_MAP, wiring)
