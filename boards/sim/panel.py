"""Buttons and lamps as lines of text on a pty, so that a hand or a test can work them.

The panel says `down 1` and `up 1`; the Box says `lamp 1 1` and `lamp 1 0`, and asks
`state?` whenever the line was opened afresh.
"""

from drivers.errors import DriverError

_MOST_LINE = 64
_LOOK_MS = 20
_AFTER_TROUBLE_MS = 500
_LATCH_MS = 100  # a press that began and ended while the Box was busy is still seen


class Panel:
    """line is drivers.line.Line; pins have the shape of machine.Pin called."""

    def __init__(self, line, clock):
        self._line = line
        self._clock = clock
        self._down = {}
        self._pressed_at = {}
        self._lamps = {}
        self._told = {}
        self._buffer = b""

    def button(self, name):
        """Return a pin that reads 0 while this button is held down."""
        key = name.encode()
        self._down[key] = False

        def pin():
            return 0 if self._down[key] or self._latched(key) else 1

        return pin

    def lamp(self, name):
        """Return a pin that lights this lamp when called with 1."""
        self._lamps[name] = 0

        def pin(level):
            self._lamps[name] = level

        return pin

    async def run(self):
        while True:
            try:
                await self._serve()
            except DriverError:
                await self._clock.sleep_ms(_AFTER_TROUBLE_MS)

    async def _serve(self):
        await self._line.write(b"state?\n")
        self._told.clear()
        while True:
            await self._tell_lamps()
            self._take(await self._line.poll(_MOST_LINE, _LOOK_MS))

    async def _tell_lamps(self):
        for name in sorted(self._lamps):
            level = self._lamps[name]
            if self._told.get(name) != level:
                self._told[name] = level
                await self._line.write(("lamp %s %d\n" % (name, level)).encode())

    def _latched(self, name):
        pressed_at = self._pressed_at.get(name)
        return pressed_at is not None and self._clock.since_ms(pressed_at) < _LATCH_MS

    def _take(self, data):
        """Collect bytes into lines; what is no line of ours is dropped."""
        lines = (self._buffer + data).split(b"\n")
        self._buffer = lines.pop()[-_MOST_LINE:]
        for line in lines:
            words = line.strip().split(b" ")
            if len(words) == 2 and words[0] in (b"down", b"up") and words[1] in self._down:
                self._move(words[1], words[0] == b"down")

    def _move(self, name, down):
        if down and not self._down[name]:
            self._pressed_at[name] = self._clock.ticks_ms()
        self._down[name] = down
