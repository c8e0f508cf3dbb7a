"""A technician at the console has the Box for a bounded time; then it is a Box again.

A watchdog that runs is not stopped any more, so a timer feeds it meanwhile; it still bites
when the interpreter itself hangs.
"""

import machine

MINUTES = 15
WATCHDOG_MS = 3_000

_FEED_MS = 1_000
_timer = machine.Timer(-1)
_feeds_left = [0]


def arrive():
    """Feed the watchdog from now on, and reset after 15 minutes."""
    _feeds_left[0] = MINUTES * 60_000 // _FEED_MS
    watchdog = machine.WDT(timeout=WATCHDOG_MS)
    _timer.init(period=_FEED_MS, callback=lambda _: _feed(watchdog))


def leave():
    """The Box feeds its own watchdog again."""
    _timer.deinit()


def _feed(watchdog):
    _feeds_left[0] -= 1
    if _feeds_left[0] < 0:
        machine.reset()
    watchdog.feed()
