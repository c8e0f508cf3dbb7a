"""Lets an order in once, if it is timely, unseen, permitted and genuine.

Cheap questions come before the signature, which takes most of a second on a small board;
verifying is rationed per road, so that a stranger's flood on one road does not keep a
genuine order on another waiting.  No state moves before a proof succeeds.
"""

import asyncio
import hashlib

from drivers.errors import DriverError
from firmware import authority
from firmware.authority import Refused
from firmware.recent import Recent
from protocol import calendar, frame, messages, proof
from protocol.compat import const
from protocol.keyring_file import ROOT_SLOT
from protocol.schema import DOWN

_BUCKET = const(3)  # verifications a road may ask for at once,
_REFILL_MS = const(4_000)  # and how soon it earns another
_MOST_QUEUED = const(4)
_MOST_DIGESTS = const(64)
_DIGEST_BYTES = const(8)


class Gate:
    """What one road may still ask for."""

    def __init__(self, clock):
        self.queue = []
        self._clock = clock
        self._tokens = _BUCKET
        self._since = clock.ticks_ms()

    def may_verify(self):
        """Return whether a verification may start now, having counted it."""
        earned = self._clock.since_ms(self._since) // _REFILL_MS
        if earned:
            self._tokens = min(_BUCKET, self._tokens + earned)
            self._since = self._clock.ticks_ms()
        if not self._tokens:
            return False
        self._tokens -= 1
        return True


class Gatekeeper:
    """verifier is protocol.ed25519.Verifier's shape; site is firmware.site.Site.

    deeds.do(header, message, body, public key) is called with what was proven.
    """

    def __init__(self, keyring, verifier, ledger, timekeeper, deeds, site, clock, journal):
        self._keyring = keyring
        self._verifier = verifier
        self._ledger = ledger
        self._timekeeper = timekeeper
        self._deeds = deeds
        self._site = site
        self._clock = clock
        self._journal = journal
        self._gates = {}
        self._digests = Recent(_MOST_DIGESTS, _DIGEST_BYTES)
        self._turn = 0
        self._asked = asyncio.Event()

    def offer(self, header, protected, road, told=None):
        """Queue a SIGNED frame for its proof, or raise Refused or another ValueError now.

        told(genuine) is called after the proof, and returns lines for the Journal.
        """
        body, _ = proof.split_signed(protected)
        message = messages.decode(DOWN, header.type, body)
        self._check(header, message)
        digest = _digest(header, protected)
        if digest in self._digests:
            raise Refused("seen before: these bytes are or were being verified")
        gate = self._gates.get(road)
        if gate is None:
            gate = self._gates[road] = Gate(self._clock)
        if len(gate.queue) >= _MOST_QUEUED:
            raise Refused("too many proofs asked for on this road")
        self._digests.put(digest)
        gate.queue.append((header, protected, told))
        self._asked.set()

    async def run(self):
        while True:
            road = self._next_road()
            if road is None:
                await self._rest()
                continue
            await self._prove(road, *self._gates[road].queue.pop(0))

    def _next_road(self):
        """Return a road with a proof to do and a token for it; roads take turns."""
        roads = sorted(self._gates)
        for i in range(len(roads)):
            road = roads[(self._turn + i) % len(roads)]
            if self._gates[road].queue and self._gates[road].may_verify():
                self._turn = self._turn + i + 1
                return road
        return None

    async def _rest(self):
        if any(gate.queue for gate in self._gates.values()):
            await self._clock.sleep_ms(100)
            return
        self._asked.clear()
        await self._asked.wait()

    async def _prove(self, road, header, protected, told):
        genuine = True
        body, signature = proof.split_signed(protected)
        message = messages.decode(DOWN, header.type, body)
        try:
            self._check(header, message)  # another road may have been quicker
            key = await self._signer(header, message, body, signature)
            genuine = key is not None
            if not genuine:
                raise Refused("not signed by the county")
            self._check(header, message)
            self._deeds.do(header, message, body, key)
        except Refused as why:
            self._journal.note(road, why)
        except DriverError as why:
            self._journal.note(road, "not taken: " + str(why))
            self._digests.forget(_digest(header, protected))  # it may be tried again
        for line in told(genuine) if told else ():
            self._journal.note(road, line)

    async def _signer(self, header, message, body, signature):
        """Return the public key that proves it, or None; the root's successor is asked too."""
        signed = proof.to_be_signed(self._keyring.realm, header, body)
        for key in self._keyring.public_keys(message.slot):
            if await self._genuine(key, signed, signature):
                return key
        return None

    async def _genuine(self, key, signed, signature):
        """Drive the verification; every step gives the other services their turn."""
        steps = self._verifier.verify_steps(key, signed, signature)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            await self._clock.sleep_ms(0)

    def _check(self, header, message):
        """Raise Refused for everything that can be told without the signature."""
        authority.check(self._keyring, header, message)
        if type(message) is messages.Image:
            raise Refused("not yet: this release takes no images from a road")
        if self._known(header, message):
            raise Refused("seen before")
        if type(message) is messages.Order:
            self._check_timely(message)

    def _known(self, header, message):
        """The next root's numbers are its own, and only the proof tells whose they are."""
        if message.slot == ROOT_SLOT and len(self._keyring.public_keys(ROOT_SLOT)) > 1:
            return False
        return self._ledger.known(calendar.order_id(message.slot, header.seq))

    def _check_timely(self, order):
        if order.areas is not None and self._site.area not in order.areas:
            raise Refused("for another area")
        if self._timekeeper.outdated(order):
            raise Refused("late")


def _digest(header, protected):
    return hashlib.sha256(frame.canonical(header) + protected).digest()[:_DIGEST_BYTES]
