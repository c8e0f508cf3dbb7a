"""The one owner of the amplifier: sounds orders by rank and reports each as it was.

An order is counted on flash before it sounds and closed on flash when it ends, so that a
power cut offers an unfinished one again (at most three times) and a finished one never.
"""

import asyncio

from drivers.errors import DriverError
from firmware import arbiter, programme
from firmware.evidence import Proof, load_ohms_tenths
from firmware.ledger import ADMITTED
from firmware.outbox import OutboxFull
from firmware.programme import CannotSpeak
from firmware.timekeeper import HOLD, LATE
from protocol import messages
from protocol.compat import const
from protocol.schema import DOWN, UP

_LOOK_MS = const(50)  # how soon a higher order or a cancel takes effect
_MEASURE_MS = const(250)
_SETTLE_MS = const(450)  # a part has filled the amplifier's measuring window by then
_MOST_TRIES = const(3)
_MOST_WAITING = const(16)
_GRACE_MS = const(4_000)
_STOP_TRIES = const(3)
_LINE_FAULTS = ("amplifier_silent", "no_output", "line_open", "line_short", "microphone_silent")

PLAYED, FAILED, CUT, CANCELLED, REFUSED = "played", "failed", "cut", "cancelled", "refused"


class Announcer:
    def __init__(self, hw, settings, ledger, outbox, timekeeper, sentinel, on_air, journal):
        self._amplifier = hw.amplifier
        self._player = hw.player
        self._clock = hw.clock
        self._settings = settings
        self._ledger = ledger
        self._outbox = outbox
        self._timekeeper = timekeeper
        self._sentinel = sentinel
        self._on_air = on_air
        self._journal = journal
        self._turns = []
        self._arrivals = 0
        self._withdrawn = set()
        self._changed = asyncio.Event()

    def offer(self, order_id, order, drill):
        """Take an order that the ledger has admitted; it sounds when its turn comes."""
        self._enqueue(order_id, order, drill)
        if len(self._turns) > _MOST_WAITING:
            self._close(self._least(), REFUSED, "queue_full")

    def withdraw(self, order_id):
        """Stop this order if it sounds, and never let it sound again, known or not yet known."""
        if all(turn.order_id != order_id for turn in self._turns):
            if not self._ledger.known(order_id):
                self._ledger.cancel(order_id)
            return
        self._ledger.report(order_id, messages.encode(UP, _ended(order_id, CANCELLED, "withdrawn")))
        self._withdrawn.add(order_id)
        self._changed.set()

    def report(self, stage, order_id, **more):
        """Tell the county how far this order has come."""
        self._posted(messages.make("Playback", stage=stage, order=order_id, **more))

    async def run(self):
        await self._stop()
        self._recover()
        while True:
            self._drop_hopeless()
            turn = arbiter.first(self._ready())
            if turn is None:
                await self._something_changed()
                continue
            await self._perform(turn)

    def _recover(self):
        """Take up what a reset or a crash left behind."""
        self._turns = []
        for order_id, entry in self._ledger.unfinished():
            if entry.state == ADMITTED:
                self._take_up(order_id, entry)
            else:
                self._post_last(order_id, messages.decode(UP, "Playback", entry.data))

    def _take_up(self, order_id, entry):
        drill, order = admitted(entry.data)
        turn = self._enqueue(order_id, order, drill)
        if entry.tries >= _MOST_TRIES:
            self._close(turn, FAILED, "too_many_tries")
        elif entry.tries:
            self.report("queued", order_id, outcome="interrupted", times=entry.tries)

    def _enqueue(self, order_id, order, drill):
        self._arrivals += 1
        turn = arbiter.Turn(order_id, order.rank, drill, self._arrivals, order)
        self._turns.append(turn)
        self._changed.set()
        return turn

    def _ready(self):
        return [turn for turn in self._turns if self._timekeeper.judge(turn.message) != HOLD]

    def _drop_hopeless(self):
        """Close what was withdrawn or came too late while it waited."""
        for turn in list(self._turns):
            if turn.order_id in self._withdrawn:
                self._close(turn, CANCELLED, "withdrawn")
            elif self._timekeeper.judge(turn.message) == LATE:
                self._close(turn, REFUSED, "too_late")
        self._withdrawn.clear()

    async def _something_changed(self):
        """Wait for an offer or a cancel; time passing may also free a held order."""
        self._changed.clear()
        for _ in range(20):
            if self._changed.is_set():
                return
            await self._clock.sleep_ms(_LOOK_MS)

    async def _perform(self, turn):
        try:
            parts = programme.parts_of(turn.message, turn.drill, self._settings, self._player)
        except CannotSpeak as why:
            self._journal.note("announcer", why)
            self._close(turn, REFUSED, "cannot_speak")
            return
        self._ledger.begin(turn.order_id)
        self._on_air.allow(self._player.length_ms(parts) + _GRACE_MS)
        started, ticks = self._timekeeper.minute(), self._clock.ticks_ms()
        volume_pct = self._settings.volume_pct[turn.message.volume]
        proof = Proof(self._settings.limits, volume_pct)
        try:
            outcome, cause, reached = await self._sound(turn, parts, volume_pct, proof)
        finally:
            await self._stop()
            self._on_air.over()
        self._update_faults(outcome, cause)
        self._close(
            turn,
            outcome,
            cause,
            started=started,
            seconds=min(self._clock.since_ms(ticks) // 1000, 0xFFFF),
            times=min(programme.readings(parts, reached), 255),
            proof=proof,
        )

    async def _sound(self, turn, parts, volume_pct, proof):
        """Sound the parts; return (outcome, cause, how many parts were reached)."""
        try:
            await self._amplifier.wake(volume_pct)
            self._player.start(parts)
        except DriverError as why:
            self._journal.note("announcer", why)
            return FAILED, "amplifier_silent", 0
        ended, reached = await self._watch(turn, parts, proof)
        self._player.stop()
        if ended is not None:
            return ended[0], ended[1], reached
        if self._player.failure() is not None:
            self._journal.note("announcer", self._player.failure())
            return FAILED, "player_failed", reached
        due = [i for i, part in enumerate(parts) if part[0] != "silence"]
        cause = proof.cause(due)
        return (PLAYED if cause is None else FAILED), cause, len(parts)

    async def _watch(self, turn, parts, proof):
        """Measure until the player is done; return (None or (outcome, cause), part reached)."""
        part, since, measured = 0, self._clock.ticks_ms(), self._clock.ticks_ms()
        while True:
            await self._clock.sleep_ms(_LOOK_MS)
            now = self._player.sounding()
            if now is None:
                return None, part
            if now != part:
                part, since = now, self._clock.ticks_ms()
            ended = self._interrupted(turn)
            if ended is not None:
                return ended, part
            if self._clock.since_ms(measured) >= _MEASURE_MS:
                measured = self._clock.ticks_ms()
                settled = self._clock.since_ms(since) >= _SETTLE_MS
                silence = parts[part][0] == "silence"
                await self._measure(turn, part, settled and not silence, proof)

    async def _measure(self, turn, part, counts, proof):
        """Take one reading; it counts when the measuring window lay within one sounding part."""
        begun = proof.begun()
        try:
            reading = await self._amplifier.measure()
        except DriverError:
            proof.missing()
            return
        if counts and self._player.sounding() == part:
            proof.note(part, reading)
        if proof.begun() and not begun:
            self.report("playing", turn.order_id, started=self._timekeeper.minute())

    def _interrupted(self, turn):
        if turn.order_id in self._withdrawn:
            return CANCELLED, "withdrawn"
        if any(arbiter.cuts_in(turn, other) for other in self._ready() if other is not turn):
            return CUT, "higher_rank"
        return None

    async def _stop(self):
        """Silence the amplifier; if it does not obey, its own comm-loss timeout must."""
        self._player.stop()
        for _ in range(_STOP_TRIES):
            try:
                await self._amplifier.stop()
                return
            except DriverError as why:
                self._journal.note("announcer", "stop not confirmed: " + str(why))

    def _update_faults(self, outcome, cause):
        if outcome == PLAYED:
            self._sentinel.clear_all(_LINE_FAULTS + ("player_failed",))
        elif outcome == FAILED:
            self._sentinel.open(cause)

    def _close(self, turn, outcome, cause, proof=None, **measured):
        """Report how it ended and forget the turn; on flash it is closed first."""
        playback = _ended(turn.order_id, outcome, cause, proof and proof.best, **measured)
        self._turns.remove(turn)
        self._ledger.report(turn.order_id, messages.encode(UP, playback))
        self._post_last(turn.order_id, playback)

    def _post_last(self, order_id, playback):
        """Post the closing report once; while it cannot be kept the ledger keeps it."""
        if self._outbox.has(playback) or self._posted(playback):
            self._ledger.finish(order_id)

    def _posted(self, playback):
        """Return whether it was kept; a report that cannot be kept stops no warning."""
        try:
            self._outbox.post(playback)
            return True
        except (OutboxFull, DriverError) as why:
            self._journal.note("announcer", "report not kept: " + str(why))
            return False

    def _least(self):
        return max(self._turns, key=lambda turn: (turn.drill, turn.arrival))


def admitted(data):
    """Return (drill, Order) of an admitted order's ledger entry."""
    return bool(data[0]), messages.decode(DOWN, "Order", data[1:])


def _ended(order_id, outcome, cause, best=None, **measured):
    """Return the closing Playback; best is the strongest proven reading, or None."""
    if best is not None:
        measured["volts_mv"] = best.volts_mv
        measured["amps_ma"] = best.amps_ma
        measured["ohms_tenths"] = load_ohms_tenths(best)
        measured["microphone_db"] = best.microphone_db
        measured["source"] = "clips"
    return messages.make(
        "Playback", stage="finished", order=order_id, outcome=outcome, cause=cause, **measured
    )
