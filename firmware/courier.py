"""Carry Slips to the county over whichever roads work, and claim nothing before its Ack.

Life goes on every road at once.  The rest takes the cheapest road that still answers; a
silent road is probed, and what it left unanswered goes by the next.
"""

from drivers.errors import DriverError
from drivers.outcomes import REFUSED, SENT, Outcome
from firmware import packing
from protocol.compat import const

_LOOK_MS = const(200)
_BREATH = const(32)  # Slips looked at before the others have their turn
_MOST_REPLIES = const(8)
_MOST_ELIDED = const(3)  # then the county may not know whose modem this is
_ANXIOUS = const(1)  # up to this priority a carrier's word is not relied on for long
_MOST_ANXIOUS_MS = const(300_000)
_LEAST_REST_MS = const(1_000)


class Courier:
    """One carrying service per Bearer; bearers are kept cheapest first."""

    def __init__(self, outbox, bearers, timekeeper, clock, journal):
        self._outbox = outbox
        self._bearers = sorted(bearers, key=_cost)
        self._timekeeper = timekeeper
        self._clock = clock
        self._journal = journal
        outbox.before_forgetting(self._settled)

    def reply(self, bearer, header, protected):
        """Send this once on this road, as soon as it is free; nothing is lost if it is."""
        bearer.replies = bearer.replies[1 - _MOST_REPLIES :]
        bearer.replies.append((header, protected))

    def more(self, bearer, epoch, seq, missing):
        """The county has some pieces of this frame from this road and lacks so many."""
        slip = self._outbox.handed_over(epoch, seq)
        if slip is not None:
            bearer.pieces.owe_more(*self._outbox.hand_over(slip), missing)

    def carrying(self, bearer):
        """Return the service that carries on this road."""

        async def run():
            refusals = 0
            while True:
                outcome = await self._carry_one(bearer)
                if outcome is None or outcome.word != REFUSED:
                    refusals = 0
                    await self._clock.sleep_ms(_LOOK_MS if outcome is None else 0)
                    continue
                self._journal.note(bearer.name, "refused: " + outcome.reason)
                await self._rest(self._rest_ms(bearer, refusals))
                refusals += 1

        return run

    async def _carry_one(self, bearer):
        """Send what is most due on this road; return its Outcome, or None if nothing is."""
        if bearer.wait_ms():
            return None
        if bearer.replies:
            return await bearer.send(*bearer.replies.pop(0))
        due = await self._all_due(bearer)
        first = bearer.lanes.first(due, self._clock.uptime_s())
        if first is not None:
            return await self._carry(self._loaded(first, due, bearer), bearer)
        return await bearer.send_piece() if bearer.pieces else None

    async def _all_due(self, bearer):
        """Return the Slips that may go this way now, the oldest first.

        What was begun in pieces is ended first, but for life.
        """
        due = []
        for i, slip in enumerate(list(self._outbox)):
            if (slip.priority == 0 or not bearer.pieces) and self._due(slip, bearer):
                due.append(slip)
            if i % _BREATH == _BREATH - 1:
                await self._clock.sleep_ms(0)
        return [slip for slip in due if slip.waits]

    def _due(self, slip, bearer):
        if slip.rests(bearer.name, self._clock) or bearer.spares(slip.priority):
            return False
        if not bearer.budget.allows(slip.priority, self._frame_bytes(slip, bearer)):
            return False
        if slip.priority == 0 or slip.tries(bearer.name):
            return True
        if bearer.silent():
            return bearer.may_probe()
        return all(cheaper.silent() for cheaper in self._cheaper_than(bearer))

    def _loaded(self, first, due, bearer):
        """Return first and what may ride along with it at no price of its own."""
        count = self._frame_bytes(first, bearer)
        if not bearer.kind.grain_bytes or count > bearer.kind.mtu:
            return [first]
        load = packing.Load(bearer.kind, count)
        riders = [s for s in due if s is not first and load.takes(self._frame_bytes(s, bearer))]
        return [first] + riders

    async def _carry(self, slips, bearer):
        """Hand these over and send them in one message of the carrier's; return its Outcome."""
        try:
            handed_over = await self._all_handed_over(slips, bearer)
        except DriverError as why:
            return Outcome(REFUSED, str(why))
        members = [member for _, member in handed_over]
        if len(members) == 1:
            outcome = await bearer.send(*members[0])
        else:
            outcome = await bearer.send_together(members)
        if outcome.word != REFUSED:
            for slip, _ in handed_over:
                self._went(slip, bearer, outcome.word == SENT)
        return outcome

    async def _all_handed_over(self, slips, bearer):
        """Return [(Slip, member of a pack)]; a rider that no longer waits stays behind."""
        handed_over = []
        for slip in slips:
            if handed_over:
                await self._clock.sleep_ms(0)  # a Pico that writes keeps all others waiting
            if slip.waits:
                handed_over.append((slip, self._handed_over(slip, bearer)))
        return handed_over

    def _handed_over(self, slip, bearer):
        """Return (header, protected, whether its address goes along)."""
        is_new = slip.seq is None
        header, protected = self._outbox.hand_over(slip)
        if is_new:  # an answer to an earlier send of it would set the clock wrong
            self._timekeeper.asked(slip.epoch, slip.seq)
        return header, protected, self._in_full(slip, bearer)

    def _went(self, slip, bearer, is_sent):
        """Note until when its Ack is awaited; a carrier's word only lengthens that."""
        kind, tries = bearer.kind, slip.tries(bearer.name)
        rest_ms = _nth(kind.retry_ms, tries)
        if is_sent and kind.carried_ms:
            slip.carried = True
            rest_ms = _nth(kind.carried_ms, tries)
            if slip.priority <= _ANXIOUS:
                rest_ms = min(rest_ms, _MOST_ANXIOUS_MS)
        slip.went(bearer.name, self._clock.ticks_ms(), rest_ms)

    async def _rest(self, rest_ms):
        """Leave a road alone that refused; a new call is tried even so."""
        calls, began = self._outbox.for_life, self._clock.ticks_ms()
        while self._outbox.for_life == calls and self._clock.since_ms(began) < rest_ms:
            await self._clock.sleep_ms(_LOOK_MS)

    def _rest_ms(self, bearer, refusals):
        """Boxes that lost one carrier must not call in step: the clock's last digits are dice."""
        most_ms = _nth(bearer.kind.rest_ms, refusals)
        if refusals >= len(bearer.kind.rest_ms) - 1:
            return most_ms
        return _LEAST_REST_MS + self._clock.ticks_ms() % (most_ms - _LEAST_REST_MS)

    def _settled(self, slip):
        """The county has it: no more of its pieces is owed."""
        for bearer in self._bearers:
            bearer.pieces.forget(slip.seq)

    def _frame_bytes(self, slip, bearer):
        return packing.frame_bytes(slip, bearer.kind.elided and not self._in_full(slip, bearer))

    def _in_full(self, slip, bearer):
        return slip.tries(bearer.name) >= _MOST_ELIDED

    def _cheaper_than(self, bearer):
        return self._bearers[: self._bearers.index(bearer)]


def _cost(bearer):
    return bearer.kind.cost


def _nth(values, n):
    return values[min(n, len(values) - 1)]
