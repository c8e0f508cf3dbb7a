"""From bytes off a road to the service they are for; what is not right is one Journal line."""

from drivers.errors import DriverError
from firmware.authority import Refused
from firmware.pieces_in import PiecesIn
from firmware.recent import Recent
from protocol import acks, containers, frame, messages, proof
from protocol.compat import const
from protocol.schema import DOWN, UP

_AFTER_TROUBLE_MS = const(1_000)
_MOST_ANSWERED = const(16)


class Intake:
    """One listening service per Bearer; asked has what a Query makes this Box do, by its word."""

    def __init__(self, keyring, site, outbox, courier, gatekeeper, call_points, timekeeper, asked):
        self._keyring = keyring
        self._site = site
        self._outbox = outbox
        self._courier = courier
        self._gatekeeper = gatekeeper
        self._call_points = call_points
        self._timekeeper = timekeeper
        self._asked = asked
        self._acknowledging = []  # the steps of each Ack: a Pico takes some 30 ms for a Slip
        self._last_query = (0, 0)  # epoch and SEQ: played back, a question is not answered again
        self._answered = Recent(_MOST_ANSWERED, frame.NAME_BYTES, frame.NAME_BYTES)
        self.pieces = PiecesIn(self._named_by, self._check, self._frame, self._ask)

    def listening(self, bearer, clock, journal):
        """Return the service that listens on this road."""

        async def run():
            while True:
                try:
                    payload = await bearer.receive()
                except DriverError as why:
                    journal.note(bearer.name, why)
                    await clock.sleep_ms(_AFTER_TROUBLE_MS)
                    continue
                for why in self.take_steps(payload, bearer):
                    if why is not None:
                        journal.note(bearer.name, why)
                    await clock.sleep_ms(0)

        return run

    def take_steps(self, payload, bearer):
        """In steps, act on all frames in a carrier payload; yield why one is refused, or None."""
        is_piece = frame.is_fragment(payload)
        try:
            frames = [payload] if is_piece else containers.unpack(payload)
        except ValueError as why:
            yield "refused: " + str(why)
            return
        for data in frames:
            try:
                if is_piece:
                    yield from self.pieces.take(data, bearer)
                else:
                    self._frame(data, bearer)
                    yield None
                while self._acknowledging:
                    yield from self._acknowledging.pop(0)
            except (ValueError, Refused, DriverError) as why:
                yield "refused: " + str(why)

    def _frame(self, data, bearer, told=None):
        """Act on one frame; return whether its proof is still to be done, and told of."""
        header, protected = frame.read(data, self._named_by(bearer))
        self._check(header, bearer)
        if header.mode == frame.SIGNED:
            self._gatekeeper.offer(header, protected, bearer.name, told)
            return True
        self._sealed(header, protected, bearer)
        return False

    def _named_by(self, bearer):
        return self._keyring.address if bearer.kind.elided else None

    def _check(self, header, bearer):
        """Raise Refused or NotPermitted for what is not taken here, whatever its proof."""
        if header.direction != DOWN:
            raise Refused("an upward frame coming down")
        if not frame.is_for(header.address, self._keyring.address, self._site.groups):
            raise Refused("for another Box")
        proof.check_permitted(header)
        if header.mode == frame.LOCAL:
            raise Refused("a local frame, and this Box has no Station")
        if header.mode == frame.SEALED and header.address != self._keyring.address:
            raise Refused("sealed frames are for one Box")
        if header.mode == frame.SIGNED and not bearer.kind.bare_signed:
            raise Refused("a signed frame outside a Carry on this road")

    def _sealed(self, header, protected, bearer):
        body, epoch = self._keyring.unsealed(header, protected, self._outbox.epochs())
        message = messages.decode(DOWN, header.type, body)
        self._keyring.heard_in(epoch)
        bearer.heard(epoch, header.seq)
        self._act(message, epoch, header.seq, bearer)
        if header.ack_wanted and epoch == self._keyring.epoch:
            self._courier.reply(bearer, *self._ack_of(epoch, header.seq))

    def _act(self, message, epoch, seq, bearer):
        kind = type(message)
        if kind is messages.Ack:
            seqs = acks.read(message.acknowledged)
            self._acknowledging.append(self._outbox.acknowledged_steps(epoch, seqs))
        elif kind is messages.Carry:
            self._carried(message.frame, bearer)
        elif kind is messages.More:
            self._courier.more(bearer, epoch, message.seq, message.missing)
        elif kind is messages.Time:
            self._timekeeper.told(epoch, message)
        elif kind is messages.CallTaken or kind is messages.CallClosed:
            self._tell_call_points(message)
        elif kind is messages.Query and message.what in self._asked:
            self._answer(message.what, (epoch, seq))
        else:
            raise Refused("genuine, but this Box cannot act on it yet: " + kind.__name__)

    def _tell_call_points(self, message):
        for point in self._call_points:
            if type(message) is messages.CallTaken:
                point.taken(message.epoch, message.seq)
            else:
                point.closed(message.epoch, message.seq)

    def _answer(self, what, name):
        if name <= self._last_query:
            raise Refused("a question of before")
        self._last_query = name
        self._asked[what]()

    def _carried(self, data, bearer):
        header, protected = frame.read(data)
        if header.mode != frame.SIGNED or header.direction != DOWN:
            raise Refused("only signed frames travel in a Carry")
        if not frame.is_for(header.address, self._keyring.address, self._site.groups):
            raise Refused("for another Box")
        proof.check_permitted(header)
        self._gatekeeper.offer(header, protected, bearer.name)

    def _ask(self, bearer, seq, missing):
        """Ask the county for so many more pieces of a frame."""
        own_seq = self._keyring.next_seq()  # may raise the epoch, so it goes first
        more = messages.make("More", seq=seq, missing=missing)
        self._courier.reply(bearer, *self._upward(more, self._keyring.epoch, own_seq))

    def _ack_of(self, epoch, seq):
        """Return what tells the county that this frame came; lost, it will ask again.

        The same frame has the same Ack, so that one played back for ever uses up no numbers.
        """
        name = frame.name(epoch, seq)
        own = self._answered.get(name)
        if own is None:
            own_seq = self._keyring.next_seq()  # may raise the epoch, so it goes first
            own = frame.name(self._keyring.epoch, own_seq)
            self._answered.put(name, own)
        return self._upward(messages.Ack(acks.write([seq])[0]), *frame.named(own))

    def _upward(self, message, epoch, seq):
        """Return (header, protected) of a small message that nobody waits for."""
        row = messages.row_of(UP, message)
        header = self._keyring.header(row, False, row.priority, seq)
        return header, self._keyring.sealed(header, epoch, messages.encode(UP, message))
