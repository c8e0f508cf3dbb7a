"""One road under the contract: its driver at work, all that is sent and heard, and the judge."""

import asyncio

from drivers.errors import DriverError, NoReply
from drivers.outcomes import REFUSED, SENT, UNKNOWN
from tests.fakes import settle

_LISTENERS_REST_MS = 1_000
_POWER_BACK_MS = 2_000
_TRIES, _BETWEEN_TRIES_MS = 4, 30_000


class Road:
    def __init__(self, test, rig):
        self.rig = rig
        self.received = []
        self.troubles = []  # DriverErrors of receive()
        self._strange = []  # whatever else went wrong in a task
        self._given = []
        self._refused = []
        self._sends = 0
        self._arrived = asyncio.Event()
        self._test = test
        services = [service() for service in rig.services] + [self._listen()]
        self._tasks = [asyncio.create_task(self._kept(service)) for service in services]

    async def end(self):
        for task in self._tasks:
            task.cancel()
        await settle()

    async def send(self, data=None):
        """Send a message once the road may; judge how that ended and return the Outcome."""
        await self.rested()
        return await self.end_of(self.begin(data))

    async def rested(self):
        """Wait as long as the driver says that its carrier wants."""
        await self.rig.clock.advance(self.rig.modem.wait_ms())

    def begin(self, data=None):
        """Return a send that is under way, for end_of(); with line ends, as no line may be."""
        if data is None:
            self._sends += 1
            data = b"\r\n0\r\nOK\r\n%d" % self._sends
        return data, asyncio.create_task(self.rig.modem.send(data))

    async def end_of(self, send):
        data, task = send
        outcome = await self.rig.clock.outlast(_awaited(task), self.rig.SEND_MS)
        self._judge(data, outcome)
        return outcome

    async def works(self):
        """Soon a message goes and arrives."""
        for _ in range(_TRIES):
            if (await self.send()).word == SENT:
                return
            await self.rig.clock.advance(_BETWEEN_TRIES_MS)
        self._test.fail("it does not work again")

    async def replies(self):
        """Return how often the peer speaks while a message goes."""
        counter = self._spoil(None, None)
        await self.send()
        return self._mended(counter).said

    async def lose_modem(self):
        """Have the driver lose the modem, so that the next send must find it first."""
        self.rig.unplug()
        await self.send()
        self.rig.plug()

    async def send_spoilt(self, at, change):
        """Send a message while change(reply) is put in the place of one of the replies."""
        spoiler = self._spoil(at, change)
        outcome = await self.send()
        self._mended(spoiler)
        return outcome

    def damage(self, change):
        """Change what is written; return a list that gets what has been changed."""
        changed = []

        def damage(data):
            arrives = change(data)
            if arrives != data:
                changed.append(data)
            return arrives

        self.rig.line.damage = damage
        return changed

    def cut_power(self, _):
        """Instead of a reply: nothing, and a little later a modem that restarts."""
        self.rig.cut_power()
        self._tasks.append(asyncio.create_task(self._kept(self._restore_power())))
        return b""

    async def give(self, payload):
        """The county sends a payload; wait until it has arrived, or never will."""
        self._given.append(payload)
        self.rig.give(payload)
        await self.rig.clock.outlast(self._arrival(payload))

    async def given_spoilt(self, change):
        """Have payloads sent, each with another reply spoilt; return how many were changed."""
        counter = self._spoil(None, None)
        await self.give(b"payload %d" % len(self._given))
        changed = 0
        for at in range(self._mended(counter).said):
            spoiler = self._spoil(at, change)
            await self.give(b"payload %d" % len(self._given))
            changed += self._mended(spoiler).changed
        return changed

    async def give_up(self, at):
        """Begin to send a message and give it up once the peer has spoken so often, or at once."""
        reached = asyncio.Event()
        spoiler = self._spoil(at, lambda said: reached.set() or said)
        await self.rested()
        _, task = self.begin()
        await settle()
        if at >= 0:
            await self.rig.clock.outlast(reached.wait(), self.rig.SEND_MS)
        task.cancel()
        await settle()
        self._mended(spoiler)

    def check(self):
        """What must be so at the end of every story."""
        self._test.assertEqual(self._strange, [])
        self._test.assertEqual(self.rig.complaint(), "")
        delivered = self.rig.delivered()
        for data in self._refused:
            self._test.assertNotIn(data, delivered, "refused, and it arrived")
        for data in delivered:
            self._test.assertEqual(delivered.count(data), 1, "arrived twice")
        for payload in self.received:
            most = self._given.count(payload)
            self._test.assertLessEqual(self.received.count(payload), most, payload)

    def _judge(self, data, outcome):
        self._test.assertIn(outcome.word, (SENT, REFUSED, UNKNOWN))
        if outcome.word == SENT:
            self._test.assertIn(data, self.rig.had(), "sent, and the peer never had it")
            return
        self._test.assertTrue(outcome.reason, "no reason")
        if outcome.word == REFUSED:
            self._refused.append(data)

    def _spoil(self, at, change):
        spoiler = _Spoiler(at, change)
        if self.rig.line is not None:
            self.rig.line.spoil = spoiler
        return spoiler

    def _mended(self, spoiler):
        if self.rig.line is not None:
            self.rig.line.spoil = None
        return spoiler

    async def _arrival(self, payload):
        try:
            await self.rig.clock.within(self.rig.GIVE_MS, self._all_of(payload))
        except NoReply:
            pass

    async def _all_of(self, payload):
        while self.received.count(payload) < self._given.count(payload):
            self._arrived.clear()
            await self._arrived.wait()

    async def _listen(self):
        while True:
            try:
                self.received.append(await self.rig.modem.receive())
                self._arrived.set()
            except DriverError as why:
                self.troubles.append(why)
                await self.rig.clock.sleep_ms(_LISTENERS_REST_MS)

    async def _restore_power(self):
        await self.rig.clock.sleep_ms(_POWER_BACK_MS)
        self.rig.restore_power()

    async def _kept(self, service):
        try:
            await service
        except Exception as why:  # noqa: BLE001 - whatever it is, the test tells
            self._strange.append(repr(why))


class _Spoiler:
    """Counts what the peer says, and changes one saying."""

    def __init__(self, at, change):
        self.said = self.changed = 0
        self._at = at
        self._change = change

    def __call__(self, said):
        self.said += 1
        if self.said - 1 != self._at:
            return said
        arrives = self._change(said)
        self.changed += arrives != said
        return arrives


async def _awaited(task):
    return await task
