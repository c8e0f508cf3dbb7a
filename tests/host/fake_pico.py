"""A Pico in memory: CPython runs what the tool sends to it, over stand-ins for its modules."""

import contextlib
import io
import json
import struct
import sys
import time
import traceback
from collections import namedtuple
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest import mock

from boards.pico_box.flash_map import FLASH_BYTES, FLASH_MAP
from drivers.flash_area import FlashArea
from drivers.flash_cell import FlashCell
from host_tools.board.usb import INFO
from host_tools.build import uf2
from host_tools.build.release import Release, found_in
from tests.fakes import NorFlash, PowerCut

PORT = "/dev/ttyACM0"
UNIQUE_ID = "e66118604b7a2c31"
OURS = Release("0.1.0", 1, "pico_box", "rp2040", "a1b2c3d4")
NEWER = Release("0.2.0", 2, "pico_box", "rp2040", "a1b2c3d4")
FAMILY = {"rp2040": 0xE48BFF56, "rp2350": 0xE48BFF59}
INFO_TEXT = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: {}\r\n"
RESTART_S = 1.0
_STORAGE_AT = FLASH_MAP[0][2]
_SECTOR = 4096
_SUPERBLOCK = b"littlefs".ljust(256, b"\xff")
Ran = namedtuple("Ran", ("printed", "error"))


def image_file(path, release, words=b"", chip=None):
    """Write a UF2 that says it is this release (None: it says nothing); return its path."""
    mark = release.mark.encode() if release else b"another program"
    content = (b"\x01" * 300 + mark + words).ljust(1024, b"\xff")
    family = FAMILY[chip or (release.chip if release else "rp2040")]
    total = len(content) // 256
    blocks = [
        struct.pack("<8I476sI", 0x0A324655, 0x9E5D5157, 0x2000, uf2.FLASH + 256 * n, 256, n,
                    total, family, content[256 * n : 256 * n + 256], 0x0AB16F30)
        for n in range(total)
    ]  # fmt: skip
    path.write_bytes(b"".join(blocks))
    return path


class Gone(BaseException):
    """The port went away: a reset, or the boot ROM."""


class FakePico:
    """One board.  release None is stock MicroPython; mood is how its REPL answers: "well",
    "silent" or "noise".  ran has all code it was sent.
    """

    def __init__(self, folder, release=OURS, port=PORT, unique_id=UNIQUE_ID, chip="rp2040"):
        self.folder = Path(folder)
        self.port = port
        self.unique_id = unique_id
        self.chip = chip
        self.release = release
        self.mood = "well"
        self.plugged = True
        self.waits_for_image = False
        self.comes_back = True
        self.takes_image = found_in
        self.complaint = None
        self.says = None
        self.flash = NorFlash((FLASH_BYTES - _STORAGE_AT) // _SECTOR)
        self.ran = []
        self.resets = 0
        self.console = b""
        self.at_soft_reset = lambda: None
        self._globals = {}
        self._back_in_s = None

    @property
    def files(self):
        return self.folder / "files"

    def cell(self, name):
        """Return what this cell of its flash holds, or None."""
        with contextlib.suppress(OSError):
            return FlashCell(FlashArea(self.flash, self.at(name) // _SECTOR, 1)).read()
        return None

    def at(self, name):
        """Return where in .flash.image this row of the flash map begins."""
        return next(start for row, start, _ in FLASH_MAP if row == name) - _STORAGE_AT

    def settings(self):
        return json.loads((self.files / "settings.json").read_text())

    def soft_reset(self):
        self._globals = {}
        self.at_soft_reset()

    def run(self, code):
        """Run code as its raw REPL would; Gone or OSError where the port does not outlive it."""
        if not self.plugged:
            raise OSError(5, "Input/output error")
        self.ran.append(code)
        printed = io.StringIO()
        try:
            with self._its_modules(), contextlib.redirect_stdout(printed):
                exec(code, self._globals)
        except PowerCut:
            self.pull()
            raise OSError(5, "Input/output error") from None
        except Exception:  # noqa: BLE001 - whatever the code raises is what a REPL prints
            return Ran(b"", traceback.format_exc().encode())
        return Ran(printed.getvalue().encode(), b"")

    def pull(self):
        """Take it off its cable."""
        self.plugged = False
        self._back_in_s = None

    def pass_time(self, seconds, drive):
        if self.waits_for_image:
            self._look_into(drive)
        if self._back_in_s is None:
            return
        self._back_in_s -= seconds
        if self._back_in_s <= 0 and self.comes_back:
            self._back_in_s = None
            self.plugged = True
            self.console = self._start()

    def show_drive(self, drive):
        self.waits_for_image = True
        self.plugged = False
        drive.mkdir(exist_ok=True)
        name = "RPI-RP2" if self.chip == "rp2040" else "RP2350"
        (drive / INFO).write_text(INFO_TEXT.format(name))

    def _look_into(self, drive):
        for path in drive.glob("*.uf2"):
            content = uf2.load(path).content
            self.release = self.takes_image(content)
            path.unlink()
            (drive / INFO).unlink()
            self.waits_for_image = False
            self._back_in_s = RESTART_S

    def _start(self):
        if self.says is not None:
            return self.says
        whole = self.cell("keyring_a") and (self.files / "settings.json").exists()
        return b"Fengsui\r\n" + (b"ready\r\n" if whole else b"safe mode: not provisioned\r\n")

    def _reset(self):
        self.resets += 1
        self.plugged = False
        self._back_in_s = RESTART_S
        raise Gone

    def _bootloader(self):
        self.plugged = False
        self.waits_for_image = True
        raise Gone

    @contextlib.contextmanager
    def _its_modules(self):
        name = "Raspberry Pi Pico" if self.release is None else "Fengsui Box"
        machine = f"{name} with {self.chip.upper()}"
        with (
            mock.patch.dict(sys.modules),
            mock.patch.object(sys.implementation, "_machine", machine, create=True),
            mock.patch.object(time, "sleep_ms", create=True),
        ):
            for module in [*sys.modules]:
                if module.startswith("boards."):
                    del sys.modules[module]
            sys.modules.update(self._stand_ins())
            if self.release is not None:
                self._point_at_our_folder()
            yield

    def _stand_ins(self):
        machine = mock.MagicMock()
        machine.unique_id = lambda: bytes.fromhex(self.unique_id)
        machine.reset, machine.bootloader = self._reset, self._bootloader
        hardware = SimpleNamespace(build=self._build, usual_settings=usual_settings)
        found = {
            "machine": machine,
            "rp2": SimpleNamespace(Flash=self._opened_flash),
            "vfs": SimpleNamespace(VfsLfs2=_file_system(self), mount=lambda *_: None),
            "boards.rp2.hardware": hardware,
            "boards.pico_box.hardware": hardware,
        }
        if self.release is not None:
            found["release"] = _module(self.release)
        return found

    def _point_at_our_folder(self):
        from boards.rp2 import files  # noqa: PLC0415 - another one each time

        files.SETTINGS = f"{self.files}/settings.json"

    def _opened_flash(self, start=0, len=None):
        return _Part(self.flash, start // _SECTOR)

    def _build(self, _wiring):
        if self.complaint:
            raise ValueError(self.complaint)


class _Part:
    """rp2.Flash(start=…): blocks count from there."""

    def __init__(self, flash, first):
        self._flash = flash
        self._first = first

    def readblocks(self, block, buffer, offset=0):
        self._flash.readblocks(self._first + block, buffer, offset)

    def writeblocks(self, block, data, offset):
        self._flash.writeblocks(self._first + block, data, offset)

    def ioctl(self, request, block):
        return self._flash.ioctl(request, self._first + block)


def _file_system(pico):
    """Return the class vfs.VfsLfs2: its files are in a folder, its superblock is on flash."""

    class VfsLfs2:
        def __init__(self, device, progsize):
            superblock = bytearray(len(_SUPERBLOCK))
            device.readblocks(0, superblock)
            if superblock != _SUPERBLOCK or progsize != len(_SUPERBLOCK):
                raise OSError(19, "no such device")

        @staticmethod
        def mkfs(device, progsize):
            device.ioctl(6, 0)
            device.writeblocks(0, _SUPERBLOCK, 0)
            pico.files.mkdir()

    return VfsLfs2


def usual_settings(board):
    return {"board": {"name": board, "amplifier": {"map": "line_60w"}, "sbd": {"baud": 19_200}}}


def _module(release):
    module = ModuleType("release")
    for name in ("version", "software", "board", "chip", "schema"):
        setattr(module, name.upper(), getattr(release, name))
    return module
