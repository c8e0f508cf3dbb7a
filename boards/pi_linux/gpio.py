"""Pins of a Raspberry Pi under Linux, through the GPIO character device, version 2.

Structures: Linux, include/uapi/linux/gpio.h (gpio_v2_line_request, gpio_v2_line_values).
"""

import struct

from boards.linux import libc

_GET_LINE, _GET_VALUES, _SET_VALUES = 0xC250B407, 0xC010B40E, 0xC010B40F
_REQUEST_BYTES, _CONSUMER_AT, _FLAGS_AT, _COUNT_AT, _DESCRIPTOR_AT = 592, 256, 288, 560, 588
_INPUT, _OUTPUT, _PULL_UP = 1 << 2, 1 << 3, 1 << 8
_NO_SUCH_PIN = "the pin does not answer"


class Chip:
    """One gpiochip, such as /dev/gpiochip0; raises OSError with a sentence."""

    def __init__(self, path):
        self._path = path
        self._descriptor = libc.opened(path, libc.READ_WRITE, "is this user in group gpio?")

    def button(self, offset):
        """Return a pin that reads 0 while the button ties it to ground."""
        line = self._claimed(offset, _INPUT | _PULL_UP)
        return lambda: _read(line)

    def lamp(self, offset):
        """Return a pin that drives its output when called with 0 or 1; it starts at 0."""
        line = self._claimed(offset, _OUTPUT)
        return lambda level: _write(line, level)

    def _claimed(self, offset, flags):
        request = bytearray(_REQUEST_BYTES)
        struct.pack_into("<I", request, 0, offset)
        request[_CONSUMER_AT : _CONSUMER_AT + 7] = b"fengsui"
        struct.pack_into("<Q", request, _FLAGS_AT, flags)
        struct.pack_into("<I", request, _COUNT_AT, 1)
        complaint = self._path + ": GPIO " + str(offset) + " is not free"
        libc.control(self._descriptor, _GET_LINE, request, complaint)
        return struct.unpack_from("<i", request, _DESCRIPTOR_AT)[0]


def _read(line):
    values = bytearray(struct.pack("<QQ", 0, 1))
    libc.control(line, _GET_VALUES, values, _NO_SUCH_PIN)
    return values[0] & 1


def _write(line, level):
    values = bytearray(struct.pack("<QQ", 1 if level else 0, 1))
    libc.control(line, _SET_VALUES, values, _NO_SUCH_PIN)
