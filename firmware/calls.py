"""A call point: a press becomes a Call, and the lamp never says more than is so.

*Calling* once the Call is on flash, *delivered* once the county's Ack came, *taken* only on
the county's sealed CallTaken.  The state outlives a reset.
"""

from drivers import lamp as patterns
from drivers.errors import DriverError
from firmware.outbox import OutboxFull
from protocol import frame, messages
from protocol.compat import const
from protocol.schema import UP

IDLE, CALLING, DELIVERED, TAKEN = range(4)

_SHOWN = (patterns.OFF, patterns.CALLING, patterns.DELIVERED, patterns.TAKEN)
_ANXIOUS_MS = const(10_000)  # a press so soon after "taken" is the same person, still frightened
_PREFIX = b"C"


class CallPoint:
    """One button with its lamp; number and kind go into the Call."""

    def __init__(self, point, outbox, store, timekeeper, clock, journal):
        self._number, self._kind, self._button, self._lamp = point
        self._outbox = outbox
        self._store = store
        self._timekeeper = timekeeper
        self._clock = clock
        self._journal = journal
        self._key = _PREFIX + bytes((self._number,))
        self._state, self._call, self._slip = IDLE, None, None
        self._changed = clock.ticks_ms()
        self._recover()
        outbox.before_forgetting(self._delivered)

    @property
    def name(self):
        return "call point " + str(self._number)

    async def run(self):
        self._lamp.show(_SHOWN[self._state])
        while True:
            await self._button.pressed()
            if self._is_new() and self._press():
                await self._clock.sleep_ms(0)  # one more write would keep the others waiting
                self._journal.note(self.name, "pressed")
            await self._button.released()

    def taken(self, epoch, seq):
        """A person at the county took the call with this name."""
        if self._state in (CALLING, DELIVERED) and self._is_mine(epoch, seq):
            self._become(TAKEN, (epoch, seq))

    def closed(self, epoch, seq):
        """The call with this name is over, even if its Slip still waits for an Ack."""
        if self._state != IDLE and self._is_mine(epoch, seq):
            self._become(IDLE, (epoch, seq))

    def _is_new(self):
        """Return whether a press means a new call; one that rings already rings on."""
        if self._state == TAKEN:
            return self._clock.since_ms(self._changed) > _ANXIOUS_MS
        return self._state == IDLE

    def _press(self):
        """Keep a Call and show it; return whether it was kept."""
        call = messages.Call(self._number, self._kind, self._timekeeper.minute())
        try:
            self._slip = self._outbox.post(call)
        except (OutboxFull, DriverError) as why:
            self._journal.note(self.name, "call not kept: " + str(why))
            self._lamp.show(patterns.FAILED)
            return False
        self._become(CALLING, None)
        return True

    def _delivered(self, slip):
        """The county has this Slip: while it is still kept, remember what it was."""
        if slip is not self._slip:
            return
        if self._state == CALLING:
            self._become(DELIVERED, (slip.epoch, slip.seq))
        self._slip = None

    def _is_mine(self, epoch, seq):
        if self._state == CALLING and self._slip is not None:
            return (self._slip.epoch, self._slip.seq) == (epoch, seq)
        return self._call == (epoch, seq)

    def _become(self, state, call):
        """Change on flash, then in memory, then for all to see; call is None while calling."""
        if call is None:
            self._store.remove(self._key)
        else:
            self._store.put(self._key, bytes((state,)) + frame.name(*call))
        self._state, self._call = state, call
        self._changed = self._clock.ticks_ms()
        self._lamp.show(_SHOWN[state])

    def _recover(self):
        """Find the state in what the store kept; a Call still waiting means calling."""
        record = self._store.get(self._key)
        if record is not None:
            self._state, self._call = record[0], frame.named(record[1:])
        for slip in self._outbox:
            if slip.row.name == "Call" and self._is_call_of_mine(slip):
                self._slip = slip
                if self._call != (slip.epoch, slip.seq):
                    self._state, self._call = CALLING, None

    def _is_call_of_mine(self, slip):
        return messages.decode(UP, slip.row.number, slip.body).button == self._number
