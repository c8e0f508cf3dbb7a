"""The one owner of the amplifier: sounds orders by rank and reports each as it was.

An order is counted on flash before it sounds and closed on flash when it ends, so that a
power cut offers an unfinished one again (it begins at most three times) and a finished one never.
"""

import asyncio

from drivers.errors import DriverError
from firmware import arbiter, performance, programme
from firmware.evidence import load_ohms_tenths
from firmware.ledger import ADMITTED, REPORTING
from firmware.outbox import OutboxFull
from firmware.performance import FAILED, PLAYED, Performance
from firmware.programme import CannotSpeak
from firmware.timekeeper import LATE, NOW
from protocol import messages
from protocol.compat import const
from protocol.schema import DOWN, UP

_LOOK_MS = const(50)
_LOOKS = const(20)  # until a held order is judged again
_MOST_TRIES = const(3)
_MOST_WAITING = const(16)
_GRACE_MS = const(4_000)
_LINE_FAULTS = ("amplifier_silent", "no_output", "line_open", "line_short", "microphone_silent")

CUT, CANCELLED, REFUSED = "cut", "cancelled", "refused"


class Announcer:
    def __init__(self, hw, settings, ledger, outbox, timekeeper, sentinel, on_air, journal):
        self._hw = hw
        self._settings = settings
        self._ledger = ledger
        self._outbox = outbox
        self._timekeeper = timekeeper
        self._sentinel = sentinel
        self._on_air = on_air
        self._journal = journal
        self._turns = []
        self._sounding = None  # the Turn on air
        self._arrivals = 0
        self._changed = asyncio.Event()

    def offer(self, order_id, order, drill):
        """Take an order that the ledger has admitted; it sounds when its turn comes."""
        self._enqueue(order_id, order, drill)
        if len(self._turns) > _MOST_WAITING:
            waiting = [turn for turn in self._turns if turn is not self._sounding]
            self._close(arbiter.last(waiting), REFUSED, "queue_full")

    def withdraw(self, order_id):
        """Stop this order if it sounds, and never let it sound again, known or not yet known."""
        if self._ledger.over(order_id):
            return
        playback = _ended(order_id, CANCELLED, "withdrawn")
        if self._sounding is not None and self._sounding.order_id == order_id:
            self._keep_ending(playback)  # and what was measured until now is told when it stops
            return
        self._turns = [turn for turn in self._turns if turn.order_id != order_id]
        self._end(playback)

    def drop(self, slot_number):
        """Close the orders of a key no longer believed; what sounds is left to a Cancel."""
        for turn in list(self._turns):
            if turn.order_id[0] == slot_number and turn is not self._sounding:
                self._close(turn, CANCELLED, "key_revoked")

    def taken(self, order_id):
        """Tell, once it is on flash, that something genuine which is no order was done."""
        playback = messages.make("Playback", stage="verified", order=order_id)
        self._keep_ending(playback)
        self._post_last(playback)

    def refuse(self, order_id, cause):
        """Tell that something genuine which is no order cannot be done here."""
        self._end(_ended(order_id, REFUSED, cause))

    def report(self, stage, order_id, **more):
        """Tell the county how far this order has come."""
        self._posted(messages.make("Playback", stage=stage, order=order_id, **more))

    async def run(self):
        await performance.stop(self._hw, self._journal)
        self._recover()
        while True:
            self._drop_late()
            self._report_ended()
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

    def _take_up(self, order_id, entry):
        drill, order = admitted(entry.data)
        turn = self._enqueue(order_id, order, drill)
        if entry.tries >= _MOST_TRIES:
            self._close(turn, FAILED, "too_many_tries")
        elif entry.tries:
            self.report("queued", order_id, outcome="interrupted", times=entry.tries)

    def _enqueue(self, order_id, order, drill):
        if order.replaces is not None:
            self.withdraw(order.replaces)
        self._arrivals += 1
        turn = arbiter.Turn(order_id, order.rank, drill, self._arrivals, order)
        self._turns.append(turn)
        self._changed.set()
        return turn

    def _ready(self):
        return [turn for turn in self._turns if self._timekeeper.judge(turn.message) == NOW]

    def _drop_late(self):
        """Close what came too late while it waited."""
        for turn in list(self._turns):
            if self._timekeeper.judge(turn.message) == LATE:
                self._close(turn, REFUSED, "too_late")

    def _report_ended(self):
        """Post the closing reports that the ledger still keeps."""
        for _, entry in self._ledger.unfinished():
            if entry.state == REPORTING:
                self._post_last(messages.decode(UP, _PLAYBACK, entry.data))

    async def _something_changed(self):
        """Wait for an offer or a cancel; time passing may also free a held order."""
        self._changed.clear()
        for _ in range(_LOOKS):
            if self._changed.is_set():
                return
            await self._hw.clock.sleep_ms(_LOOK_MS)

    async def _perform(self, turn):
        try:
            order, player, tables = turn.message, self._hw.player, self._hw.tables
            parts = programme.parts_of(order, turn.drill, self._settings, player, tables)
            most_ms = player.length_ms(parts) + _GRACE_MS
        except (CannotSpeak, DriverError, UnicodeError) as why:
            self._journal.note("announcer", why)
            unread = isinstance(why, UnicodeError)
            await self._hw.clock.sleep_ms(0)  # to look for a text's table takes a Pico 35 ms
            if turn in self._turns:  # nobody withdrew it meanwhile
                cause = "cannot_read" if unread else "cannot_speak"
                await self._tell_in_steps(self._closed(turn, REFUSED, cause))
            return
        self._keep(self._ledger.begin, turn.order_id)
        started = self._timekeeper.minute()
        proof, ended = await self._sounded(turn, parts, most_ms)
        playback = self._closed(  # in the same turn: from here on no Cancel finds it open
            turn,
            ended.outcome,
            ended.cause,
            proof.best,
            started=started,
            seconds=ended.seconds,
            times=min(programme.readings(parts, ended.reached), 255),
        )
        await self._tell_in_steps(playback)
        await self._hw.clock.sleep_ms(0)
        self._update_faults(ended)

    async def _sounded(self, turn, parts, most_ms):
        """Sound the parts; return (Proof, performance.Ended)."""
        sound = Performance(
            self._hw,
            parts,
            self._settings.volume_pct[turn.message.volume],
            self._settings.limits,
            lambda: self._interrupted(turn),
            lambda: self.report("playing", turn.order_id, started=self._timekeeper.minute()),
            self._journal,
        )
        self._sounding = turn
        self._on_air.allow(most_ms)
        try:
            return sound.proof, await sound.give()
        finally:
            self._on_air.over()
            self._sounding = None

    def _interrupted(self, turn):
        """Return (outcome, cause) if this Turn must end now, else None."""
        if self._ledger.over(turn.order_id):
            return CANCELLED, "withdrawn"
        if any(arbiter.cuts_in(turn, other) for other in self._ready() if other is not turn):
            return CUT, "higher_rank"
        return None

    def _update_faults(self, ended):
        if ended.outcome == PLAYED:
            self._sentinel.clear_all(_LINE_FAULTS + ("player_failed",))
        elif ended.outcome == FAILED:
            self._sentinel.open(ended.cause)

    def _close(self, turn, outcome, cause):
        self._tell(self._closed(turn, outcome, cause))

    def _closed(self, turn, outcome, cause, best=None, **measured):
        """Close an order on flash; return the Playback that tells how it ended."""
        self._turns.remove(turn)
        if best is not None:
            measured["source"] = programme.source_of(turn.message)
        playback = _ended(turn.order_id, outcome, cause, best, **measured)
        self._keep_ending(playback)
        return playback

    def _end(self, playback):
        """Close an order on flash, then tell how it ended."""
        self._keep_ending(playback)
        self._tell(playback)

    def _tell(self, playback):
        self._journal.note("announcer", _sentence(playback))
        self._post_last(playback)

    async def _tell_in_steps(self, playback):
        """Tell with a pause before each write: a Pico that writes keeps all others waiting."""
        await self._hw.clock.sleep_ms(0)
        self._journal.note("announcer", _sentence(playback))
        await self._hw.clock.sleep_ms(0)
        if self._is_posted(playback):
            await self._hw.clock.sleep_ms(0)
            self._keep(self._ledger.close, playback.order)

    def _keep_ending(self, playback):
        self._keep(self._ledger.report, playback.order, messages.encode(UP, playback))

    def _post_last(self, playback):
        """Post the closing report once; while it cannot be kept the ledger keeps it."""
        if self._is_posted(playback):
            self._keep(self._ledger.close, playback.order)

    def _is_posted(self, playback):
        return self._outbox.has(playback) or self._posted(playback)

    def _keep(self, write, *arguments):
        """Write to the ledger; a flash that takes no more does not keep a village unwarned."""
        try:
            write(*arguments)
        except DriverError as why:
            self._journal.note("announcer", "not kept: " + str(why))

    def _posted(self, playback):
        """Return whether it was kept; a report that cannot be kept stops no warning."""
        try:
            self._outbox.post(playback)
        except (OutboxFull, DriverError):
            self._sentinel.open("store_full")
            return False
        self._sentinel.kept()
        return True


_PLAYBACK = messages.row(UP, "Playback").number
_ORDER = messages.row(DOWN, "Order").number


def admitted(data):
    """Return (drill, Order) of an admitted order's ledger entry."""
    return bool(data[0]), messages.decode(DOWN, _ORDER, data[1:])


def _ended(order_id, outcome, cause, best=None, **measured):
    """Return the closing Playback; best is the strongest proven reading, or None."""
    if best is not None:
        measured["volts_mv"] = best.volts_mv
        measured["amps_ma"] = best.amps_ma
        measured["ohms_tenths"] = load_ohms_tenths(best)
        measured["microphone_db"] = best.microphone_db
    return messages.make(
        "Playback", stage="finished", order=order_id, outcome=outcome, cause=cause, **measured
    )


def _sentence(playback):
    """Return the line for the Journal: an order is named slot:SEQ everywhere people read it."""
    name = "%d:%d" % (playback.order[0], int.from_bytes(playback.order[1:], "big"))
    why = "" if playback.cause is None else ", " + playback.cause
    return "order " + name + " finished: " + playback.outcome + why
