"""The Box of a chaotic village: its power fails at an operation on flash, and comes back."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from drivers.outcomes import SENT, Outcome
from firmware.box import assemble
from firmware.supervisor import supervise
from host_tools import crypto
from protocol import keyring_file, keys
from tests.chaos.link import ROADS, Link
from tests.chaos.log import LoggedOutbox
from tests.chaos.supply import Supply
from tests.chaos.virtual import Time
from tests.fakes import Mailbox, NorFlash
from tests.host import gateway_county
from tests.quiet_board import BLOCKS, QuietBoard, cells
from tests.village import UNIQUE_ID, BoardClock, PowerCut

ADDRESS = 0x1234
HEARTBEAT_S = 30
_SOON = 60  # operations on flash, within which a power cut comes
_LONGEST_DARK_S = 20.0


class Box:
    """One Box, start after start, on the same chip; deliver[road](data) takes what arrives."""

    def __init__(
        self, outbox: type[LoggedOutbox], links: dict[str, Link],
        deliver: dict[str, Callable[[bytes], None]], dice: random.Random,
    ):  # fmt: skip
        self.running = asyncio.Event()
        self.cuts = self._cuts_to_come = 0
        self.outbox: Any = None
        self._outbox_type = outbox
        self._links = links
        self._deliver = deliver
        self._dice = dice
        self._chip = NorFlash(BLOCKS)
        self._modems: dict[str, Modem] = {}
        for cell in cells(self._chip):
            cell.write(keyring_file.write(_keyring()))

    async def run(self) -> None:
        """Start, and after each power cut start again."""
        while True:
            await self._live()
            self.cuts += 1
            self._cuts_to_come -= 1
            await asyncio.sleep(self._dice.uniform(1, _LONGEST_DARK_S))
            self._chip.on()
            self._arm()

    def cut_soon(self) -> None:
        """The power fails at one of the next operations on flash, torn or before it began."""
        self._cuts_to_come += 1
        if self._cuts_to_come == 1:
            self._arm()

    def hear(self, road: str, data: bytes) -> None:
        """Something arrives from the county; a Box without power hears nothing."""
        if self.running.is_set():
            self._modems[road].put(data)

    def _arm(self) -> None:
        if self._cuts_to_come:
            self._chip.fail(self._dice.randint(1, _SOON), torn=self._dice.random() < 0.5)

    async def _live(self) -> None:
        """From the first instruction to a power cut."""
        supply = Supply(self._chip, self.running)
        try:
            clock = BoardClock(Time(), supply)
            board = QuietBoard(clock, supply, self._roads(clock), HEARTBEAT_S)
            box = self._assembled(board, supply)
        except PowerCut:
            return
        serving = asyncio.create_task(supervise(box, clock, board.watchdog))
        self.running.set()
        await supply.failed.wait()
        serving.cancel()
        await asyncio.wait([serving])

    def _roads(self, clock: BoardClock) -> tuple[Any, ...]:
        for name, road in ROADS.items():
            self._modems[name] = Modem(road.send_ms, self._links[name], self._deliver[name], clock)
        return tuple((name, name, modem) for name, modem in self._modems.items())

    def _assembled(self, board: QuietBoard, supply: Supply) -> Any:
        """Return the Box with the county's fast cipher and an Outbox that is listened to."""

        def outbox(*parts: Any) -> Any:
            self.outbox = self._outbox_type(supply, *parts)
            return self.outbox

        with patch("firmware.box.ccm", crypto), patch("firmware.box.Outbox", outbox):
            return assemble(board)


class Modem(Mailbox):
    """Believes all that it sent to be on its way."""

    def __init__(self, send_ms: int, link: Link, deliver: Callable[[bytes], None], clock: Any):
        super().__init__()
        self._send_ms = send_ms
        self._link = link
        self._deliver = deliver
        self._clock = clock

    async def send(self, data: bytes) -> Outcome:
        await self._clock.sleep_ms(self._send_ms)
        self._link.carry(data, self._deliver)
        return Outcome(SENT, "")


def _keyring() -> Any:
    root = keys.box_root(gateway_county.MASTER, gateway_county.REALM, ADDRESS, 1)
    roots = (gateway_county.PUBLIC.root_public_key, b"")
    return keyring_file.Keyring(UNIQUE_ID, ADDRESS, 1, gateway_county.REALM, root, 0, 0, roots, ())
