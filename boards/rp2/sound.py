"""The loudspeaker's samples on their way to an I2S digital-analogue converter."""

import select

from machine import I2S

from boards.rp2 import gpio

LEAD_MS = 150  # how far the Player keeps ahead of the ear

_SAMPLES_A_SECOND = 8_000
_BUFFER_BYTES = 4_096  # LEAD_MS and 100 ms more, 16 bytes a millisecond
_IDLE_MS = 1_000
_LOOK_MS = 20
_ENDED_MS = 120  # nothing was written for so long: that was all, and LEAD_MS are still to sound
_SILENCE = bytes(128)  # the driver moves so much at once: the last samples would wait for more


class Sound:
    """Its clock runs only while there is something to play: a converter without one is mute."""

    def __init__(self, clock):
        self._clock = clock
        self._i2s = None
        self._written_at = 0
        self._ended = True

    def write(self, pcm):
        """Queue signed 16-bit mono samples at 8000 Hz, at once, or raise OSError."""
        if self._i2s is None:
            self._i2s = _opened()
        self._written_at, self._ended = self._clock.ticks_ms(), False
        taken = self._i2s.write(pcm)
        if taken != len(pcm):
            raise OSError("the sound device took %d of %d bytes" % (taken or 0, len(pcm)))

    async def run(self):
        while True:
            await self._clock.sleep_ms(_LOOK_MS)
            if self._i2s is not None:
                self._look_after(self._i2s)

    def _look_after(self, i2s):
        """Push the last samples out; later, stop the clock."""
        idle_ms = self._clock.since_ms(self._written_at)
        if idle_ms > _IDLE_MS:
            i2s.deinit()
            self._i2s = None
        elif idle_ms > _ENDED_MS and not self._ended:
            i2s.write(_SILENCE)
            self._ended = True


def _opened():
    try:
        i2s = I2S(
            0,
            sck=gpio.signal("i2s_clock"),
            ws=gpio.signal("i2s_word"),
            sd=gpio.signal("i2s_data"),
            mode=I2S.TX,
            bits=16,
            format=I2S.MONO,
            rate=_SAMPLES_A_SECOND,
            ibuf=_BUFFER_BYTES,
        )
    except MemoryError:
        raise OSError("no memory for the sound device")
    never_blocking = select.poll()  # an I2S that was polled once takes what fits and returns
    never_blocking.register(i2s, select.POLLOUT)
    never_blocking.poll(0)
    return i2s
