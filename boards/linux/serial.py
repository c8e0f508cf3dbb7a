"""A serial line or pty under Linux, raw, at any baud rate, as the byte stream a Line opens.

MicroPython's termios knows neither 19200 nor 38400 Bd; the kernel takes any number through
termios2 and BOTHER (Linux: asm-generic/termbits.h).
"""

import asyncio
import struct

from boards.linux import libc

_TCGETS2, _TCSETS2, _TIOCEXCL = 0x802C542A, 0x402C542B, 0x540C
_TERMIOS2 = "<4I20s2I"
_CBAUD, _CSIZE, _BOTHER = 0x100F, 0x30, 0x1000
_CS8_CREAD_CLOCAL = 0x30 | 0x80 | 0x800
_FLAGS = libc.READ_WRITE | libc.NO_CONTROLLING_TERMINAL | libc.NON_BLOCKING


class SerialStream:
    """Opens at once, or raises OSError whose text names the device and what to do."""

    def __init__(self, path, baud):
        descriptor = libc.opened(path, _FLAGS, "is it plugged in and free?")
        try:
            _claim(descriptor, path, baud)
        except OSError:
            libc.close(descriptor)
            raise
        self._file = open(descriptor, "r+b", buffering=0)  # noqa: SIM115 - lives until close()
        self._reader = asyncio.StreamReader(self._file)
        self._writer = asyncio.StreamWriter(self._file, {})

    async def read(self, most):
        return await self._reader.read(most)

    async def write(self, data):
        self._writer.write(data)
        await self._writer.drain()

    def close(self):
        self._file.close()


def _claim(descriptor, path, baud):
    """Make the line raw, 8N1, at this speed, and ours alone."""
    settings = bytearray(struct.calcsize(_TERMIOS2))
    libc.control(descriptor, _TCGETS2, settings, path + ": is not a serial line")
    kept = struct.unpack(_TERMIOS2, settings)[2] & ~(_CBAUD | _CBAUD << 16 | _CSIZE)
    characters = bytes(20)  # c_line and c_cc: VMIN and VTIME 0, poll tells when to read
    mode = kept | _BOTHER | _CS8_CREAD_CLOCAL
    struct.pack_into(_TERMIOS2, settings, 0, 0, 0, mode, 0, characters, baud, baud)
    libc.control(descriptor, _TCSETS2, settings, path + ": does not take " + str(baud) + " Bd")
    libc.control(descriptor, _TIOCEXCL, bytearray(4), path + ": is in use")
