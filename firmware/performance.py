"""One order on the amplifier: wake it, play, measure all the while, and stop it again."""

from collections import namedtuple

from drivers.errors import DriverError
from firmware.evidence import Proof
from protocol.compat import const

_LOOK_MS = const(50)  # how soon a higher order or a cancel takes effect
_MEASURE_MS = const(250)
_SETTLE_MS = const(450)  # a part has filled the amplifier's measuring window by then
_STOP_TRIES = const(3)

PLAYED, FAILED = "played", "failed"

# outcome and cause as in a Playback; reached: how many parts were begun; seconds until it ended
Ended = namedtuple("Ended", ("outcome", "cause", "reached", "seconds"))


class Performance:
    """parts, volume_pct and limits (settings.Limits) say what to sound and what proves it.

    interrupted() returns None or the (outcome, cause) that must end it now; begun() is called
    once, when sound has been proven.
    """

    def __init__(self, hw, parts, volume_pct, limits, interrupted, begun, journal):
        self._amplifier = hw.amplifier
        self._player = hw.player
        self._clock = hw.clock
        self._parts = parts
        self._volume_pct = volume_pct
        self._interrupted = interrupted
        self._begun = begun
        self._journal = journal
        self._part, self._since = 0, 0
        self._hw = hw
        self.proof = Proof(limits, volume_pct)

    async def give(self):
        """Sound the parts and return Ended; the amplifier was told to stop by then."""
        started = self._clock.ticks_ms()
        try:
            outcome, cause = await self._begin() or await self._go_on()
            seconds = min(self._clock.since_ms(started) // 1000, 0xFFFF)
        finally:
            await stop(self._hw, self._journal)
        return Ended(outcome, cause, self._part, seconds)

    async def _begin(self):
        """Start the player; return None, or (outcome, cause) if nothing may or can sound."""
        try:
            await self._amplifier.wake(self._volume_pct)
        except DriverError as why:
            return self._failed("amplifier_silent", why)
        ended = self._interrupted()  # waking took a while
        if ended is not None:
            return ended
        try:
            self._player.start(self._parts)
        except DriverError as why:
            return self._failed("player_failed", why)
        return None

    async def _go_on(self):
        """Measure until the player is done; return (outcome, cause)."""
        self._since = measured = self._clock.ticks_ms()
        while True:
            await self._clock.sleep_ms(_LOOK_MS)
            if self._player.sounding() is None:
                return self._judged()
            ended = self._interrupted()
            if ended is not None:
                return ended
            self._note_part(self._player.sounding())
            if self._clock.since_ms(measured) >= _MEASURE_MS:
                measured = self._clock.ticks_ms()
                await self._measure()

    def _note_part(self, part):
        if part is not None and part != self._part:
            self._part, self._since = part, self._clock.ticks_ms()

    async def _measure(self):
        """Take one reading; it counts if its whole window lay within one sounding part."""
        part, begun = self._part, self.proof.begun()
        settled = self._clock.since_ms(self._since) >= _SETTLE_MS
        try:
            reading = await self._amplifier.measure()
        except DriverError:
            self.proof.missing()
            return
        if settled and self._sounds(part) and self._player.sounding() == part:
            self.proof.note(part, reading)
        if self.proof.begun() and not begun:
            self._begun()

    def _judged(self):
        """Return (outcome, cause) after the player's own end."""
        if self._player.failure() is not None:
            return self._failed("player_failed", self._player.failure())
        self._part = len(self._parts)
        cause = self.proof.cause([i for i in range(self._part) if self._sounds(i)])
        return (PLAYED if cause is None else FAILED), cause

    def _sounds(self, part):
        return self._parts[part][0] != "silence"

    def _failed(self, cause, why):
        self._journal.note("announcer", why)
        return FAILED, cause


async def stop(hw, journal):
    """Silence the amplifier; if it does not obey, its own comm-loss timeout must."""
    hw.player.stop()
    for _ in range(_STOP_TRIES):
        try:
            await hw.amplifier.stop()
            return
        except DriverError as why:
            journal.note("announcer", "stop not confirmed: " + str(why))
