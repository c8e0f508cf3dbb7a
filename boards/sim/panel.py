"""Buttons and lamps as lines of text on a pty, so that a hand or a test can work them.

The panel says `down 1` and `up 1`; the Box says `lamp 1 1` and `lamp 1 0`, and asks
`state?` whenever the line was opened afresh.
"""

from drivers.errors import DriverError

_MOST_LINE = 64
_LOOK_MS = 20
_AFTER_TROUBLE_MS = 500


class Panel:
    """line is drivers.line.Line; pins have the shape of machine.Pin called."""

    def __init__(self, line, clock):
        self._line = line
        self._clock = clock
        self._down = {}
        self._lamps = {}
        self._told = {}
        self._buffer = b""

    def button(self, name):
        """Return a pin that reads 0 while this button is held down."""

        def pin():
            return 0 if self._down.get(name) else 1

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

    def _take(self, data):
        """Collect bytes into lines; what is no line of ours is dropped."""
        lines = (self._buffer + data).split(b"\n")
        self._buffer = lines.pop()[-_MOST_LINE:]
        for line in lines:
            words = line.strip().split(b" ")
            if len(words) == 2 and words[0] in (b"down", b"up"):
                self._down[str(words[1], "ascii")] = words[0] == b"down"
