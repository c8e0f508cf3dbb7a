"""One road to the county: a modem, what its carrier is like, and whether it still answers."""

from drivers.outcomes import REFUSED, UNKNOWN, Outcome
from firmware.budget import Budget
from firmware.lanes import Lanes
from firmware.pieces_out import PiecesOut
from firmware.recent import Recent
from firmware.roads import KINDS
from protocol import containers, frame
from protocol.compat import const

_ROUTINE = const(4)  # from this priority on a message is routine
_PROBE_MS = const(10_000)
_MOST_RECENT = const(64)


class Bearer:
    """kind is a key of firmware.roads.KINDS; limits, if given, are the county's own for a day."""

    def __init__(self, name, kind, modem, clock, limits=None):
        self.name = name
        self.kind = KINDS[kind]
        self.lanes = Lanes(name)
        self.budget = Budget(limits or self.kind.budget, self.kind.grain_bytes, clock)
        self.replies = []  # small frames that are not Slips, such as our own Acks
        self.pieces = PiecesOut(self.kind.mtu, self.kind.elided)  # of frames longer than the mtu
        self._modem = modem
        self._clock = clock
        self._unanswered_since = None
        self._last_send = None
        self._last_routine = None
        self._heard = False
        self._recent = Recent(_MOST_RECENT, frame.NAME_BYTES)  # the frames that came this way

    async def send(self, header, protected, in_full=False):
        """Carry one frame, or its first piece if it is too long; return drivers.outcomes.Outcome.

        in_full: with its address, also where the carrier should name this Box.  The other pieces
        of a long frame are owed then: send_piece() is asked for them, one by one.
        """
        data = self._dressed(header, protected, in_full)
        if len(data) <= self.kind.mtu:
            return await self._send(data)
        return await self._send_in_pieces(header, protected)

    async def send_together(self, members):
        """Carry several frames, each (header, protected, in_full), as one; return the Outcome."""
        return await self._send(containers.pack([self._dressed(*one) for one in members]))

    async def send_piece(self):
        """Carry the most urgent piece that is owed; return its Outcome."""
        return await self._send_piece_of(self.pieces.first())

    async def receive(self):
        """Wait for the next payload from the county; DriverError flies on."""
        return await self._modem.receive()

    def heard(self, epoch, seq):
        """Something genuine came this way: the road works, unless it was played back.

        A number lower than before is taken too: a county restored from a copy counts anew.
        """
        name = frame.name(epoch, seq)
        if name not in self._recent:
            self._recent.put(name)
            self._heard = True
            self._unanswered_since = None

    def up(self):
        """Return whether the county was heard this way and has not fallen silent."""
        return self._heard and not self.silent()

    def silent(self):
        """Return whether nothing has answered our sends for longer than is usual."""
        since = self._unanswered_since
        return since is not None and self._clock.since_ms(since) > self.kind.patience_ms

    def spares(self, priority):
        """Return whether a message of this priority is too routine to be paid for just now."""
        last = self._last_routine
        if priority < _ROUTINE or last is None:
            return False
        return self._clock.since_ms(last) < self.kind.routine_ms

    def wait_ms(self):
        """Return how long the carrier makes the next send wait, in ms."""
        return self._modem.wait_ms()

    def may_probe(self):
        """Return whether a silent road should be tried with something new again."""
        return self._last_send is None or self._clock.since_ms(self._last_send) > _PROBE_MS

    def _dressed(self, header, protected, in_full):
        """Return the frame as this road takes it; that it is on its way is noted."""
        now = self._clock.ticks_ms()
        if header.ack_wanted and self._unanswered_since is None:
            self._unanswered_since = now
        self._last_send = now
        if header.priority >= _ROUTINE:
            self._last_routine = now
        return frame.write(header, protected, self.kind.elided and not in_full)

    async def _send(self, data):
        outcome = await self._modem.send(data)
        if outcome.word != REFUSED:
            self.budget.spend(len(data))
        return outcome

    async def _send_in_pieces(self, header, protected):
        """Begin with a long frame; refused, it was surely not sent, and nothing more is owed."""
        try:
            owed = self.pieces.owe(header, protected)
        except frame.BadFrame as why:
            return Outcome(REFUSED, str(why))
        outcome = await self._send_piece_of(owed)
        if outcome.word == REFUSED:
            self.pieces.forget(header.seq)
            return outcome
        return Outcome(UNKNOWN, "a piece of it went")

    async def _send_piece_of(self, owed):
        outcome = await self._send(self.pieces.fragment(owed))
        if outcome.word != REFUSED:
            self.pieces.went(owed)
        return outcome
