"""The power of a board, which fails when its flash chip says so."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests import fakes
from tests.fakes import NorFlash
from tests.village import Power, PowerCut


class Supply(Power):
    """The chip, for as long as one start of the board has power; then running is cleared."""

    def __init__(self, chip: NorFlash, running: asyncio.Event):
        super().__init__()
        self.failed = asyncio.Event()
        self._running = running
        self._chip = chip

    def readblocks(self, *arguments: Any) -> None:
        self.check()
        self._chip.readblocks(*arguments)

    def writeblocks(self, *arguments: Any) -> None:
        self._operate(self._chip.writeblocks, *arguments)

    def ioctl(self, *arguments: Any) -> None:
        self._operate(self._chip.ioctl, *arguments)

    def _operate(self, action: Callable[..., Any], *arguments: Any) -> None:
        self.check()
        try:
            action(*arguments)
        except fakes.PowerCut:
            self.on = False
            self._running.clear()
            self.failed.set()
            raise PowerCut() from None
