"""Lets an order in once, if it is timely, unseen, permitted and genuine.

Cheap questions come before the signature, which takes most of a second on a small board;
verifying is rationed per road, so that a stranger's flood on one road does not keep a
genuine order on another waiting.  No state moves before a proof succeeds.
"""

import asyncio
import hashlib

from drivers.errors import DriverError
from firmware.recent import Recent
from protocol import calendar, frame, messages, proof
from protocol.compat import const
from protocol.keyring_file import TO_ALL, TO_GROUP, TO_ONE
from protocol.schema import DOWN, RANK

_BUCKET = const(3)  # verifications a road may ask for at once,
_REFILL_MS = const(4_000)  # and how soon it earns another
_MOST_QUEUED = const(4)
_MOST_DIGESTS = const(64)
_DIGEST_BYTES = const(8)
_ROOT = const(0)  # the slot of the county's root key


class Refused(Exception):
    """These bytes will not be acted on; the reason is the argument."""


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
    """verifier is protocol.ed25519.Verifier's shape; site is Settings."""

    def __init__(self, keyring, verifier, ledger, timekeeper, announcer, site, clock, journal):
        self._keyring = keyring
        self._verifier = verifier
        self._ledger = ledger
        self._timekeeper = timekeeper
        self._announcer = announcer
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
            genuine = await self._genuine(header, message, body, signature)
            if not genuine:
                raise Refused("not signed by the county")
            self._check(header, message)
            self._admit(header, message, body)
        except Refused as why:
            self._journal.note(road, why)
        except DriverError as why:
            self._journal.note(road, "not taken: " + str(why))
            self._digests.forget(_digest(header, protected))  # it may be tried again
        for line in told(genuine) if told else ():
            self._journal.note(road, line)

    async def _genuine(self, header, message, body, signature):
        """Drive the verification; every step gives the other services their turn."""
        key = self._keyring.slot(message.slot).public_key
        signed = proof.to_be_signed(self._keyring.realm, header, body)
        steps = self._verifier.verify_steps(key, signed, signature)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            await self._clock.sleep_ms(0)

    def _admit(self, header, message, body):
        if type(message) not in (messages.Order, messages.Cancel):
            name = type(message).__name__
            raise Refused("genuine, but this Box cannot act on it yet: " + name)
        order_id = calendar.order_id(message.slot, header.seq)
        if type(message) is messages.Cancel:
            self._announcer.withdraw(message.order)
            self._ledger.close(order_id)
        else:
            drill = self._keyring.slot(message.slot).drill
            if not drill:
                self._timekeeper.witnessed(message.issued)
            self._ledger.admit(order_id, bytes((drill,)) + body)
            self._announcer.offer(order_id, message, drill)
        self._announcer.report("verified", order_id)

    def _check(self, header, message):
        """Raise Refused for everything that can be told without the signature."""
        slot = self._keyring.slot(message.slot)
        if slot is None:
            raise Refused("not permitted: no such key slot")
        if not slot.targets & _target_kind(header.address):
            raise Refused("not permitted: this slot may not speak to so many")
        if self._ledger.known(calendar.order_id(message.slot, header.seq)):
            raise Refused("seen before")
        if type(message) is messages.Cancel:
            self._check_withdrawal(message, message.order)
        elif type(message) is messages.Order:
            self._check_order(slot, header, message)
        else:
            _check_office(header, message)

    def _check_order(self, slot, header, order):
        if not slot.ranks >> RANK.index(order.rank) & 1:
            raise Refused("not permitted: this slot has no such rank")
        if order.areas is not None and self._site.area not in order.areas:
            raise Refused("for another area")
        if order.replaces is not None:
            self._check_replacement(header, order)
        if self._timekeeper.outdated(order):
            raise Refused("late")

    def _check_replacement(self, header, order):
        self._check_withdrawal(order, order.replaces)
        if order.replaces >= calendar.order_id(order.slot, header.seq):
            raise Refused("not permitted: only an earlier order is replaced")

    def _check_withdrawal(self, message, order_id):
        if order_id[0] != message.slot:
            raise Refused("not permitted: a slot withdraws only its own orders")


def _check_office(header, message):
    """Raise Refused for what would change this Box itself and comes from a slot that may not."""
    kind = type(message)
    if kind is messages.Keys and message.slot != _ROOT:
        raise Refused("not permitted: keys come from the root only")
    if kind is messages.Image:
        raise Refused("not permitted: this slot gives orders, not images")
    if kind is messages.Settings and header.address == frame.EVERYBODY:
        raise Refused("not permitted: settings are for one Box or group")


def _digest(header, protected):
    return hashlib.sha256(frame.canonical(header) + protected).digest()[:_DIGEST_BYTES]


def _target_kind(address):
    if address == frame.EVERYBODY:
        return TO_ALL
    return TO_GROUP if frame.FIRST_GROUP <= address <= frame.LAST_GROUP else TO_ONE
