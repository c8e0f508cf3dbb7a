"""Carry Slips to the county over whichever roads work, and claim nothing before its Ack.

Life goes on every road at once.  The rest takes the cheapest road that still answers; a
silent road is probed, and what it left unanswered goes by the next.
"""

from drivers.errors import DriverError
from drivers.outcomes import REFUSED, Outcome
from protocol.compat import const

_LOOK_MS = const(200)
_MOST_REPLIES = const(8)
_MOST_ELIDED = const(3)  # then the county may not know whose modem this is


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
                await self._clock.sleep_ms(_nth(bearer.kind.rest_ms, refusals))
                refusals += 1

        return run

    async def _carry_one(self, bearer):
        """Send what is most due on this road; return its Outcome, or None if nothing is.

        What was begun in pieces is ended first, but for life.
        """
        if bearer.replies:
            return await bearer.send(*bearer.replies.pop(0))
        for slip in self._outbox.waiting():
            if bearer.pieces and slip.priority > 0:
                break
            if self._due(slip, bearer):
                return await self._carry(slip, bearer)
        return await bearer.send_piece() if bearer.pieces else None

    async def _carry(self, slip, bearer):
        is_new = slip.seq is None
        try:
            header, protected = self._outbox.hand_over(slip)
        except DriverError as why:
            return Outcome(REFUSED, str(why))
        if is_new:  # an answer to an earlier send of it would set the clock wrong
            self._timekeeper.asked(slip.epoch, slip.seq)
        count = slip.tries.get(bearer.name, (0, 0))[0]
        outcome = await bearer.send(header, protected, count >= _MOST_ELIDED)
        if outcome.word != REFUSED:
            slip.tries[bearer.name] = (count + 1, self._clock.ticks_ms())
        return outcome

    def _settled(self, slip):
        """The county has it: no more of its pieces is owed."""
        for bearer in self._bearers:
            bearer.pieces.forget(slip.seq)

    def _due(self, slip, bearer):
        if bearer.spares(slip.priority):
            return False
        if bearer.name in slip.tries:
            count, ticks = slip.tries[bearer.name]
            return self._clock.since_ms(ticks) >= _nth(bearer.kind.retry_ms, count - 1)
        if slip.priority == 0:
            return True
        if bearer.silent():
            return bearer.may_probe()
        return all(cheaper.silent() for cheaper in self._cheaper_than(bearer))

    def _cheaper_than(self, bearer):
        return self._bearers[: self._bearers.index(bearer)]


def _cost(bearer):
    return bearer.kind.cost


def _nth(values, n):
    return values[min(n, len(values) - 1)]
