"""One road to the county: a modem, what its carrier is like, and whether it still answers."""

from collections import namedtuple

from drivers.outcomes import REFUSED, UNKNOWN, Outcome
from firmware.pieces_out import PiecesOut
from firmware.recent import Recent
from protocol import frame
from protocol.compat import const

# mtu in bytes; cost orders the roads, cheapest first; elided: the carrier's identity names
# this Box; bare_signed: a SIGNED frame is taken without a Carry around it; patience_ms: a
# road that left sends unanswered for so long is silent; routine_ms: rest between two routine
# reports where every message is paid for;
# retry_ms: rest of a Slip after its n-th send; rest_ms: rest of the road after its n-th refusal.
Kind = namedtuple(
    "Kind",
    ("mtu", "cost", "elided", "bare_signed", "patience_ms", "routine_ms", "retry_ms", "rest_ms"),
)

KINDS = {
    "ip": Kind(
        1200,
        0,
        False,
        False,
        8_000,
        0,
        (2_000, 4_000, 8_000, 15_000, 30_000, 60_000),
        (2_000, 5_000),
    ),
    "sbd": Kind(
        340,
        10,
        True,
        True,
        120_000,
        900_000,
        (30_000, 60_000, 120_000, 300_000),
        (2_000, 4_000, 10_000, 30_000, 30_000, 300_000),
    ),
}

_ROUTINE = const(4)  # from this priority on a message is routine
_PROBE_MS = const(10_000)
_MOST_RECENT = const(64)


class Bearer:
    def __init__(self, name, kind, modem, clock):
        self.name = name
        self.kind = KINDS[kind]
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
        data = frame.write(header, protected, self.kind.elided and not in_full)
        if header.ack_wanted and self._unanswered_since is None:
            self._unanswered_since = self._clock.ticks_ms()
        self._last_send = self._clock.ticks_ms()
        if header.priority >= _ROUTINE:
            self._last_routine = self._last_send
        if len(data) <= self.kind.mtu:
            return await self._modem.send(data)
        return await self._send_in_pieces(header, protected)

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

    def may_probe(self):
        """Return whether a silent road should be tried with something new again."""
        return self._last_send is None or self._clock.since_ms(self._last_send) > _PROBE_MS

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
        outcome = await self._modem.send(self.pieces.fragment(owed))
        if outcome.word != REFUSED:
            self.pieces.went(owed)
        return outcome
