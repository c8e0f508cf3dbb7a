"""Makes images for the chips from Debian's source packages, and the 32-bit MicroPython."""
