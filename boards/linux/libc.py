"""The few calls of the C library that MicroPython's own modules leave out."""

import os

import ffi

READ_WRITE = 0o2
NO_CONTROLLING_TERMINAL = 0o400
NON_BLOCKING = 0o4000

_libc = ffi.open("libc.so.6")
_open = _libc.func("i", "open", "si")
_ioctl = _libc.func("i", "ioctl", "iLp")
close = _libc.func("i", "close", "i")


def opened(path, flags, advice):
    """Return a file descriptor, or raise OSError saying which file and what to do."""
    descriptor = _open(path, flags)
    if descriptor < 0:
        raise OSError(_errno(), path + ": cannot be opened; " + advice)
    return descriptor


def control(descriptor, request, buffer, complaint):
    """Do one ioctl on this buffer, or raise OSError with this complaint."""
    if _ioctl(descriptor, request, buffer) < 0:
        raise OSError(_errno(), complaint)


def _errno():
    return os.errno()  # pyright: ignore[reportAttributeAccessIssue] - the unix port has it
