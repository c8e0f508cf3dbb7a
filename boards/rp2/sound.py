"""The loudspeaker's samples on their way to an I2S digital-analogue converter."""

import select

from machine import I2S

from boards.rp2 import gpio

LEAD_MS = 150  # how far the Player keeps ahead of the ear

_SAMPLES_A_SECOND = 8_000
_BUFFER_BYTES = 4_096  # LEAD_MS and 100 ms more, 16 bytes a millisecond
_IDLE_MS = 1_000
_LOOK_MS = 200
_BLOCK_BYTES = 128  # the driver moves so many at once: the last samples would wait for more


class Sound:
    """Its clock runs only while there is something to play: a converter without one is mute."""

    def __init__(self, clock):
        self._clock = clock
        self._i2s = None
        self._written_at = 0
        self._written_bytes = 0

    def write(self, pcm):
        """Queue signed 16-bit mono samples at 8000 Hz, at once, or raise OSError."""
        if self._i2s is None:
            self._i2s = _opened()
            self._written_bytes = 0
        self._written_at = self._clock.ticks_ms()
        taken = self._i2s.write(pcm)
        self._written_bytes += taken or 0
        if taken != len(pcm):
            raise OSError("the sound device took %d of %d bytes" % (taken or 0, len(pcm)))

    def drain(self):
        """Let the last samples sound too, though no more come: fill their block with silence."""
        missing = -self._written_bytes % _BLOCK_BYTES
        if self._i2s is not None and missing:
            self._written_bytes += self._i2s.write(bytes(missing)) or 0

    async def run(self):
        """Stop the clock once all has sounded."""
        while True:
            await self._clock.sleep_ms(_LOOK_MS)
            if self._i2s is not None and self._clock.since_ms(self._written_at) > _IDLE_MS:
                self._i2s.deinit()
                self._i2s = None


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
