"""A push button on one input pin, with the bouncing of its contacts taken out."""

_LOOK_MS = 20  # while nothing changes
_LOOK_CLOSER_MS = 10
_SETTLED_MS = 30

_DOWN, _UP = 0, 1


class Button:
    """pin() reads 0 while the button is held down.

    A level counts once it was seen for 30 ms without a break: a touch of 60 ms is a press, unless
    the processor is held up meanwhile.  An erase of flash holds it for 45 ms: 100 ms outlast
    that.  A button that is down when the Box starts is pressed: somebody may have
    been calling when the power came back.
    """

    def __init__(self, pin, clock):
        self._pin = pin
        self._clock = clock
        self._pressed_at = clock.ticks_ms()

    async def pressed(self):
        """Wait for a press."""
        self._pressed_at = await self._settled(_DOWN)

    async def released(self):
        """Wait for the release after pressed(); return how long it was held, in ms."""
        released_at = await self._settled(_UP)
        return self._clock.since_ms(self._pressed_at) - self._clock.since_ms(released_at)

    async def _settled(self, level):
        """Wait until the pin holds this level; return the ticks when it began to."""
        while True:
            began = self._clock.ticks_ms()
            while self._pin() == level:
                if self._clock.since_ms(began) >= _SETTLED_MS:
                    return began
                await self._clock.sleep_ms(_LOOK_CLOSER_MS)
            await self._clock.sleep_ms(_LOOK_MS)
