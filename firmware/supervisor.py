"""Keep every service running, and let the watchdog bite when one cannot."""

import asyncio

from protocol.compat import const

_FIRST_PAUSE_MS = const(1_000)
_LONGEST_PAUSE_MS = const(60_000)
_QUIET_MS = const(60_000)  # a service that ran this long starts afresh with a short pause
_BEAT_MS = const(500)


class OnAir:
    """Until when the amplifier may be on: kept outside the Announcer, which may hang."""

    def __init__(self, clock):
        self._clock = clock
        self._since = None
        self._most_ms = 0

    def allow(self, most_ms):
        """The amplifier goes on now and must be off again within most_ms."""
        self._since, self._most_ms = self._clock.ticks_ms(), most_ms

    def over(self):
        self._since = None

    def late(self):
        return self._since is not None and self._clock.since_ms(self._since) > self._most_ms


async def keep(name, run, journal, sentinel, clock):
    """Run run() for ever.  A crash is written down, rests a while, starts again."""
    pause_ms = _FIRST_PAUSE_MS
    while True:
        started = clock.ticks_ms()
        try:
            await run()
        except Exception as crash:  # noqa: BLE001 - the one place that may
            _write_down(name, crash, journal, sentinel)
        if clock.since_ms(started) > _QUIET_MS:
            pause_ms = _FIRST_PAUSE_MS
        await clock.sleep_ms(pause_ms)
        pause_ms = min(2 * pause_ms, _LONGEST_PAUSE_MS)


def _write_down(name, crash, journal, sentinel):
    """Tell of a crash; one that left no memory even for that must not end its service."""
    try:
        journal.note(name, "crashed: " + type(crash).__name__ + " " + str(crash))
        sentinel.open("service_crashed")
    except Exception:  # noqa: BLE001 - see above
        return


async def supervise(box, clock, watchdog):
    """Run box.services ((name, run), ...); the watchdog is fed by the living event loop only,
    while every service is kept, and never once the amplifier has been on for too long.
    """
    tasks = []
    for name, run in box.services:
        tasks.append(asyncio.create_task(keep(name, run, box.journal, box.sentinel, clock)))
    try:
        while True:
            if not box.on_air.late() and not any(task.done() for task in tasks):
                watchdog.feed()
            await clock.sleep_ms(_BEAT_MS)
    finally:
        for task in tasks:
            task.cancel()
