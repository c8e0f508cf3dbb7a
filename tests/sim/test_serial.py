"""The Box's serial lines open at every usual speed, raw, and pass every byte."""

import fcntl
import os
import pty
import select
import struct
from collections.abc import Iterator

import pytest

from tests.sim import box_alone

BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)
EVERY_BYTE = bytes(range(256))
TCGETS2, TERMIOS2_BYTES = 0x802C542A, 44  # Linux: asm-generic/ioctls.h, termbits.h

ECHO = """
import asyncio, sys
from boards.linux.serial import SerialStream

async def echo(path, baud):
    line, heard = SerialStream(path, baud), b""
    print("open")
    while len(heard) < 256:
        heard += await line.read(64)
    await line.write(heard)
    await asyncio.sleep(60)

asyncio.run(echo(sys.argv[1], int(sys.argv[2])))
"""


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """Return the two ends of a line: ours, and the one that the Box opens by its name."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("baud", BAUDS)
def test_a_line_passes_every_byte_at(tmp_path, ends, baud):
    ours, theirs = ends
    script = tmp_path / "echo.py"
    script.write_text(ECHO)
    with box_alone.running(str(script), os.ttyname(theirs), str(baud)) as said:
        assert said == "open\n"
        os.write(ours, EVERY_BYTE)
        assert _heard(ours) == EVERY_BYTE
        assert _speeds(theirs) == (baud, baud)


def _heard(ours: int) -> bytes:
    """Return what comes back, as many bytes as were sent, or what came within 10 s."""
    heard = b""
    while len(heard) < len(EVERY_BYTE) and select.select([ours], [], [], 10)[0]:
        heard += os.read(ours, 512)
    return heard


def _speeds(descriptor: int) -> tuple[int, int]:
    settings = bytearray(TERMIOS2_BYTES)
    fcntl.ioctl(descriptor, TCGETS2, settings)
    return struct.unpack_from("<2I", settings, 36)
