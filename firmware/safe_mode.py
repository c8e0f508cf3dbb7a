"""A Box that cannot prove who it is: button, siren and heartbeat live on, and nothing else.

It takes nothing from any road and says nothing on any; a press sounds the local siren, so
that at least the neighbours hear.
"""

from drivers import lamp as patterns
from drivers.errors import DriverError
from firmware.box import Box
from firmware.journal import Journal
from firmware.supervisor import OnAir
from protocol.compat import const

_SIREN = (("tone", 500, 500), ("tone", 800, 500)) * 8
_SIREN_MOST_MS = const(12_000)
_VOLUME_PCT = const(80)
_BEAT_MS = const(60_000)
_LOOK_MS = const(100)


class _JournalOnly:
    """Where faults go when nobody can be told."""

    def __init__(self, journal):
        self._journal = journal

    def open(self, code, evidence=None):
        self._journal.note("safe mode", code)


def assemble(hw, why):
    """Return the Box that remains; why is the sentence for the Journal."""
    journal = Journal(hw.journal_lines)
    journal.note("safe mode", why)
    on_air = OnAir(hw.clock)
    siren = _Siren(hw, on_air, journal)
    services = list(hw.services)
    services.append(("heartbeat", _heart(hw.clock, journal, why)))
    services.append(("siren", siren.run))
    for number, _, button, lamp in hw.call_points:
        services.append(("call point " + str(number), _call_point(button, lamp, siren)))
    return Box(services, journal, _JournalOnly(journal), on_air)


class _Siren:
    """The one owner of the amplifier here."""

    def __init__(self, hw, on_air, journal):
        self._hw = hw
        self._on_air = on_air
        self._journal = journal
        self._wanted = False

    def call(self):
        self._wanted = True

    async def run(self):
        await self._stop()
        while True:
            if self._wanted:
                self._wanted = False
                await self._sound()
            await self._hw.clock.sleep_ms(_LOOK_MS)

    async def _sound(self):
        self._on_air.allow(_SIREN_MOST_MS)
        try:
            await self._hw.amplifier.wake(_VOLUME_PCT)
            self._hw.player.start(_SIREN)
            while self._hw.player.sounding() is not None:
                await self._hw.amplifier.measure()
                await self._hw.clock.sleep_ms(_LOOK_MS)
        except DriverError as why:
            self._journal.note("siren", why)
        finally:
            await self._stop()
            self._on_air.over()

    async def _stop(self):
        self._hw.player.stop()
        try:
            await self._hw.amplifier.stop()
        except DriverError as why:
            self._journal.note("siren", "stop not confirmed: " + str(why))


def _call_point(button, lamp, siren):
    async def run():
        lamp.show(patterns.FAILED)
        while True:
            await button.pressed()
            siren.call()
            await button.released()

    return run


def _heart(clock, journal, why):
    async def run():
        while True:
            await clock.sleep_ms(_BEAT_MS)
            journal.note("safe mode", why)

    return run
