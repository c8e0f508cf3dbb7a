"""Box, roads and county in one time, put where a story begins as often as one is told."""

import contextlib
from typing import NamedTuple

from protocol import messages, series
from tests.prove import flash
from tests.prove.air import UP, Air
from tests.prove.desk import ARRIVES, DUE, County, Database, Desk
from tests.prove.flash import Chip
from tests.prove.moment import Time, loop
from tests.prove.opened import opened
from tests.prove.village import Village, provisioned
from tests.prove.witness import Witness

LONGEST_WAIT_MS = 35_000  # longer than a Slip rests after its first send by satellite
WAITING = (b"S", b"L")  # first bytes of keys: firmware.outbox, firmware.ledger
CLOSED = b"F"  # firmware.ledger: what is over in a slot, three bytes each


class NotPossible(Exception):
    """This cannot be done in this state."""


class Stage:
    """What all worlds of a process share, one after the other: a loop, and the county's steps."""

    def __init__(self):
        self.loop = loop()
        self.county = County()

    def close(self):
        self.county.close()
        self.loop.close()


class Dawn(NamedTuple):
    """Where every story begins: the Box has spoken by IP, and the county knows where it is."""

    flash: bytes
    database: Database
    now_ms: int
    posts: tuple


class World:
    def __init__(self, stage, dawn):
        self._run = stage.loop.run_until_complete
        self.time = Time(dawn.now_ms)
        self.witness = Witness()
        self.witness.posts += dawn.posts
        self.air = Air(self.witness.notices)
        self.village = Village(Chip(dawn.flash), self.time, self.air, self.witness)
        self.desk = Desk(stage.county, dawn.database, self.time, self.air)
        self._found, self._found_at = None, -1
        self.power_on()

    def close(self):
        self._run(self.village.die())

    def settle(self):
        """Let everything happen at the Box that can happen in no time."""
        self._run(self.time.advance(0))

    def flash_found(self):
        """Return what a Box would find on its flash if it started now."""
        chip = self.village.chip
        if self._found_at != chip.operations:
            self._found, self._found_at = flash.found(chip), chip.operations
        return self._found

    def hand_over(self, parcel):
        """It arrives at its end of the road."""
        self.air.take(parcel)
        if parcel.way == UP:
            self.desk.does(ARRIVES, parcel)
        else:
            self.village.put(parcel)

    def power_on(self):
        self._run(self.village.start())
        self.settle()

    def power_returns(self):
        """What ran on the Box is gone; it starts again from its flash."""
        self._run(self.village.die())
        self.witness.cuts += 1
        self.power_on()

    def something_happens(self):
        """Let time pass until a payload goes out, a lamp changes or the power fails.

        Raises NotPossible where nothing of that comes.
        """
        seen, ends_ms = self._seen(), self.time.ticks_ms() + LONGEST_WAIT_MS
        while self._seen() == seen:
            due_ms = max(self.desk.database.due_ms, self.time.ticks_ms())
            if self._nothing_waits() and due_ms > ends_ms:
                raise NotPossible("nothing happens any more")
            self._run(self._village_lives(seen, min(due_ms, ends_ms)))
            if self._seen() == seen:
                self._county_is_next(due_ms, ends_ms)

    def _nothing_waits(self):
        """Return whether no message and no order is on the Box's flash."""
        _, items, _ = self.flash_found()
        return not any(key[:1] in WAITING for key, _ in items)

    def look_for_cancels(self):
        """Tell the witness which Cancels the Box has taken."""
        if not self.witness.cancels or self.village.chip.dead:
            return
        closed = [value for key, value in self.flash_found()[1] if key[:1] == CLOSED]
        for cancel in self.witness.cancels:
            if any(
                cancel[1:] == seqs[at : at + 3] for seqs in closed for at in range(0, len(seqs), 3)
            ):
                self.witness.cancel_taken(cancel, self.time.ticks_ms())

    async def _village_lives(self, seen, until_ms):
        while self._seen() == seen:
            if not await self.time.next(until_ms - self.time.ticks_ms()):
                return

    def _county_is_next(self, due_ms, ends_ms):
        if due_ms > ends_ms:
            raise NotPossible("nothing happens for long")
        self._run(self.time.advance(due_ms - self.time.ticks_ms()))
        self.desk.does(DUE)

    def _seen(self):
        shown = len(self.village.board.lamp.shown)
        return tuple(self.air.parcels), shown, self.village.chip.dead


def dawn(stage):
    """Return the end of the first day: the Box has reported once and was acknowledged."""
    first = World(stage, Dawn(provisioned(), stage.county.empty, 0, ()))
    with contextlib.closing(first):
        return _first_day(first)


def _first_day(first):
    first.village.post(report(0))
    first.something_happens()
    while first.air.parcels:
        first.hand_over(first.air.parcels[0])
        first.settle()
    image, posts = bytes(first.village.chip.image), tuple(first.witness.posts)
    return Dawn(image, first.desk.database, first.time.ticks_ms(), posts)


def report(gauge):
    """Return a routine report: five-minute values of the gauge with this number."""
    values = series.encode([1, 2, 3])
    return messages.make("Series", gauge=gauge, start=0, step_min=5, values=values, quality="good")


def name_of(parcel):
    """Return words for what is in the air: "ip up Call#9"."""
    said = opened(parcel.data, parcel.road == "sbd")
    whats = [f"{one.kind}#{one.name[2]}" for one in said]
    return f"{parcel.road} {parcel.way} {'+'.join(whats)}"
