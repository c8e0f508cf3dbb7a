"""A script from a file on the demo's stage: the deeds of people and of chance, line by line.

A counter-example of `make prove` is such a file.  Nothing here judges; the auditor does.
"""

import asyncio
from typing import Any

import httpx

from host_tools import orders
from host_tools.demo.attacker import neighbours
from host_tools.demo.lines import ROADS, Line
from host_tools.demo.roads import Road
from host_tools.demo.script import FLOOD, NOTICE, Play
from host_tools.demo.stage import ADDRESS, Stage
from host_tools.demo.watching import LOOK_S, Late, until

_QUIET_S = 60.0
_AGAIN_S = 30.0


class Player(Play):
    def __init__(self, stage: Stage, say: Any):
        Play.__init__(self, stage, say)
        self._last_order: bytes | None = None

    async def play(self, lines: list[Line]) -> None:
        """Do what the lines say, one after the other."""
        for line in lines:
            self._say(str(line))
            await getattr(self, "_line_" + line.deed)(line.what)

    async def make_good(self) -> None:
        """Mend both roads and let everything that waits arrive, so that all can be judged."""
        for road in ROADS:
            await self._line_mend(road)
        await self._line_duplicate("off")
        await self.closing()

    async def _line_press(self, button: str) -> None:
        await self._press(int(button))

    async def _line_order(self, rank: str) -> None:
        is_danger = rank == "danger"
        template = FLOOD if is_danger else NOTICE
        self._last_order = await self._ordered(template, rank, emergency=is_danger)

    async def _line_cancel(self, _: str) -> None:
        """Withdraw the last order; without one there is nothing to withdraw."""
        if self._last_order is not None:
            key = self._public, self._signer
            await self._submitted(orders.sign_cancel(*key, ADDRESS, self._last_order, "over"))

    async def _line_forge(self, _: str) -> None:
        """A genuine order with one bit changed, in a genuine envelope; it gets through a cut."""
        forged = neighbours(self._signed(FLOOD, "danger"))[0]
        datagram = self._attack().carried(forged)
        await self._stage.tell("road", f"inject down {datagram.hex()}")

    async def _line_cut(self, road: str) -> None:
        for one in self._named(road):
            await one.cut(self._stage.tell)

    async def _line_mend(self, road: str) -> None:
        for one in self._named(road):
            await one.restore(self._stage.tell)

    def _named(self, road: str) -> tuple[Road, ...]:
        """Return the network for "ip", for "sbd" the satellites of this stage."""
        network, *satellites = self._stage.roads
        return (network,) if road == "ip" else tuple(satellites)

    async def _line_duplicate(self, wanted: str) -> None:
        """By satellite each message goes once; the network carries some twice."""
        await self._stage.tell("road", f"duplicate {wanted}")

    async def _line_kill(self, name: str) -> None:
        """SIGKILL, and wait until it is there again."""
        await self._stage.kill(name)
        if name == "gateway":
            await self._page_again()

    async def _line_wait(self, seconds: str) -> None:
        await asyncio.sleep(float(seconds))

    async def _line_quiet(self, _: str) -> None:
        await until("a quiet Outbox", self._nothing_waits, _QUIET_S)

    async def _page_again(self) -> None:
        """Wait until the gateway answers people, or raise Late."""
        for _ in range(round(_AGAIN_S / LOOK_S)):
            try:
                await self._http.get("/")
                return
            except httpx.TransportError:
                await asyncio.sleep(LOOK_S)
        raise Late(f"waited {_AGAIN_S:.0f} s in vain for the gateway's page")
