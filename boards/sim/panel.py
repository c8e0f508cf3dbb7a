"""Buttons and lamps as lines of text on a pty, so that a hand or a test can work them.

The panel says `down 1` and `up 1`; the Box says `lamp 1 1` and `lamp 1 0`, and asks
`state?` whenever the line was opened afresh.
"""

from drivers.errors import DriverError

_MOST_LINE = 64
_LOOK_MS = 20
_AFTER_TROUBLE_MS = 500
_SEEN_MS = 50  # longer than a Button looks before it believes a level


class _Contact:
    """A pin that reads 0 while its button is down, and until each press was seen for a while:
    one that came and went while the Box was busy is not lost.
    """

    def __init__(self, clock):
        self._clock = clock
        self._down = False
        self._unseen = False
        self._looked_at = None

    def move(self, down):
        if down and not self._down:
            self._unseen, self._looked_at = True, None
        self._down = down

    def __call__(self):
        if not (self._down or self._unseen):
            return 1
        if self._looked_at is None:
            self._looked_at = self._clock.ticks_ms()
        elif self._clock.since_ms(self._looked_at) >= _SEEN_MS:
            self._unseen = False
        return 0


class Panel:
    """line is drivers.line.Line; pins have the shape of machine.Pin called."""

    def __init__(self, line, clock):
        self._line = line
        self._clock = clock
        self._contacts = {}
        self._lamps = {}
        self._told = {}
        self._buffer = b""

    def button(self, name):
        """Return a pin that reads 0 while this button is held down."""
        contact = self._contacts[name.encode()] = _Contact(self._clock)
        return contact

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
            if len(words) == 2 and words[0] in (b"down", b"up") and words[1] in self._contacts:
                self._contacts[words[1]].move(words[0] == b"down")
