"""The half-minute and the whole night: what happens on the stage, act by act.

Nothing here judges: acts do things and wait for them; the auditor decides afterwards.
"""

import asyncio
import json
import time
from typing import Any

import httpx

from host_tools import orders
from host_tools.demo.attacker import Attacker, neighbours
from host_tools.demo.stage import ADDRESS, OPERATOR, Stage
from host_tools.demo.watching import County, Lines, until
from host_tools.keys import store as keystore
from protocol import keys

FLOOD, NOTICE, RAIN = 17, 18, 19
SEEN_S = 2.5
TOKENS_BACK_S = 4.5  # a Box's road earns one verification each 4 s
OUTAGE_S = 20.0
_HEALTH = "SELECT health FROM boxes WHERE health IS NOT NULL"


class Play:
    """A script in progress on one stage; say(text) tells the audience."""

    def __init__(self, stage: Stage, say: Any):
        self._stage = stage
        self._say = say
        self._county = County(stage.database)
        self._journal = Lines(stage.folder / "box" / "journal.log")
        self._public = keystore.load_public(stage.county)
        self._signer = keystore.load_signing(stage.county, "live", stage.signing_passphrase)
        self._http = httpx.AsyncClient(base_url=stage.page, timeout=10)
        self._attacker: Attacker | None = None

    async def opening(self) -> None:
        """The Box starts, says so, and is told the time."""
        self._say("the Box starts and asks the county for the time")
        await until("a Boot that knows its minute", self._knows_the_time, 20)
        answer = await self._http.post(
            "/api/session", json={"name": OPERATOR, "password": self._stage.password}
        )
        answer.raise_for_status()

    async def call(self, button: int = 1) -> None:
        """A press, the county, a person: the lamp tells each step."""
        self._say(f"somebody presses button {button}")
        await self._press(button)
        call = await until("the call at the county", lambda: self._newest_call(button))
        self._say("the call is at the county; the duty officer takes it")
        await asyncio.sleep(SEEN_S)  # for the lamp's "delivered" to be seen
        await self._take(call)
        await until("the Box to say that it knows", self._taken_is_confirmed, 15)
        await asyncio.sleep(SEEN_S)
        await self._close(call)

    async def notice(self) -> None:
        self._say("a notice is ordered")
        await self._heard(await self._ordered(NOTICE, "notice"))

    async def danger_cuts_in(self) -> None:
        self._say("a long notice, and a danger order that cuts into it")
        notice = await self._ordered(NOTICE, "notice", repeats=3)
        await until("the notice to sound", lambda: self._county.began(notice))
        await asyncio.sleep(4)
        danger = await self._ordered(FLOOD, "danger", emergency=True)
        await self._heard(danger)
        await self._heard(notice)

    async def forgeries(self) -> None:
        """Forgeries, then the genuine frame beside them, then its replays."""
        self._say("forged orders arrive in genuine envelopes, each one bit away from a true one")
        genuine = self._signed(RAIN, "warning")
        attacker = self._attack()
        for forged in neighbours(genuine):
            await self._inject(attacker.carried(forged))
        await asyncio.sleep(TOKENS_BACK_S)
        self._say("the true one follows")
        order_id = await self._submitted(genuine)
        await self._heard(order_id)
        self._say("and is replayed")
        await asyncio.sleep(1.5)
        for _ in range(6):
            await self._inject(attacker.carried(genuine))

    async def late(self) -> None:
        """Orders that arrive after their end, then one still within it."""
        self._say("genuine orders arrive too late")
        issued = orders.minute(time.time()) - 20
        attacker = self._attack()
        for _ in range(6):
            await self._inject(attacker.carried(self._signed(RAIN, "warning", 10, issued)))
        self._say("the same order, valid for longer, is still in time")
        await self._heard(await self._submitted(self._signed(RAIN, "warning", 30, issued)))

    async def line_fault(self) -> None:
        self._say("the speaker line is broken: the Box must say failed, not played")
        await self._stage.tell("amplifier", "line open")
        await self._heard(await self._ordered(NOTICE, "notice"))
        await self._stage.tell("amplifier", "line ok")

    async def muted(self) -> None:
        self._say("right registers, silent loudspeaker: again failed, not played")
        await self._stage.tell("amplifier", "mute")
        await self._heard(await self._ordered(NOTICE, "notice"))
        await self._stage.tell("amplifier", "unmute")

    async def outage(self) -> None:
        """All roads cut; presses, a danger order and a kill -9 meanwhile; the sky back first."""
        self._say("a danger order begins, and all roads are cut")
        danger = await self._ordered(FLOOD, "danger", emergency=True)
        await until("the danger order to sound", lambda: self._county.began(danger))
        network, *satellites = self._stage.roads
        for road in self._stage.roads:
            await road.cut(self._stage.tell)
        await asyncio.sleep(2)
        self._say("button 2 is pressed in the dark, then the Box is killed with -9")
        await self._press(2)
        await asyncio.sleep(1)
        await self._stage.kill("box")
        await asyncio.sleep(4)
        self._say("it started again by itself; button 1 is pressed")
        await self._press(1)
        await asyncio.sleep(OUTAGE_S - 7)
        self._say("the satellite is back")
        for road in satellites:
            await road.restore(self._stage.tell)
        patience_s = min(road.patience_s for road in satellites)
        await until("both calls by satellite", self._both_called, patience_s)
        self._say("the network is back")
        await network.restore(self._stage.tell)
        await self._heard(danger, 30)
        await until("a quiet Outbox", self._nothing_waits, 40)

    async def closing(self) -> None:
        self._say("a last notice proves that all is as before")
        await self._heard(await self._ordered(NOTICE, "notice"))
        await until("a quiet Outbox", self._nothing_waits, 20)
        await self._http.aclose()

    async def scene_for_a_picture(self) -> None:
        """A night with something to look at: a cut notice, a fault, a call that waits."""
        await self.opening()
        await self.danger_cuts_in()
        await self.line_fault()
        await self.call(2)
        await self._press(1)
        await until("the call at the county", lambda: self._newest_call(1))
        await self._ordered(RAIN, "warning")
        await asyncio.sleep(SEEN_S)
        await self._http.aclose()

    async def _ordered(self, template: int, rank: str, **more: Any) -> bytes:
        """Sign and submit one order; return its id."""
        order = orders.compose(slot=self._signer.slot.number, rank=rank, template=template,
                               **{"repeats": 1, **more})  # fmt: skip
        return await self._submitted(orders.sign_order(self._public, self._signer, ADDRESS, order))

    def _signed(
        self, template: int, rank: str, valid_min: int = 30, issued: int | None = None
    ) -> bytes:
        order = orders.compose(slot=self._signer.slot.number, rank=rank, template=template,
                               repeats=1, valid_min=valid_min, issued=issued)  # fmt: skip
        return orders.sign_order(self._public, self._signer, ADDRESS, order)

    async def _submitted(self, signed_frame: bytes) -> bytes:
        answer = await self._http.post("/api/orders", json={"frame": signed_frame.hex()})
        answer.raise_for_status()
        return orders.id_in(signed_frame)

    async def _heard(self, order_id: bytes, within_s: float = 40) -> dict[str, Any]:
        """Wait for the closing report of this order."""
        named = orders.named(order_id)
        end = await until(
            f"the end of order {named}", lambda: self._county.finished(order_id), within_s
        )
        cause = f" ({end['cause']})" if end.get("cause") else ""
        self._say(f"order {named}: {end['outcome']}{cause}")
        return end

    async def _inject(self, datagram: bytes) -> None:
        """Send this to the Box and wait for the one line it writes about it."""
        before = self._journal.count("refused: ") + self._journal.count("not signed")
        await self._stage.tell("road", f"inject down {datagram.hex()}")
        await until(
            "the Box to refuse it",
            lambda: self._journal.count("refused: ") + self._journal.count("not signed") > before,
            10,
        )

    async def _press(self, button: int) -> None:
        await self._stage.tell("panel", f"press {button} 300")

    async def _take(self, call: int) -> None:
        (await self._http.post(f"/api/calls/{call}/take", json={})).raise_for_status()

    async def _close(self, call: int) -> None:
        answer = await self._http.post(f"/api/calls/{call}/close", json={"reason": "helped"})
        answer.raise_for_status()

    def _attack(self) -> Attacker:
        """Return the one attacker: even he uses no number twice."""
        if self._attacker is None:
            self._attacker = self._new_attacker()
        return self._attacker

    def _new_attacker(self) -> Attacker:
        stage = self._stage
        master = keystore.load_master(stage.county, stage.gateway_passphrase)
        issue = self._county.rows("SELECT issue FROM boxes WHERE address = ?", ADDRESS)[0][0]
        root = keys.box_root(master, self._public.realm, ADDRESS, issue)
        return Attacker(root, self._public.realm, ADDRESS, self._county.epoch(ADDRESS))

    def _newest_call(self, button: int) -> int | None:
        calls = self._county.calls(button)
        return calls[-1][0] if calls and calls[-1][1] == "open" else None

    def _knows_the_time(self) -> bool:
        return any(boot.get("started") for boot in self._county.fields("Boot"))

    def _both_called(self) -> bool:
        return all(self._newest_call(button) for button in (1, 2))

    def _taken_is_confirmed(self) -> bool:
        confirmed = "SELECT 1 FROM downlink WHERE type = 'CallTaken' AND state = 'confirmed'"
        return bool(self._county.rows(confirmed))

    def _nothing_waits(self) -> bool:
        """What the county knows of the Box says that only this report was waiting."""
        health = [json.loads(row[0]) for row in self._county.rows(_HEALTH)]
        return bool(health) and health[-1]["queue"] <= 1
