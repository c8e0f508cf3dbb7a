"""The board's USB side as a host sees it: a serial port, or a drive that takes an image."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from host_tools.build import uf2
from host_tools.problems import Problem
from host_tools.sim.chip.chip import Chip
from host_tools.sim.ptys import Pty

INFO = "INFO_UF2.TXT"
INFO_TEXT = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"


class UsbPort:
    """link leads to a pseudo-terminal as long as the board's port is there; drive is a folder
    that holds INFO_UF2.TXT as long as its boot ROM waits for a UF2 file there.
    """

    def __init__(self, chip: Chip, printed: Callable[[bytes], None], link: Path, drive: Path):
        self._chip = chip
        self._printed = printed
        self._link = link
        self._drive = drive
        self._terminal: Pty | None = None
        chip.console.on_data = self._say

    def look(self) -> None:
        """Plug and unplug what has come and gone since the last time."""
        chip = self._chip
        if chip.console.connected and self._terminal is None:
            self._terminal = Pty(chip.console.write, self._link)
        elif not chip.console.connected and self._terminal is not None:
            self.close()
        if chip.wants_image:
            self._offer_drive()
        elif (self._drive / INFO).exists():
            self._take_drive_away()

    def close(self) -> None:
        if self._terminal is not None:
            self._terminal.close()
            self._terminal = None

    def _say(self, data: bytes) -> None:
        self._printed(data)
        if self._terminal is not None:
            self._terminal.write(data)

    def _offer_drive(self) -> None:
        self._drive.mkdir(parents=True, exist_ok=True)
        if not (self._drive / INFO).exists():
            (self._drive / INFO).write_text(INFO_TEXT)
        for path in self._drive.glob("*.uf2"):
            with contextlib.suppress(Problem):  # not whole yet, or not for this chip
                image = uf2.load(path)
                if image.chip == "rp2040":
                    self._chip.take_image((part.start, part.content) for part in image.parts)
                    return

    def _take_drive_away(self) -> None:
        for path in self._drive.iterdir():
            path.unlink()
