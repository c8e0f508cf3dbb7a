"""Plays a Programme, part after part without a gap, and knows which part the ear hears now."""

import asyncio

from drivers.audio.tones import Silence, Tone
from drivers.errors import CannotPlay, DriverError, reason

_CHUNK_BYTES = 800  # 50 ms
_BYTES_A_MS = 16
_LOOK_MS = 50
_MOST_PARTS = 1_024


class Player:
    """What firmware.ports.Player asks for.

    device.write(pcm) takes up to 50 ms of signed 16-bit little-endian mono samples, 8000 a
    second, or raises DriverError or OSError; it does not wait, and pcm is used again when it
    has returned.  device.drain() says that nothing more comes for now: whatever the device has
    is to sound to its end.  clips is drivers.audio.clips.Clips.  The device is kept lead_ms
    ahead of the ear.
    """

    def __init__(self, device, clips, clock, lead_ms=200):
        self._device = device
        self._clips = clips
        self._clock = clock
        self._lead_ms = lead_ms
        self._programme = None
        self._failure = None
        self._chunk = memoryview(bytearray(_CHUNK_BYTES))
        self._started = asyncio.Event()

    def start(self, parts):
        """Begin ("tone", hz, ms), ("clip", name) or ("silence", ms) parts, or raise CannotPlay
        or BadReply and play nothing.
        """
        self.stop()
        self._failure = None
        self._programme = _Programme(parts, self._clips, self._clock)
        self._started.set()

    def sounding(self):
        """Return the index of the part the ear hears now, or None when all is over."""
        return None if self._programme is None else self._programme.heard_part()

    def failure(self):
        """Return why the last programme ended early, or None."""
        return self._failure

    def has_clip(self, name):
        return self._clips.has(name)

    def has_voice(self):
        """It plays recordings and tones, and speaks no texts."""
        return False

    def length_ms(self, parts):
        """Return how long these parts sound, or raise as start() does."""
        return sum(_length_bytes(part, self._clips) for part in parts) // _BYTES_A_MS

    def stop(self):
        """Write nothing more from now on."""
        if self._programme is not None:
            self._programme.close()
            self._programme = None
            self._device.drain()

    async def run(self):
        while True:
            await self._started.wait()
            self._started.clear()
            while self._programme is not None:
                self._pump(self._programme)
                await self._clock.sleep_ms(_LOOK_MS)

    def _pump(self, programme):
        """Give the device what it needs to stay ahead; an error ends the programme."""
        try:
            programme.admit_lateness()
            while programme.ahead_ms() < self._lead_ms:
                count = programme.readinto(self._chunk)
                if not count:
                    self._device.drain()
                    break
                self._device.write(self._chunk[:count])
        except (DriverError, OSError) as why:
            self._failure = reason(why)
            self.stop()
            return
        if programme.heard_part() is None:
            self.stop()


class _Programme:
    """Parts opened one after the other, and how far they have been read and heard."""

    def __init__(self, parts, clips, clock):
        if len(parts) > _MOST_PARTS:
            raise CannotPlay("a programme has at most 1024 parts")
        self._parts = tuple(parts)
        self._clips = clips
        self._clock = clock
        self._ends = _ends([_length_bytes(part, clips) for part in self._parts])
        self._opened = 0
        self._source = None
        self._read_bytes = 0
        self._began = clock.ticks_ms()
        self._lost_ms = 0

    def readinto(self, buffer):
        """Fill the buffer, across parts if need be; return how many bytes, 0 at the end."""
        done = 0
        while done < len(buffer):
            count = self._source.readinto(buffer[done:]) if self._source else 0
            if not count and not self._open_next():
                break
            done += count
        self._read_bytes += done
        return done

    def ahead_ms(self):
        """Return by how much the device is ahead of the ear."""
        return self._read_bytes // _BYTES_A_MS - self._passed_ms()

    def admit_lateness(self):
        """If the device ran dry too soon the village heard a gap; go on from where it was."""
        if self._ends and self._read_bytes < self._ends[-1]:
            self._lost_ms += max(0, -self.ahead_ms())

    def heard_part(self):
        """Return the index of the part at the ear, or None after the last."""
        heard_bytes = min(self._passed_ms() * _BYTES_A_MS, self._read_bytes)
        for index, end in enumerate(self._ends):
            if heard_bytes < end:
                return index
        return None

    def close(self):
        if self._source is not None:
            self._source.close()
            self._source = None

    def _passed_ms(self):
        return self._clock.since_ms(self._began) - self._lost_ms

    def _open_next(self):
        """Open the next part; return False when there is none."""
        self.close()
        if self._opened == len(self._parts):
            return False
        self._source = _source(self._parts[self._opened], self._clips)
        self._opened += 1
        return True


def _ends(lengths):
    ends, end = [], 0
    for length in lengths:
        end += length
        ends.append(end)
    return ends


def _length_bytes(part, clips):
    source = _source(part, clips)
    source.close()
    return 2 * source.samples


def _source(part, clips):
    if part[0] == "tone":
        return Tone(part[1], part[2])
    if part[0] == "silence":
        return Silence(part[1])
    if part[0] == "clip":
        return clips.open(part[1])
    raise CannotPlay("a part is a tone, a clip or silence")
