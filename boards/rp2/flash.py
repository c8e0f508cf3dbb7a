"""The areas of the flash map, opened by name."""

import rp2

SECTOR_BYTES = 4_096


def area(flash_map, name):
    """Return the part of the flash with this name, as rp2.Flash."""
    start, size = extent(flash_map, name)
    return rp2.Flash(start=start, len=size)  # pyright: ignore[reportCallIssue]


def extent(flash_map, name):
    """Return (first byte, bytes) as rp2.Flash counts: from the end of the image on."""
    _, image_start, image_bytes = flash_map[0]
    for row, start, size in flash_map[1:]:
        if row == name:
            return start - image_start - image_bytes, size
    raise ValueError("the flash map has no area " + name)
